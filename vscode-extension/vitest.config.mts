import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // The wiring is tested against a stand-in for the editor's interface.
    alias: { vscode: new URL('./tests/wiring/vscode.ts', import.meta.url).pathname },
  },
  test: {
    include: ['tests/core/**/*.test.ts', 'tests/wiring/**/*.test.ts'],
    // Each wiring test begins with `editor.reset()`, so a worker can run file after file.
    isolate: false,
    // Each waits for a condition; how long that takes is the machine's.
    testTimeout: 12_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
