/**
 * Servers as the extension sees them: a note in a folder, a process, and an event stream.
 *
 * The processes are real, so what is told them by a signal, and that they end, is real too.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Note, ServerEvent, Status } from '../../../src/core/contract';
import { processOf } from '../../../src/core/processes';
import { Discovery } from '../../../src/vscode/servers';
import { event, NOTE, status } from '../../core/examples';
import { editor } from '../fake/editor';
import { until } from '../until';

/** Says `hup` for each SIGHUP, and goes on. */
const CONTROLLER = 'trap "echo hup" HUP; echo up; while :; do sleep 60 & wait; kill $!; done';

export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'stage-'));
  readonly notes = join(this.folder, 'spawning');
  readonly servers: Discovery;
  readonly log: vscode.LogOutputChannel;
  private readonly actors: Actor[] = [];

  constructor() {
    editor.reset();
    this.log = vscode.window.createOutputChannel('Spawning', { log: true });
    const user = process.geteuid?.() ?? -1;
    this.servers = new Discovery(this.log, {
      folders: () => Promise.resolve([this.notes]),
      user,
      look: 20,
    });
  }

  /** A server in a folder, which tells its status to whoever follows it. */
  async enter(over: Partial<Note> = {}, told: Partial<Status> = {}): Promise<Actor> {
    const actor = await Actor.enter(this, over, status(told));
    this.actors.push(actor);
    return actor;
  }

  /** The same, and waits until it is known. */
  async meet(over: Partial<Note> = {}, told: Partial<Status> = {}): Promise<Actor> {
    const actor = await this.enter(over, told);
    await until(() => this.server(actor)?.status !== undefined || actor.note.status === '');
    await until(() => this.server(actor) !== undefined);
    return actor;
  }

  server(actor: Actor) {
    return this.servers.all.find(({ note }) => note.pid === actor.note.pid);
  }

  /** A file of the application with an error: in its third line, at `nosuch`. */
  broken(): string {
    const file = join(this.folder, 'views.py');
    writeFileSync(file, 'def f():\n    pass\n"😀", nosuch\n');
    return file;
  }

  async close(): Promise<void> {
    this.servers.dispose();
    for (const actor of this.actors) await actor.leave();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Actor {
  readonly output: string[] = [];

  private constructor(
    private readonly stage: Stage,
    readonly note: Note,
    private readonly child: ChildProcess,
    private readonly http: HttpServer,
    private readonly streams: Set<ServerResponse>,
  ) {
    child.stdout?.on('data', (piece: Buffer) => this.output.push(piece.toString()));
  }

  static async enter(stage: Stage, over: Partial<Note>, told: Status): Promise<Actor> {
    const child = spawn('sh', ['-c', CONTROLLER], { stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = child.pid ?? 0;
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const streams = new Set<ServerResponse>();
    const http = createServer((_, response) => {
      streams.add(response.writeHead(200, { 'content-type': 'text/event-stream' }));
      response.on('close', () => streams.delete(response));
      response.write(written(event({ event: 'hello', status: told })));
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const started = processOf(pid)?.started ?? 0;
    const address = `http://127.0.0.1:${port}/status`;
    const note = { ...NOTE, pid, started, folder: stage.folder, status: address, ...over };
    const actor = new Actor(stage, note, child, http, streams);
    mkdirSync(stage.notes, { recursive: true, mode: 0o700 });
    writeFileSync(actor.path, JSON.stringify(note), { mode: 0o600 });
    return actor;
  }

  tell(...events: ServerEvent[]): void {
    for (const stream of this.streams) stream.write(events.map(written).join(''));
  }

  /** How many follow its events. */
  get followers(): number {
    return this.streams.size;
  }

  /** Its note is removed, as by a server that ends. */
  leave(): Promise<void> {
    this.hide();
    return this.die();
  }

  /** Its note is removed, and it goes on. */
  hide(): void {
    rmSync(this.path, { force: true });
  }

  /** It is killed, and its note stays. */
  async die(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await ended;
    }
    this.http.closeAllConnections();
    this.http.close();
  }

  private get path(): string {
    return join(this.stage.notes, `${this.note.pid}.json`);
  }
}

function written(told: ServerEvent): string {
  return `event: ${told.event}\ndata: ${JSON.stringify(told)}\n\n`;
}
