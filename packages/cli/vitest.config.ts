import { defineConfig, mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

// deep/ fetches other versions of Node: only `npm run test:deep` runs it.
export default defineConfig(({ mode }) =>
  mergeConfig(shared, { test: { include: mode === 'deep' ? ['deep/**/*.test.ts'] : [] } }),
);
