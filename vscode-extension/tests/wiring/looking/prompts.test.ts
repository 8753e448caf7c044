/** In a real terminal, whose modes are as real. */

import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { Prompts } from '../../../src/vscode/prompts';

/** Says its process id; takes keys as they are once it is told to. */
const PROGRAM = `
import os, pty, sys, tty
pid, terminal = pty.fork()
if pid == 0:
    import time
    time.sleep(600)
print(pid, flush=True)
sys.stdin.readline()
tty.setraw(terminal)
sys.stdin.readline()
os.kill(pid, 9)
`;

let program: ChildProcess | undefined;
afterEach(() => {
  program?.kill('SIGKILL');
});

async function terminal() {
  program = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout } = program;
  const said = await new Promise<Buffer>((resolve) => stdout?.once('data', resolve));
  const shown = { processId: Promise.resolve(Number(said)), exitStatus: undefined as unknown };
  return { shown, open: shown as unknown as vscode.Terminal, stdin };
}

test('a terminal has a prompt when it takes keys as they are', async () => {
  const { open, stdin } = await terminal();
  let isReady: boolean | undefined;
  const asked = new Prompts().isReady(open).then((is) => (isReady = is));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isReady).toBeUndefined();
  stdin?.write('\n');
  expect(await asked).toBe(true);
});

test('one that has ended has none', async () => {
  const { shown, open } = await terminal();
  const asked = new Prompts().isReady(open);
  shown.exitStatus = { code: 1 };
  expect(await asked).toBe(false);
});

test('nor has one whose process could not be started', async () => {
  const open = { processId: Promise.resolve(undefined) } as unknown as vscode.Terminal;
  expect(await new Prompts().isReady(open)).toBe(false);
});
