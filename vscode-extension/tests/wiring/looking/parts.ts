/** Servers, a launcher and `spawnctl`, as the parts that look into code see them. */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Note, Status } from '../../../src/core/contract';
import type { Launcher, LaunchOptions, Parts, Server } from '../../../src/vscode/parts';
import { FakeContext } from '../fake/context';
import { editor } from '../fake/editor';
import { KnownServer, KnownServers } from '../knownServers';

export class Looking {
  readonly folder = mkdtempSync(join(tmpdir(), 'looking-'));
  readonly servers = new KnownServers();
  readonly stopped: Server[] = [];
  readonly started: LaunchOptions[] = [];
  readonly restarted: (readonly [Server, string])[] = [];
  /** What the launcher starts. */
  next: KnownServer | undefined;
  readonly parts: Parts;
  private readonly context = new FakeContext();

  constructor() {
    editor.reset();
    editor.openFolder(this.folder);
    const launcher: Launcher = {
      start: (options) => {
        this.started.push(options);
        return Promise.resolve(this.next);
      },
      stop: (server) => {
        this.stopped.push(server);
        return Promise.resolve();
      },
      restart: (server, option) => {
        this.restarted.push([server, option]);
        return Promise.resolve(this.next);
      },
    };
    const log = vscode.window.createOutputChannel('Spawning', { log: true });
    const context = this.context as unknown as vscode.ExtensionContext;
    this.parts = { context, log, servers: this.servers, launcher };
  }

  meet(over: Partial<Note> = {}, told: Partial<Status> = {}): KnownServer {
    return this.servers.come(new KnownServer({ folder: this.folder, ...over }, told));
  }

  /** An interpreter that runs no Python: it prints what is given for a command of `spawnctl`. */
  interpreter(answers: Readonly<Record<string, object | string>>): string {
    const cases = Object.entries(answers).map(([name, answer], number) => {
      const file = join(this.folder, `answer${number}`);
      writeFileSync(file, typeof answer === 'string' ? answer : JSON.stringify(answer));
      const how = typeof answer === 'string' ? '>&2; exit 1' : '';
      return `${name}) cat '${file}' ${how};;`;
    });
    const program = join(this.folder, 'python');
    const asked = join(this.folder, 'asked');
    const lines = ['#!/bin/sh', `echo "$@" >> '${asked}'`, 'case $3 in', ...cases, 'esac', ''];
    writeFileSync(program, lines.join('\n'));
    chmodSync(program, 0o755);
    return program;
  }

  /** The command lines that it was run with. */
  get asked(): string[] {
    return readFileSync(join(this.folder, 'asked'), 'utf8').trim().split('\n');
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
