/** Tasks, debugging, languages and tests. */

import { editor } from './editor';
import { Disposable } from './events';
import type { Uri } from './places';
import type { Diagnostic } from './values';
import type { Task } from './work';

function provide(name: string, provider: unknown): Disposable {
  editor.providers.set(name, provider);
  return new Disposable(() => editor.providers.delete(name));
}

export const tasks = {
  taskExecutions: [],
  registerTaskProvider: (type: string, provider: unknown) => provide(`task:${type}`, provider),
  executeTask(task: Task) {
    editor.tasksRun.push(task);
    const execution = {
      task,
      terminate(): void {
        editor.events.endTask.fire({ execution });
      },
    };
    editor.events.startTask.fire({ execution });
    return Promise.resolve(execution);
  },
  fetchTasks: () => Promise.resolve([]),
  onDidStartTask: editor.events.startTask.event,
  onDidEndTask: editor.events.endTask.event,
  onDidStartTaskProcess: editor.events.startTaskProcess.event,
  onDidEndTaskProcess: editor.events.endTaskProcess.event,
};

export const debug = {
  registerDebugConfigurationProvider: (type: string, provider: unknown, trigger?: number) =>
    provide(`debugConfiguration:${type}${trigger === 2 ? ':dynamic' : ''}`, provider),
  registerDebugAdapterDescriptorFactory: (type: string, factory: unknown) =>
    provide(`debugAdapter:${type}`, factory),
  registerDebugAdapterTrackerFactory: (type: string, factory: unknown) =>
    provide(`debugTracker:${type}`, factory),
  startDebugging(folder: unknown, configuration: unknown, options?: unknown): Promise<boolean> {
    editor.debugStarted.push({ folder, configuration, options });
    return Promise.resolve(editor.debugStarts);
  },
  stopDebugging(session?: unknown): Promise<void> {
    editor.debugStopped.push(session);
    return Promise.resolve();
  },
  get activeDebugSession(): unknown {
    return editor.activeDebugSession;
  },
  get breakpoints(): readonly unknown[] {
    return editor.breakpoints;
  },
  onDidStartDebugSession: editor.events.startDebug.event,
  onDidTerminateDebugSession: editor.events.terminateDebug.event,
  onDidChangeActiveDebugSession: editor.events.activeDebug.event,
  onDidReceiveDebugSessionCustomEvent: editor.events.customDebug.event,
  onDidChangeBreakpoints: editor.events.breakpoints.event,
};

/** What the Problems view shows of one source. */
export class FakeDiagnostics {
  private readonly byUri = new Map<string, { uri: Uri; found: readonly Diagnostic[] }>();
  isDisposed = false;

  constructor(readonly name: string) {}

  set(
    where: Uri | readonly [Uri, readonly Diagnostic[] | undefined][],
    found?: readonly Diagnostic[],
  ): void {
    const pairs = Array.isArray(where)
      ? (where as [Uri, readonly Diagnostic[] | undefined][])
      : ([[where, found]] as [Uri, readonly Diagnostic[] | undefined][]);
    for (const [uri, one] of pairs) {
      if (one === undefined || one.length === 0) this.byUri.delete(uri.toString());
      else this.byUri.set(uri.toString(), { uri, found: one });
    }
  }

  get(uri: Uri): readonly Diagnostic[] | undefined {
    return this.byUri.get(uri.toString())?.found;
  }

  has(uri: Uri): boolean {
    return this.byUri.has(uri.toString());
  }

  delete(uri: Uri): void {
    this.byUri.delete(uri.toString());
  }

  clear(): void {
    this.byUri.clear();
  }

  forEach(callback: (uri: Uri, found: readonly Diagnostic[]) => void): void {
    for (const { uri, found } of this.byUri.values()) callback(uri, found);
  }

  /** The paths that have problems. */
  get paths(): string[] {
    return [...this.byUri.values()].map(({ uri }) => uri.fsPath);
  }

  get size(): number {
    return this.byUri.size;
  }

  dispose(): void {
    this.clear();
    this.isDisposed = true;
  }
}

export const languages = {
  createDiagnosticCollection(name = ''): FakeDiagnostics {
    const collection = new FakeDiagnostics(name);
    editor.diagnostics.set(name, collection);
    return collection;
  },
  registerCodeLensProvider: (_selector: unknown, provider: unknown) =>
    provide('codeLens', provider),
  registerHoverProvider: (_selector: unknown, provider: unknown) => provide('hover', provider),
  match: () => 10,
};

/** A run of tests, here always a snapshot of coverage. */
export class FakeTestRun {
  readonly coverage: unknown[] = [];
  readonly output: string[] = [];
  readonly results: [string, unknown][] = [];
  isEnded = false;
  readonly token = { isCancellationRequested: false };

  constructor(
    readonly request: unknown,
    readonly name: string | undefined,
  ) {}

  addCoverage(file: unknown): void {
    if (this.isEnded) throw new Error('this run has ended');
    this.coverage.push(file);
  }

  appendOutput(text: string): void {
    this.output.push(text);
  }

  enqueued(item: unknown): void {
    this.results.push(['enqueued', item]);
  }

  started(item: unknown): void {
    this.results.push(['started', item]);
  }

  passed(item: unknown): void {
    this.results.push(['passed', item]);
  }

  skipped(item: unknown): void {
    this.results.push(['skipped', item]);
  }

  failed(item: unknown): void {
    this.results.push(['failed', item]);
  }

  end(): void {
    this.isEnded = true;
  }
}

export class FakeTestController {
  readonly runs: FakeTestRun[] = [];
  readonly profiles: Record<string, unknown>[] = [];
  readonly items = new Map<string, unknown>();

  constructor(
    readonly id: string,
    readonly label: string,
  ) {}

  createRunProfile(label: string, kind: number, runHandler: unknown, isDefault = false): unknown {
    const dispose = () => undefined;
    const profile: Record<string, unknown> = { label, kind, runHandler, isDefault, dispose };
    this.profiles.push(profile);
    return profile;
  }

  createTestItem(id: string, label: string, uri?: Uri): unknown {
    return { id, label, uri, children: new Map<string, unknown>(), tags: [] };
  }

  createTestRun(request: unknown, name?: string): FakeTestRun {
    const run = new FakeTestRun(request, name);
    this.runs.push(run);
    return run;
  }

  dispose(): void {
    editor.testControllers.delete(this.id);
  }
}

export const tests = {
  createTestController(id: string, label: string): FakeTestController {
    const controller = new FakeTestController(id, label);
    editor.testControllers.set(id, controller);
    return controller;
  },
};
