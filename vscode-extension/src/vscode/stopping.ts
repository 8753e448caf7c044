/** Stopping a server: politely, then by asking, then by force. */

import * as vscode from 'vscode';
import { isAlive, killTree, signal, type Identity } from '../core/processes';
import type { Server } from './parts';
import { whileSlow } from './progress';

const DEADMAN = 10;
/** Beyond the time that the server gives its requests. */
const GRACE = 2;
const LOOK = 50;

/** Stops a server and waits until its process has gone; returns whether it has. */
export async function stopServer(server: Server): Promise<boolean> {
  const { note, status } = server;
  const process_ = { pid: note.pid, started: note.started };
  if (!signal(process_, 'SIGTERM')) {
    if (isAlive(process_)) {
      void vscode.window.showErrorMessage(
        `${note.application} (process ${note.pid}) cannot be stopped: it is another user's.`,
      );
    }
    return !isAlive(process_);
  }
  const deadman = status?.config.deadman;
  const seconds = (typeof deadman === 'number' ? deadman : DEADMAN) + GRACE;
  return untilGone(process_, note.application, seconds);
}

/** Ends another process that is in the way, as `stopServer` does. */
export async function stopProcess(process_: Identity, name: string): Promise<boolean> {
  return signal(process_, 'SIGTERM') && (await untilGone(process_, name, GRACE));
}

/** Has a server end whose terminal has gone: politely, then by force. */
export async function endOrphan(process_: Identity, seconds = DEADMAN + GRACE): Promise<void> {
  if (signal(process_, 'SIGTERM') && !(await hasGone(process_, seconds * 1000))) {
    killTree(process_);
  }
}

async function untilGone(process_: Identity, name: string, seconds: number): Promise<boolean> {
  const kill = 'Kill';
  const wait = 'Wait';
  let isGone = await whileSlow(`Stopping ${name}, which finishes its requests`, (token) =>
    hasGone(process_, seconds * 1000, token),
  );
  while (!isGone) {
    const answer = await vscode.window.showWarningMessage(
      `${name} (process ${process_.pid}) has not ended yet.`,
      kill,
      wait,
    );
    if (answer === undefined) {
      return !isAlive(process_);
    }
    if (answer === kill) {
      killTree(process_);
    }
    isGone = await whileSlow(`Stopping ${name}`, (token) =>
      hasGone(process_, seconds * 1000, token),
    );
  }
  return true;
}

/** Returns whether a process has gone before the time is up, or somebody calls it off. */
async function hasGone(
  process_: Identity,
  milliseconds: number,
  token?: vscode.CancellationToken,
): Promise<boolean> {
  // The kernel tells the end of a process to its parent alone, and that is a shell.
  const until = performance.now() + milliseconds;
  while (isAlive(process_)) {
    if (token?.isCancellationRequested || performance.now() > until) {
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  return true;
}
