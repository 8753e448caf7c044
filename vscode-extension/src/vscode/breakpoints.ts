/**
 * Tells of breakpoints that wait, for as long as they do.
 *
 * A message with buttons stays until somebody clicks it away; what shows progress goes with what
 * it waits for.  So that is what tells, and its link leads there.
 */

import * as vscode from 'vscode';
import { type Hold, changesOf } from '../core/code/holds';
import type { Server, Servers } from './parts';

const ENTER = '_spawning.enterBreakpoint';

/** The terminals that are in servers. */
export interface Terminals {
  /** Goes where a breakpoint waits. */
  enter(server: Server, worker: number): void;
  isOpen(server: Server): boolean;
}

export class Breakpoints implements vscode.Disposable {
  private readonly watched = new Map<Server, Watch>();
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly servers: Servers,
    private readonly terminals: Terminals,
  ) {
    this.disposables = [
      servers.onDidChange(() => {
        this.watch();
      }),
      vscode.commands.registerCommand(ENTER, (pid: number, worker: number) => {
        const server = servers.all.find(({ note }) => note.pid === pid);
        if (!server) return;
        this.watched.get(server)?.release(worker);
        this.terminals.enter(server, worker);
      }),
    ];
    this.watch();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables, ...this.watched.values()).dispose();
  }

  private watch(): void {
    const { all } = this.servers;
    for (const [server, watch] of this.watched) {
      if (all.includes(server)) continue;
      watch.dispose();
      this.watched.delete(server);
    }
    for (const server of all) {
      const isHere = (): boolean => this.terminals.isOpen(server);
      if (!this.watched.has(server)) this.watched.set(server, new Watch(server, isHere));
    }
  }
}

/** The breakpoints of one server. */
class Watch implements vscode.Disposable {
  /** By worker: takes the message away. */
  private readonly told = new Map<number, () => void>();
  private readonly listening: vscode.Disposable;

  /** `isHere`: the user is in the server already. */
  constructor(
    private readonly server: Server,
    private readonly isHere: () => boolean,
  ) {
    this.listening = server.onEvent((event) => {
      for (const change of changesOf(event, [...this.told.keys()])) {
        if (change.is === 'held') this.tell(change.hold);
        else {
          this.release(change.worker);
          this.told.delete(change.worker);
        }
      }
    });
  }

  dispose(): void {
    this.listening.dispose();
    for (const worker of this.told.keys()) this.release(worker);
  }

  /** Takes the message away; the worker is known to be held still. */
  release(worker: number): void {
    this.told.get(worker)?.();
  }

  private tell({ worker, request }: Hold): void {
    // Most likely the user has typed what waits.
    if (request === '' && this.isHere()) return;
    const { note } = this.server;
    const words = encodeURIComponent(JSON.stringify([note.pid, worker]));
    const attach = `[Attach](command:${ENTER}?${words})`;
    const there = 'in the terminal of the server';
    const how =
      note.backdoor.length === 0
        ? `go on ${there}`
        : // While a module is imported, a breakpoint waits there in spite of a backdoor.
          attach + (request === '' ? `, or go on ${there}` : '');
    const where = request === '' ? `worker ${worker}` : `${plain(request)}, worker ${worker}`;
    const title = `breakpoint() waits in ${where}: ${how}`;
    const over = new Promise<void>((resolve) => this.told.set(worker, resolve));
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title },
      () => over,
    );
  }
}

/** A request line holds no link, whatever its client has sent. */
function plain(request: string): string {
  return request
    .replace(/[[\]()]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
    .replace(/\s+/g, ' ');
}
