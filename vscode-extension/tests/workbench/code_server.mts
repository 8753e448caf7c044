/** code-server: the real workbench and extension host, with a home of its own that is gone afterwards. */

import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Note } from '../../src/core/contract.ts';
import { wanted } from './surroundings.mts';

const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'window.dialogStyle': 'custom',
  'editor.accessibilitySupport': 'off',
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
  // Drawn by the processor of graphics, the text of a terminal is not in the page.
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.defaultProfile.linux': 'bash',
  'terminal.integrated.initialHint': false,
};

export interface Wishes {
  /** Packed extensions to be installed. */
  readonly extensions?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Ask whether a folder is to be trusted. */
  readonly restricted?: boolean;
  readonly options?: readonly string[];
}

export class CodeServer {
  readonly url: string;
  private readonly home: string;
  private readonly process: ChildProcess;
  private readonly output: string[];

  private constructor(url: string, home: string, process: ChildProcess, output: string[]) {
    this.url = url;
    this.home = home;
    this.process = process;
    this.output = output;
  }

  static async start(wishes: Wishes = {}): Promise<CodeServer> {
    const home = mkdtempSync(join(tmpdir(), 'spawning-editor-'));
    writeSettings(home, wishes.settings ?? {});
    const environment = surroundings(home);
    const entry = join(wanted('SPAWNING_CODE_SERVER'), 'out', 'node', 'entry.js');
    const data = [
      '--user-data-dir',
      join(home, 'data'),
      '--extensions-dir',
      join(home, 'extensions'),
    ];
    const general = [entry, '--config', '/dev/null', ...data];
    for (const extension of wishes.extensions ?? []) {
      // What it prints speaks of parts that were not compiled; its exit code tells enough.
      const install = [...general, '--install-extension', extension];
      await done(spawn(process.execPath, install, { env: environment, stdio: 'ignore' }));
    }
    const quiet = [
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
    ];
    const trust = wishes.restricted === true ? [] : ['--disable-workspace-trust'];
    const options = ['--bind-addr', '127.0.0.1:0', '--auth', 'none', ...quiet, ...trust];
    const child = spawn(process.execPath, [...general, ...options, ...(wishes.options ?? [])], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // its whole group is ended
    });
    const output: string[] = [];
    return new CodeServer(await address(child, output), home, child, output);
  }

  /** The end of what it printed. */
  get log(): string {
    return this.output.join('').split('\n').slice(-30).join('\n');
  }

  /** The notes of the Spawning servers that run in this editor. */
  get notes(): readonly Note[] {
    const folder = join(this.home, 'run', 'spawning');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^\d+\.json$/.test(name) && existsSync(`/proc/${name.slice(0, -5)}`))
      .flatMap((name) => written(join(folder, name)));
  }

  get servers(): number[] {
    return this.notes.map(({ pid }) => pid);
  }

  /** Ends those servers, and waits until they have. */
  async endServers(): Promise<void> {
    for (const pid of this.servers) end(pid, 'SIGQUIT');
    await this.serversGone();
  }

  async serversGone(): Promise<void> {
    while (this.servers.length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async stop(): Promise<void> {
    await this.endServers();
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    if (this.process.exitCode === null) {
      this.signal('SIGTERM');
      const late = setTimeout(() => {
        this.signal('SIGKILL');
      }, 5000);
      await ended;
      clearTimeout(late);
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  private signal(name: NodeJS.Signals): void {
    end(-(this.process.pid ?? 0), name);
  }
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It was gone already.
  }
}

/** What stands in a note; nothing where the server that ends has just removed it. */
function written(path: string): Note[] {
  try {
    return [JSON.parse(readFileSync(path, 'utf8')) as Note];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function writeSettings(home: string, settings: Readonly<Record<string, unknown>>): void {
  // In a remote window, settings that are a machine's are read from a place of their own.
  for (const [place, content] of [
    ['User', { ...SETTINGS, ...settings }],
    ['Machine', settings],
  ] as const) {
    const folder = join(home, 'data', place);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(content, null, 2));
  }
}

function surroundings(home: string): NodeJS.ProcessEnv {
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('VSCODE_') && !name.startsWith('SPAWNING_'),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    SHELL: '/bin/bash',
    // Servers of others on this machine are not to be seen.
    XDG_RUNTIME_DIR: runtime,
    EXTENSIONS_GALLERY: '{}',
  };
}

async function done(child: ChildProcess): Promise<void> {
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0)
    throw new Error(`the extension could not be installed: exit code ${String(code)}`);
}

function address(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = (piece: Buffer): void => {
      output.push(piece.toString());
      const found = /HTTP server listening on (http:\/\/\S+?)\/?\s/.exec(output.join(''));
      if (found?.[1] !== undefined) resolve(found[1]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => {
      reject(new Error(`code-server ended with ${String(code)}:\n${output.join('')}`));
    });
  });
}
