// Bundles the extension into dist/; `--tests` also what runs in the extension host's mocha.
import { build } from 'esbuild';
import { globSync } from 'node:fs';

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  external: ['vscode', 'mocha'],
  logLevel: 'warning',
};

await build({
  ...shared,
  entryPoints: ['src/vscode/extension.ts'],
  outfile: 'dist/extension.js',
  minify: true,
});
await build({
  ...shared,
  entryPoints: ['src/webview/panel.ts', 'src/webview/graph.ts'],
  outdir: 'dist',
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: true,
});
if (process.argv.includes('--tests')) {
  await build({
    ...shared,
    entryPoints: globSync('tests/host/*.ts'),
    outdir: 'dist/test',
    sourcemap: 'inline',
  });
}
