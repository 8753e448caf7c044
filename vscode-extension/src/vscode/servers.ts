/**
 * The servers of this user on this machine, each live from its event stream.
 *
 * Their folders are watched, so a server that is started in any terminal is here at once.  A
 * server goes when its note does, or when its process has ended and its stream with it.  Only
 * a server that has no stream is looked at now and then, for one that is killed removes no note.
 */

import * as vscode from 'vscode';
import type { Note, ServerEvent, Status } from '../core/contract';
import { entry } from '../core/actions';
import { extended } from '../core/model';
import { noteFolders, readNotes, Refused } from '../core/notes';
import { isBelow, realPath } from '../core/paths';
import { isAlive } from '../core/processes';
import { follow, pause } from '../core/stream';
import { type Watching, watchFolder } from './folders';
import type { Server, Servers } from './parts';

const LOOK = 5000;

export interface Surroundings {
  /** The folders of notes, whether they are there or not. */
  folders(): Promise<string[]>;
  readonly user: number;
  /** Milliseconds between two looks at a server that has no event stream; replaced in tests. */
  readonly look?: number;
}

export class LiveServer implements Server {
  status: Status | undefined;
  isGone = false;
  readonly #events = new vscode.EventEmitter<ServerEvent>();
  readonly onEvent = this.#events.event;
  readonly #stop = new AbortController();

  constructor(
    readonly note: Note,
    private readonly look = LOOK,
  ) {}

  /** Resolves when the server has ended, or `end` was called. */
  async live(changed: () => void, log: vscode.LogOutputChannel): Promise<void> {
    const { note } = this;
    const isThere = () => isAlive(note);
    if (note.status === '') {
      await lookAt(isThere, this.look, this.#stop.signal);
      return;
    }
    await follow({
      ...{ status: note.status, signal: this.#stop.signal, isThere },
      fetch: (url, options) => fetch(url, options),
      onEvent: (event) => {
        this.#take(event, changed, log);
      },
      onEnd: (why) => {
        log.debug(`${note.status}: ${why}`);
      },
    });
  }

  end(): void {
    this.isGone = true;
    this.#stop.abort();
    this.#events.dispose();
  }

  #take(event: ServerEvent, changed: () => void, log: vscode.LogOutputChannel): void {
    const before = this.status;
    try {
      this.status = extended(before, event);
    } catch (error) {
      log.warn(`server ${this.note.pid}: event ${event.event} is not understood: ${String(error)}`);
      return;
    }
    this.#events.fire(event);
    if (this.status !== before) {
      changed();
    }
  }
}

export class Discovery implements Servers, vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<Server | undefined>();
  readonly onDidChange = this.#changes.event;
  readonly #servers = new Map<string, LiveServer>();
  readonly #log: vscode.LogOutputChannel;
  readonly #where: Surroundings;
  readonly #watching: Watching[] = [];
  readonly #folders: vscode.Disposable;
  readonly #refused = new Set<string>();
  #isEnded = false;
  #scan: Promise<void> | undefined;
  #isStale = false;

  constructor(log: vscode.LogOutputChannel, where: Surroundings) {
    this.#log = log;
    this.#where = where;
    this.#folders = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      this.#changes.fire(undefined);
    });
    void this.#begin();
  }

  get all(): readonly Server[] {
    return [...this.#servers.values()];
  }

  ofWorkspace(): readonly Server[] {
    const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) =>
      realPath(folder.uri.fsPath),
    );
    return this.all.filter(({ note }) => folders.some((folder) => isBelow(note.folder, folder)));
  }

  async pick(placeHolder: string): Promise<Server | undefined> {
    const own = this.ofWorkspace();
    const offered = own.length > 0 ? own : this.all;
    if (offered.length === 0) {
      await this.#offerStart();
      return undefined;
    }
    // One that was started elsewhere is shown before anything is done to it.
    if (own.length === 1) {
      return own[0];
    }
    const items = offered.map((server) => ({ ...entry(server), server }));
    return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.server;
  }

  withPid(pid: number, token: vscode.CancellationToken): Promise<Server | undefined> {
    return new Promise((resolve) => {
      const settle = (server: Server | undefined) => {
        waiting.forEach((one) => void one.dispose());
        resolve(server);
      };
      const look = () => {
        const found = this.all.find((server) => server.note.pid === pid);
        if (found !== undefined) {
          settle(found);
        }
      };
      const cancel = () => {
        settle(undefined);
      };
      const waiting = [this.onDidChange(look), token.onCancellationRequested(cancel)];
      if (token.isCancellationRequested) {
        cancel();
      } else {
        look();
      }
    });
  }

  dispose(): void {
    this.#isEnded = true;
    this.#folders.dispose();
    this.#watching.forEach((one) => {
      one.dispose();
    });
    this.#servers.forEach((server) => {
      server.end();
    });
    this.#servers.clear();
    this.#changes.dispose();
  }

  async #begin(): Promise<void> {
    for (const folder of await this.#where.folders()) {
      if (!this.#isEnded) {
        this.#watching.push(watchFolder(folder, this.#log, () => void this.#look()));
      }
    }
    await this.#look();
  }

  /** Reads the folders; whatever happens meanwhile makes it read them once more. */
  async #look(): Promise<void> {
    this.#isStale = true;
    this.#scan ??= this.#readAll().finally(() => {
      this.#scan = undefined;
    });
    await this.#scan;
  }

  async #readAll(): Promise<void> {
    while (this.#isStale && !this.#isEnded) {
      this.#isStale = false;
      const folders = await this.#where.folders();
      const found = await Promise.all(folders.map((folder) => this.#read(folder)));
      this.#meet(found.flat());
    }
  }

  async #read(folder: string): Promise<Note[]> {
    try {
      const notes = await readNotes(folder, this.#where.user);
      this.#refused.delete(folder);
      return notes;
    } catch (error) {
      if (error instanceof Refused && !this.#refused.has(folder)) {
        this.#refused.add(folder);
        this.#log.warn(error.message);
      }
      return [];
    }
  }

  #meet(notes: readonly Note[]): void {
    if (this.#isEnded) {
      return;
    }
    const known = new Map(notes.map((note) => [keyOf(note), note]));
    for (const server of [...this.#servers.values()].filter(
      ({ note }) => !known.has(keyOf(note)),
    )) {
      this.#part(server);
    }
    for (const [key, note] of known) {
      if (!this.#servers.has(key)) {
        this.#welcome(key, new LiveServer(note, this.#where.look));
      }
    }
  }

  #welcome(key: string, server: LiveServer): void {
    this.#servers.set(key, server);
    this.#log.info(
      `found server ${server.note.pid}: ${server.note.application} in ${server.note.folder}`,
    );
    const changed = () => {
      this.#changes.fire(server);
    };
    void server.live(changed, this.#log).then(() => {
      this.#part(server);
    });
    changed();
  }

  #part(server: LiveServer): void {
    if (this.#servers.delete(keyOf(server.note))) {
      server.end();
      this.#log.info(`server ${server.note.pid} is gone`);
      this.#changes.fire(server);
    }
  }

  async #offerStart(): Promise<void> {
    const start = vscode.workspace.isTrusted ? ['Start'] : [];
    const text =
      'No server runs that has left a note: those with --reload=dev, --status-port or --backdoor do.';
    if ((await vscode.window.showInformationMessage(text, ...start)) !== undefined) {
      await vscode.commands.executeCommand('spawning.start');
    }
  }
}

export function createServers(log: vscode.LogOutputChannel): Discovery {
  const user = process.geteuid?.() ?? -1;
  return new Discovery(log, { folders: () => noteFolders(process.env, user), user });
}

/** Resolves when a process has ended of which nobody tells. */
async function lookAt(isThere: () => boolean, every: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && isThere()) {
    await pause(every, signal);
  }
}

function keyOf(note: Note): string {
  return `${note.pid}:${note.started}`;
}
