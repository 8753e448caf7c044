/** A workspace on the disk, with an interpreter and servers that a test makes up. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, vi } from 'vitest';
import type * as vscode from 'vscode';
import type { Note, Status } from '../../../src/core/contract';
import { type Identity, processOf } from '../../../src/core/processes';
import { registerDebugging } from '../../../src/vscode/debugging';
import { createLauncher } from '../../../src/vscode/launcher';
import { registerLaunchCommands } from '../../../src/vscode/launchCommands';
import { registerRunButton } from '../../../src/vscode/runButton';
import { registerTasks } from '../../../src/vscode/tasks';
import { PATIENCE } from '../../../src/vscode/terminals';
import { MODULES } from '../../core/examples';
import { FakeContext } from '../fake/context';
import { editor } from '../fake/editor';
import type { FakeShellExecution, FakeTerminal } from '../fake/terminals';
import { KnownServer, KnownServers } from '../knownServers';
import { until } from '../until';
import { window } from '../vscode';

export const FLASK = 'from flask import Flask\napp = Flask(__name__)\n';

export class Scene {
  readonly root = mkdtempSync(join(tmpdir(), 'launch-'));
  readonly python = this.interpreter('python');
  readonly servers = new KnownServers();
  readonly context = new FakeContext();
  readonly launcher;
  private readonly children: ChildProcess[] = [];

  constructor(files: Readonly<Record<string, string>> = { 'shop/app.py': FLASK }) {
    editor.reset();
    for (const [name, text] of Object.entries(files)) {
      this.write(name, text);
    }
    editor.openFolder(this.path('shop'));
    editor.set('spawning.interpreterPath', this.python);
    const log = window.createOutputChannel('Spawning');
    const context = this.context as unknown as vscode.ExtensionContext;
    this.launcher = createLauncher(
      context,
      log as unknown as vscode.LogOutputChannel,
      this.servers,
    );
    const parts = {
      context,
      log: log as unknown as vscode.LogOutputChannel,
      servers: this.servers,
      launcher: this.launcher,
    };
    this.context.subscriptions.push(
      this.launcher,
      registerLaunchCommands(parts, this.launcher),
      registerDebugging(parts, this.launcher),
      registerTasks(this.launcher),
      registerRunButton(),
    );
  }

  async close(): Promise<void> {
    await this.context.close();
    for (const child of this.children) {
      child.kill('SIGKILL');
    }
    rmSync(this.root, { recursive: true });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, text: string): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  /** Makes an interpreter that has these modules; `pip install` in it is not for it to do. */
  interpreter(name: string, has: readonly string[] = MODULES, version = [3, 13, 1]): string {
    const path = this.write(name, `#!/bin/sh\necho '${JSON.stringify({ version, has })}'\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** The terminal that is opened next, with shell integration; several may have been before. */
  async terminal(count = 1): Promise<FakeTerminal> {
    await expect.poll(() => editor.terminals.length).toBe(count);
    const terminal = editor.terminals.at(-1);
    if (terminal === undefined) {
      throw new Error('there is none');
    }
    belowThis(terminal);
    if (terminal.shellIntegration === undefined) {
      terminal.integrate();
    }
    return terminal;
  }

  /** A start in a terminal whose shell has no integration: what it types is in `sent`. */
  async typed() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const started = this.launcher.start({});
    await until(() => editor.terminals.length === 1);
    belowThis(editor.terminals[0]);
    await vi.advanceTimersByTimeAsync(PATIENCE);
    vi.useRealTimers();
    return { started };
  }

  /** The command that is run next in a terminal. */
  async command(count = 1, terminals = 1): Promise<FakeShellExecution> {
    const terminal = await this.terminal(terminals);
    await expect.poll(() => terminal.executions.length).toBe(count);
    const execution = terminal.executions.at(-1);
    if (execution === undefined) {
      throw new Error('there is none');
    }
    return execution;
  }

  /** Starts, and has the command write this; ends it where a code is given. */
  async begun(output: readonly string[], code?: number, count = 1) {
    const started = this.launcher.start({});
    const execution = await this.command(count);
    output.forEach((piece) => {
      execution.write(piece);
    });
    if (code !== undefined) {
      execution.end(code);
    }
    return { started, execution };
  }

  /** A process that could be a server's; `script` may say what it does not heed. */
  async process(script = 'echo; exec sleep 600'): Promise<Identity & { ended: Promise<unknown> }> {
    const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.children.push(child);
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    const found = processOf(child.pid ?? 0);
    if (found === undefined) {
      throw new Error('it has ended');
    }
    return { pid: found.pid, started: found.started, ended };
  }

  /** A server that is as one would be that was started here. */
  server(over: Partial<Note> = {}, told: Partial<Status> = {}): KnownServer {
    const note = { pid: 99, application: 'app:app', urls: ['http://127.0.0.1:8080'] };
    return new KnownServer({ ...note, folder: this.path('shop'), ...over }, told);
  }
}

/** What the last message said, and its buttons. */
export function lastMessage(): string {
  const message = editor.messages.at(-1);
  return message ? `${message.text} [${message.items.join(', ')}]` : '';
}

export function serving(pid: number, port = 8080): string {
  return `spawn: serving app:app on http://127.0.0.1:${port} (4 workers, 4 threads, controller ${pid}, generation 1 in 90 ms)\r\n`;
}

export async function message(text: string | RegExp): Promise<void> {
  await expect.poll(lastMessage).toMatch(text);
}

/** Has a terminal be above all that a test starts, as its shell would be. */
export function belowThis(terminal: FakeTerminal | undefined): void {
  Object.assign(terminal ?? {}, { processId: Promise.resolve(process.pid) });
}
