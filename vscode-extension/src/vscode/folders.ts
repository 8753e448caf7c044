/** Tells when something in a folder changes, also of one that is not there yet. */

import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type * as vscode from 'vscode';

/** Milliseconds between two looks where the kernel does not tell. */
const LOOK = 3000;

export interface Watching {
  dispose(): void;
}

/**
 * Calls `changed` at every change of the folder's entries, and when the folder comes or goes.
 *
 * Until the folder is there, the one above it is watched.  What cannot be watched is looked at
 * every few seconds, and the log says so once.
 */
export function watchFolder(
  folder: string,
  log: vscode.LogOutputChannel,
  changed: () => void,
): Watching {
  return new FolderWatch(folder, log, changed);
}

class FolderWatch implements Watching {
  readonly #folder: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed: () => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Which folder is watched, by its number; 0 while it is the one above. */
  #inode = -1;
  #isEnded = false;

  constructor(folder: string, log: vscode.LogOutputChannel, changed: () => void) {
    this.#folder = folder;
    this.#log = log;
    this.#changed = changed;
    this.#aim();
  }

  dispose(): void {
    this.#isEnded = true;
    this.#watcher?.close();
    clearInterval(this.#timer);
  }

  /** Watches the folder, or the one above it, whichever there is now. */
  #aim(): void {
    const inode = inodeOf(this.#folder);
    if (this.#isEnded || inode === this.#inode || this.#timer !== undefined) {
      return;
    }
    this.#watcher?.close();
    this.#inode = inode;
    try {
      this.#watcher = this.#begin(inode === 0);
      this.#watcher.on('error', (error) => {
        this.#lookInstead(error);
      });
    } catch (error) {
      this.#lookInstead(error);
      return;
    }
    // It may have come while we were turning to it.
    if (inodeOf(this.#folder) !== inode) {
      this.#aim();
    }
  }

  #begin(isAbove: boolean): FSWatcher {
    const name = basename(this.#folder);
    const target = isAbove ? dirname(this.#folder) : this.#folder;
    return watch(target, { persistent: false }, (_kind, file) => {
      if (!isAbove || file === null || file === name) {
        this.#aim();
        this.#changed();
      }
    });
  }

  #lookInstead(error: unknown): void {
    this.#watcher?.close();
    if (this.#isEnded || this.#timer !== undefined) {
      return;
    }
    const why = error instanceof Error ? error.message : String(error);
    this.#log.warn(
      `${this.#folder} is looked at every ${LOOK / 1000} s, as it cannot be watched: ${why}`,
    );
    this.#timer = setInterval(this.#changed, LOOK);
    this.#timer.unref();
  }
}

function inodeOf(folder: string): number {
  try {
    return statSync(folder).ino;
  } catch {
    return 0;
  }
}
