/** Runs `spawnctl` for a server, and asks which server is meant. */

import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import type { Note } from '../core/contract';
import { type Ended, answerOf, command } from '../core/code/spawnctl';
import { nearest } from '../core/code/nearest';
import { realPath } from '../core/paths';
import type { Parts, Server } from './parts';
import { taken } from './taken';

const MOST = 64 * 1024 * 1024;

/** Returns the JSON that `spawnctl` prints; the promise is rejected with NoAnswer. */
export async function ask(
  note: Note,
  words: readonly string[],
  token?: vscode.CancellationToken,
): Promise<unknown> {
  const { file, args, cwd } = command(note, words);
  return answerOf(await run(file, args, cwd, token), file);
}

function run(
  file: string,
  args: readonly string[],
  cwd: string,
  token?: vscode.CancellationToken,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { cwd, maxBuffer: MOST }, (error, stdout, stderr) => {
      if (!error) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else resolve({ code: undefined, stdout, stderr: error.message });
    });
    token?.onCancellationRequested(() => child.kill());
  });
}

/**
 * The server that a command is for: what the tree passes, or the one that was started nearest
 * above a file, or the one that the user picks.
 */
export async function serverFor(
  { servers }: Parts,
  passed: unknown,
  placeHolder: string,
  file?: string,
): Promise<Server | undefined> {
  const given = taken(passed);
  if (given) return given;
  const near = file === undefined ? [] : nearest(servers.all, realPath(file));
  if (near.length === 1) return near[0];
  return servers.pick(placeHolder);
}
