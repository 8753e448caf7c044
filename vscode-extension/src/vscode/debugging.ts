/** Debugging a server, with breakpoints that hold across reloads. */

import * as vscode from 'vscode';
import { typedApplication } from '../core/application';
import { portOf } from '../core/commandLine';
import {
  DEBUGPY_TYPE,
  DEBUG_TYPE,
  adapterOf,
  childConfiguration,
  initialConfiguration,
  joinedFrom,
  launchConfiguration,
  type SpawningConfiguration,
} from '../core/debugging';
import { isFree } from '../core/ports';
import { processOf, type Identity } from '../core/processes';
import { splitWords } from '../core/words';
import { busyPort, resolveBusy } from './busyPort';
import { folderFor } from './workspaceFolders';
import type { TerminalLauncher } from './launcher';
import type { Parts, Server, Servers } from './parts';
import { hasDebugpy, type Plan } from './plans';
import { endOrphan } from './stopping';
import { isTrusted } from './trust';

const DYNAMIC = vscode.DebugConfigurationProviderTriggerKind.Dynamic;

export function registerDebugging(
  { servers }: Parts,
  launcher: TerminalLauncher,
): vscode.Disposable {
  launcher.startDebugging = (plan) => startDebugging(plan, servers);
  const provider = new Provider(launcher);
  return vscode.Disposable.from(
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, provider),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, provider, DYNAMIC),
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: ({ configuration }) => descriptor(configuration),
    }),
    trackSessions(),
    vscode.debug.onDidReceiveDebugSessionCustomEvent(join),
  );
}

class Provider implements vscode.DebugConfigurationProvider {
  constructor(private readonly launcher: TerminalLauncher) {}

  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    return [initialConfiguration()];
  }

  /** Without a launch.json the configuration is empty. */
  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    written: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (written.module !== undefined || written.request === 'attach') {
      return written;
    }
    if (!isTrusted('Debugging')) {
      return undefined;
    }
    const where = folder ?? (await folderFor(undefined));
    const { application, arguments: words, coverage } = written;
    const plan =
      where &&
      (await this.launcher.planner.plan({
        folder: where,
        application:
          typeof application === 'string' && application
            ? typedApplication(splitWords(application), 'launch.json')
            : undefined,
        arguments: Array.isArray(words) ? words.map(String) : undefined,
        coverage: coverage === true,
        debug: true,
      }));
    return plan && debugConfiguration(plan, written.type ? written : initialConfiguration());
  }
}

function debugConfiguration(plan: Plan, written: SpawningConfiguration): SpawningConfiguration {
  return launchConfiguration(written, { ...plan, hasDebugpyExtension: hasDebugpy() });
}

async function startDebugging(plan: Plan, servers: Servers): Promise<Server | undefined> {
  // The debugger would say no more than that its process has ended.
  const port = portOf(plan.settings, plan.table, plan.wanted);
  if (port && !(await isFree(port))) {
    const { busy, holder } = busyPort(port, servers);
    const resolved = await resolveBusy(plan, busy, holder, undefined);
    if (resolved.kind === 'again') {
      return startDebugging(resolved.plan, servers);
    }
    return resolved.kind === 'use' ? resolved.server : undefined;
  }
  const before = new Set(servers.all.map(({ note }) => note.pid));
  const name = `Spawning: ${plan.title}`;
  const configuration = debugConfiguration(plan, { ...initialConfiguration(), name });
  const appeared = serverOf(plan, before, servers, name);
  let isBegun = false;
  try {
    isBegun = await vscode.debug.startDebugging(plan.folder, configuration);
  } finally {
    if (!isBegun) {
      appeared.giveUp();
    }
  }
  return appeared.server;
}

/** Waits for the server of a plan, as long as its session lasts. */
function serverOf(
  plan: Plan,
  before: ReadonlySet<number>,
  servers: Servers,
  session: string,
): { server: Promise<Server | undefined>; giveUp: () => void } {
  const listening: vscode.Disposable[] = [];
  let giveUp = (): void => undefined;
  const server = new Promise<Server | undefined>((resolve) => {
    giveUp = () => {
      resolve(undefined);
    };
    const look = (): void => {
      const found = servers.all.find(
        ({ note }) => !before.has(note.pid) && note.application === plan.title,
      );
      if (found) {
        resolve(found);
      }
    };
    servers.onDidChange(look, undefined, listening);
    vscode.debug.onDidTerminateDebugSession(
      (ended) => {
        if (ended.name === session && !ended.parentSession) {
          giveUp();
        }
      },
      undefined,
      listening,
    );
  });
  void server.then(() => {
    vscode.Disposable.from(...listening).dispose();
  });
  return { server, giveUp };
}

function descriptor(
  configuration: SpawningConfiguration,
): vscode.DebugAdapterDescriptor | undefined {
  const adapter = adapterOf(configuration);
  if (adapter === undefined) {
    return undefined;
  }
  return 'port' in adapter
    ? new vscode.DebugAdapterServer(adapter.port, adapter.host)
    : new vscode.DebugAdapterExecutable(adapter.command, [...adapter.args]);
}

/** Has servers end with the sessions that have started them, whoever's debugger that was. */
function trackSessions(): vscode.Disposable {
  const running = new Set<Identity>();
  const end = (started: Identity): void => {
    if (running.delete(started)) {
      void endOrphan(started);
    }
  };
  const createDebugAdapterTracker = (session: vscode.DebugSession) => {
    const { type, configuration, parentSession } = session;
    const isServer = !parentSession && configuration.module === 'spawning';
    let started: Identity | undefined;
    const isOver = (): void => {
      if (started) {
        end(started);
      }
    };
    return {
      ...(type === DEBUG_TYPE ? { onWillReceiveMessage: keepChildrenOurs } : {}),
      onDidSendMessage(message: unknown): void {
        const found = isServer ? startedBy(message) : undefined;
        if (found) {
          started = found;
          running.add(found);
        }
      },
      onWillStopSession: isOver,
      onExit: isOver,
    };
  };
  return vscode.Disposable.from(
    ...[DEBUG_TYPE, DEBUGPY_TYPE].map((type) =>
      vscode.debug.registerDebugAdapterTrackerFactory(type, { createDebugAdapterTracker }),
    ),
    new vscode.Disposable(() => {
      running.forEach(end);
    }),
  );
}

/** Returns the process that an adapter says it has started. */
function startedBy(message: unknown): Identity | undefined {
  const { event, body } = message as { event?: string; body?: { systemProcessId?: number } };
  return event === 'process' && body?.systemProcessId ? processOf(body.systemProcessId) : undefined;
}

/**
 * Has debugpy tell us of a process that joins, rather than ask the editor to attach to it.
 *
 * The editor would do so, but as a session with a life of its own: Stop and Restart, pressed while
 * a worker is in front, would then end that one worker and not the server.
 */
function keepChildrenOurs(message: unknown): void {
  const request = message as { command?: string; arguments?: Record<string, unknown> };
  if (request.command === 'initialize' && request.arguments) {
    request.arguments.supportsStartDebuggingRequest = false;
  }
}

/**
 * The session that the user started.
 *
 * Workers are forked from processes that come and go.  Under such a one, Stop would only let go
 * of the worker as soon as that had gone.
 */
function rootOf(session: vscode.DebugSession): vscode.DebugSession {
  return session.parentSession ? rootOf(session.parentSession) : session;
}

/** A process has joined the one that is debugged: a worker of new code, say. */
function join({ session, event, body }: vscode.DebugSessionCustomEvent): void {
  const joined = event === 'debugpyAttach' ? joinedFrom(body) : undefined;
  if (session.type === DEBUG_TYPE && joined) {
    void vscode.debug.startDebugging(session.workspaceFolder, childConfiguration(joined), {
      parentSession: rootOf(session),
      lifecycleManagedByParent: true,
      consoleMode: vscode.DebugConsoleMode.MergeWithParent,
      compact: true,
      suppressSaveBeforeStart: true,
    });
  }
}
