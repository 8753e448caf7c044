/** Servers that are no more than what a test says of them. */

import type * as vscode from 'vscode';
import type { Note, ServerEvent, Status } from '../../src/core/contract';
import type { Server, Servers } from '../../src/vscode/parts';
import { NOTE, status } from '../core/examples';
import { EventEmitter } from './fake/events';

export class KnownServer implements Server {
  readonly note: Note;
  status: Status | undefined;
  isGone = false;
  private readonly events = new EventEmitter<ServerEvent>();
  readonly onEvent = this.events.event as unknown as vscode.Event<ServerEvent>;

  constructor(over: Partial<Note> = {}, told: Partial<Status> = {}) {
    this.note = { ...NOTE, ...over };
    this.status = status(told);
  }

  tell(event: object): void {
    this.events.fire({ version: 1, at: 0, ...event } as ServerEvent);
  }
}

export class KnownServers implements Servers {
  all: KnownServer[] = [];
  /** The one that the user picks; else the first. */
  picked: KnownServer | undefined;
  private readonly changes = new EventEmitter<Server | undefined>();
  readonly onDidChange = this.changes.event as unknown as vscode.Event<Server | undefined>;

  /** How many listen to what becomes of them. */
  get listeners(): number {
    return this.changes.size;
  }

  ofWorkspace(): readonly Server[] {
    return this.all;
  }

  pick(): Promise<Server | undefined> {
    return Promise.resolve(this.picked ?? this.all[0]);
  }

  withPid(pid: number): Promise<Server | undefined> {
    return Promise.resolve(this.all.find(({ note }) => note.pid === pid));
  }

  come(server: KnownServer): KnownServer {
    this.all.push(server);
    this.change(server);
    return server;
  }

  change(server: KnownServer): void {
    this.changes.fire(server);
  }

  go(server: KnownServer): void {
    server.isGone = true;
    this.all = this.all.filter((one) => one !== server);
    this.change(server);
  }
}
