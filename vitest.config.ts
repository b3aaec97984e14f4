import { defineConfig } from 'vitest/config';

export default defineConfig({
  // graphql stands in its package twice, as ES modules and as CommonJS: everyone is to have the one that Node gives.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/fail-on-unhandled.ts', 'test/support/written.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // node:sqlite and type stripping announce themselves; the announcement is not a finding.
    execArgv: ['--disable-warning=ExperimentalWarning'],
  },
});
