#!/usr/bin/env node
import('../dist/bin.js').catch((error) => {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('dist')) throw error;
  process.stderr.write('ablate: not built yet. Run: npm run build\n');
  process.exitCode = 1;
});
