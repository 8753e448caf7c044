/**
 * Starts servers and stops them; implements `Launcher`.
 *
 * A server that was started here ends with its terminal and with the window.  Others, found by
 * their notes, are stopped only when somebody says so.
 */

import * as vscode from 'vscode';
import { DEFAULT_PORT, portOf } from '../core/commandLine';
import type { Failure } from '../core/failure';
import { processOf, type Identity } from '../core/processes';
import { nextFreePort } from '../core/ports';
import { Applications } from './applications';
import { resolveBusy } from './busyPort';
import { folderFor } from './workspaceFolders';
import { Interpreters, selectInterpreter } from './interpreters';
import { openPlace, openSetting } from './opening';
import type { LaunchOptions, Launcher, Server, Servers } from './parts';
import { Planner, withArguments, withPort, type Plan, type Question } from './plans';
import { whileSlow } from './progress';
import { offerRunning, runningLike } from './running';
import { Try, type Tried } from './starting';
import { endOrphan, stopServer } from './stopping';
import { Terminals } from './terminals';
import { isTrusted } from './trust';

/** Milliseconds for the shell to say that a server has ended which is known to have. */
const FREED = 2000;

interface Started extends Identity {
  readonly plan: Plan;
  readonly ended: Promise<unknown>;
}

/** What starts a server under a debugger. */
export type StartDebugging = (plan: Plan) => Promise<Server | undefined>;

export function createLauncher(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  servers: Servers,
): TerminalLauncher {
  return new TerminalLauncher(context, log, servers);
}

export class TerminalLauncher implements Launcher, vscode.Disposable {
  readonly applications: Applications;
  readonly planner: Planner;
  startDebugging: StartDebugging = () => Promise.resolve(undefined);
  readonly interpreters: Interpreters;
  private readonly terminals = new Terminals();
  /** The servers that were started here, by their terminals. */
  private readonly started = new Map<vscode.Terminal, Started>();
  /** What is being started: who asks for it once more, gets the same. */
  private readonly starting = new Map<string, Promise<Tried>>();
  private readonly listening: vscode.Disposable[] = [];

  constructor(
    context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly servers: Servers,
  ) {
    this.applications = new Applications(context.workspaceState);
    this.interpreters = new Interpreters(log, (words, cwd) => this.install(words, cwd));
    this.planner = new Planner(this.applications, this.interpreters);
    vscode.window.onDidCloseTerminal(
      (terminal) => {
        this.closed(terminal);
      },
      undefined,
      this.listening,
    );
    servers.onDidChange(
      (server) => {
        this.changed(server);
      },
      undefined,
      this.listening,
    );
  }

  /** How many servers run that were started here. */
  get count(): number {
    return this.started.size;
  }

  async start(options: LaunchOptions, resource?: vscode.Uri): Promise<Server | undefined> {
    if (!isTrusted('Spawning')) {
      return undefined;
    }
    const folder = await folderFor(resource);
    return folder && this.startIn({ folder, resource, ...options });
  }

  async stop(server: Server): Promise<void> {
    await stopServer(server);
  }

  async restart(server: Server, option: string): Promise<Server | undefined> {
    if (!isTrusted('Spawning')) {
      return undefined;
    }
    const known = [...this.started.values()].find(({ pid }) => pid === server.note.pid);
    const plan = known
      ? withArguments(known.plan, [option, ...known.plan.arguments])
      : await this.planner.again(server, option);
    if (!(await stopServer(server))) {
      return undefined;
    }
    // Its terminal is free when the shell says so, which is a little later.
    await Promise.race([known?.ended, new Promise((resolve) => setTimeout(resolve, FREED))]);
    return this.launch(plan);
  }

  /** Starts what the question leads to; says so where it runs already. */
  async startIn(question: Question): Promise<Server | undefined> {
    let plan = await this.planner.plan(question);
    if (plan === undefined) {
      return undefined;
    }
    const running = runningLike(plan, this.servers);
    if (running) {
      const answer = await offerRunning(plan, running, question.debug === true);
      if (answer === 'Show') {
        return running;
      }
      if (answer === undefined || (answer === 'Restart' && !(await stopServer(running)))) {
        return undefined;
      }
      if (answer === 'Start Another') {
        plan = await another(plan);
      }
    }
    return question.debug ? this.startDebugging(plan) : this.launch(plan);
  }

  dispose(): void {
    for (const started of this.started.values()) {
      void endOrphan(started);
    }
    vscode.Disposable.from(this.terminals, ...this.listening).dispose();
  }

  private async launch(plan: Plan): Promise<Server | undefined> {
    const key = JSON.stringify([plan.cwd, plan.title]);
    const begun = this.starting.get(key);
    if (begun) {
      const { outcome } = await begun;
      return 'server' in outcome ? outcome.server : undefined;
    }
    this.log.info(`${plan.cwd}: ${[plan.python, '-m', 'spawning', ...plan.arguments].join(' ')}`);
    const trying = whileSlow(`Starting ${plan.title}`, (token, tell) =>
      new Try(plan, this.servers, token, tell).run(this.terminals),
    ).finally(() => this.starting.delete(key));
    this.starting.set(key, trying);
    return this.followUp(plan, await trying);
  }

  /** Does what the outcome asks for; only where that decides, it waits for an answer. */
  private async followUp(plan: Plan, tried: Tried): Promise<Server | undefined> {
    const { outcome, execution } = tried;
    switch (outcome.kind) {
      case 'serving':
        this.keep(plan, tried, outcome.pid);
        return this.serves(plan, outcome.server);
      case 'waiting':
        this.keep(plan, tried, outcome.server?.note.pid);
        void this.tell(plan, outcome.failure, tried, outcome.server);
        return outcome.server;
      case 'busy': {
        await execution?.ended;
        const { busy, holder } = outcome;
        const resolved = await resolveBusy(plan, busy, holder, execution?.terminal);
        if (resolved.kind === 'again') {
          return this.launch(resolved.plan);
        }
        return resolved.kind === 'use' ? resolved.server : undefined;
      }
      case 'failed':
        if (outcome.failure) {
          void this.tell(plan, outcome.failure, tried, undefined);
        }
        return undefined;
      case 'cancelled':
        return undefined;
    }
  }

  private async serves(plan: Plan, server: Server | undefined): Promise<Server | undefined> {
    if (server && plan.settings.openBrowser) {
      await vscode.commands.executeCommand('spawning.openInBrowser', { server });
    }
    return server;
  }

  private keep(plan: Plan, { execution }: Tried, pid: number | undefined): void {
    const process_ = pid === undefined ? undefined : processOf(pid);
    if (!execution || !process_) {
      return;
    }
    const { terminal } = execution;
    this.started.set(terminal, { ...process_, plan, ended: execution.ended });
    void execution.ended.then((end) => {
      if (end.kind === 'exit') {
        this.started.delete(terminal);
      }
    });
  }

  private closed(terminal: vscode.Terminal): void {
    const started = this.started.get(terminal);
    this.started.delete(terminal);
    if (started) {
      // It lost its terminal, which means a reload to it, and would go on.
      void endOrphan(started);
    }
  }

  /** Where the shell tells nothing, a server that has gone frees its terminal. */
  private changed(server: Server | undefined): void {
    for (const [terminal, { pid }] of this.started) {
      if (server?.isGone && server.note.pid === pid) {
        this.started.delete(terminal);
        this.terminals.release(terminal);
      }
    }
  }

  private async tell(
    plan: Plan,
    failure: Failure,
    tried: Tried,
    server: Server | undefined,
  ): Promise<void> {
    const remedies = [...failure.remedies, ...(server ? ['Stop'] : [])];
    const answer = await vscode.window.showErrorMessage(failure.sentence, ...remedies);
    await this.remedy(plan, failure, answer, tried, server);
  }

  private async remedy(
    plan: Plan,
    failure: Failure,
    answer: string | undefined,
    { execution }: Tried,
    server: Server | undefined,
  ): Promise<void> {
    switch (answer) {
      case 'Show Terminal':
        execution?.terminal.show();
        break;
      case 'Open File':
        await openAt(failure);
        break;
      case 'Open Settings':
        await openSetting('spawning.');
        break;
      case 'Select Application':
        await this.applications.select(plan.folder);
        break;
      case 'Select Interpreter':
        await selectInterpreter();
        break;
      case 'Stop':
        await (server && stopServer(server));
        break;
      default:
    }
  }

  private async install(words: readonly string[], cwd: string): Promise<boolean> {
    const command = { title: 'Spawning: install', cwd, environment: {}, words };
    const end = await (await this.terminals.run(command))?.ended;
    return end?.kind === 'exit' && end.code === 0;
  }
}

async function another(plan: Plan): Promise<Plan> {
  const port = portOf(plan.settings, plan.table, plan.wanted) ?? DEFAULT_PORT;
  return plan.canChangePort ? withPort(plan, await nextFreePort(port)) : plan;
}

async function openAt({ place }: Failure): Promise<void> {
  if (place?.file) {
    await openPlace(place.file, place.line, place.column);
  }
}
