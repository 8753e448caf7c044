/**
 * Runs dist/test in the real extension host: mocha is started there by `run()` of
 * tests/host/index.ts, and the workbench tells this page how it went.
 */

import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { PATIENCE, newPage, startBrowser } from './browser.mts';
import { CodeServer } from './code_server.mts';
import { Sample } from './sample.mts';
import { tellResults, wanted } from './surroundings.mts';

const EXTENSION = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const LONGEST = 5 * 60_000;

interface Results {
  readonly passed: number;
  readonly failed: number;
}

const sample = new Sample();
const server = await CodeServer.start({
  settings: { 'spawning.interpreterPath': wanted('SPAWNING_PYTHON') },
  options: ['--vscode-option', 'enable-smoke-test-driver'],
});
const browser = await startBrowser();
try {
  const page = await newPage(browser);
  const ended = new EventEmitter();
  await page.exposeFunction('codeAutomationExit', (code: number) => ended.emit('exit', code));
  await page.exposeFunction('codeAutomationLog', (_: string, words: unknown[]) => {
    console.log(format(...words));
  });
  const place = `vscode-remote://${new URL(server.url).host}${EXTENSION}`;
  const payload = [
    ['extensionDevelopmentPath', place],
    ['extensionTestsPath', `${place}/dist/test/index.js`],
    ['skipWelcome', 'true'],
  ];
  const exit = once(ended, 'exit', { signal: AbortSignal.timeout(LONGEST) });
  const query = new URLSearchParams({ folder: sample.folder, payload: JSON.stringify(payload) });
  await page.goto(`${server.url}/?${query.toString()}`, { timeout: PATIENCE });
  const [code] = (await exit) as [number];
  const results = JSON.parse(readFileSync(sample.path('.results.json'), 'utf8')) as Results;
  tellResults(results.passed, results.failed);
  process.exitCode = code;
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
  console.log(server.log);
  tellResults(0, 1);
  process.exitCode = 1;
} finally {
  await browser.close();
  await server.stop();
  sample.remove();
}
