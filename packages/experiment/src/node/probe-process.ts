/* The process that finds out what `backend: auto` stands for, by starting it: started by probeBackend. */
import process from 'node:process';
import { startBackend } from '@ablate/tensor-backends';

const { name, reason } = await startBackend('auto');
process.send?.({ name, reason }, undefined, undefined, () => process.disconnect());
