import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import { watchFolder } from '../../src/vscode/folders';
import { DiskFolder } from '../../src/vscode/workspaceFolders';
import { editor } from './fake/editor';
import { until } from './until';

let root: string;
let log: vscode.LogOutputChannel;
beforeEach(() => {
  editor.reset();
  log = vscode.window.createOutputChannel('Spawning', { log: true });
  root = mkdtempSync(join(tmpdir(), 'folders-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true, force: true });
});

test('a folder is watched as soon as it is there', async () => {
  const changed = vi.fn();
  const watching = watchFolder(join(root, 'notes'), log, changed);
  writeFileSync(join(root, 'other'), '');
  mkdirSync(join(root, 'notes'));
  await until(() => changed.mock.calls.length > 0);
  changed.mockClear();
  writeFileSync(join(root, 'notes', '1.json'), '');
  await until(() => changed.mock.calls.length > 0);
  watching.dispose();
});

test('what cannot be watched is looked at now and then, and the log says so', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const changed = vi.fn();
  const watching = watchFolder(join(root, 'nothing', 'notes'), log, changed);
  expect(editor.logged).toEqual([
    expect.stringMatching(/nothing\/notes is looked at every 3 s, as it cannot be watched: ENOENT/),
  ]);
  vi.advanceTimersByTime(6000);
  expect(changed).toHaveBeenCalledTimes(2);
  watching.dispose();
  vi.advanceTimersByTime(6000);
  expect(changed).toHaveBeenCalledTimes(2);
});

test('of a project, no file is read that is larger than any source', async () => {
  writeFileSync(join(root, 'data.py'), ' '.repeat(1_000_001));
  writeFileSync(join(root, 'app.py'), ' '.repeat(1_000_000));
  const folder = new DiskFolder(root);
  expect(await folder.read('data.py')).toBeUndefined();
  expect(await folder.read('app.py')).toHaveLength(1_000_000);
  expect(await folder.read('none.py')).toBeUndefined();
});
