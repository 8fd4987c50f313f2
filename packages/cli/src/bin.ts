import process from 'node:process';
import { createProgram } from './program.ts';

// Whoever read the output is gone, as in `ablate plan study.yaml | head`: leave as a program that SIGPIPE ends would.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(128 + 13);
});
process.exitCode = await createProgram().run(process.argv.slice(2));
