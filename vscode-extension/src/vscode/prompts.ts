/**
 * Whether the prompt of `spawnctl attach` has come in a terminal.
 *
 * What is typed before would be echoed, and the terminal would edit it.  A prompt takes keys as
 * they are, which the modes of its terminal tell; they are looked at only until it has come.
 */

import { execFile } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { setTimeout as passed } from 'node:timers/promises';
import type * as vscode from 'vscode';
import { takesKeys } from '../core/code/modes';

const PATIENCE = 15_000;
const BETWEEN = 50;

export class Prompts {
  private readonly ready = new WeakSet<vscode.Terminal>();

  async isReady(terminal: vscode.Terminal): Promise<boolean> {
    if (this.ready.has(terminal)) return true;
    const pid = await terminal.processId;
    const until = Date.now() + PATIENCE;
    while (pid !== undefined && terminal.exitStatus === undefined && Date.now() < until) {
      if (takesKeys(await modes(pid))) {
        this.ready.add(terminal);
        return true;
      }
      await passed(BETWEEN);
    }
    return false;
  }
}

/** The modes of a process's terminal, as `stty` tells them; empty where it has none. */
async function modes(pid: number): Promise<string> {
  const device = await readlink(`/proc/${pid}/fd/0`).catch(() => '');
  if (!device.startsWith('/dev/')) return '';
  return new Promise((resolve) => {
    execFile('stty', ['-a', '-F', device], (error, stdout) => {
      resolve(error ? '' : stdout);
    });
  });
}
