import process from 'node:process';
import { defineConfig } from 'vitest/config';

/**
 * What every package's tests share: sources are resolved without a build, and `--mode deep` runs the full counts.
 * Deterministic counts live in each test; nothing here asserts a time.
 */
export const shared = defineConfig({
  resolve: { conditions: ['@ablate/source'] },
  ssr: { resolve: { conditions: ['@ablate/source'], externalConditions: ['@ablate/source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // A hang fails a test; full counts may take their time.
    testTimeout: process.argv.includes('deep') ? 900_000 : 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
