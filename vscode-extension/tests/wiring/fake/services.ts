/** Tasks, debugging, languages and tests. */

import { editor } from './editor';
import { Disposable } from './events';
import type { Uri } from './places';
import type { Diagnostic } from './values';

function provide(name: string, provider: unknown): Disposable {
  editor.providers.set(name, provider);
  return new Disposable(() => editor.providers.delete(name));
}

export const tasks = {
  registerTaskProvider: (type: string, provider: unknown) => provide(`task:${type}`, provider),
  onDidEndTask: editor.events.endTask.event,
  onDidStartTaskProcess: editor.events.startTaskProcess.event,
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
  onDidTerminateDebugSession: editor.events.terminateDebug.event,
  onDidReceiveDebugSessionCustomEvent: editor.events.customDebug.event,
};

/** What the Problems view shows of one source. */
export class FakeDiagnostics {
  private readonly byUri = new Map<string, { uri: Uri; found: readonly Diagnostic[] }>();
  isDisposed = false;

  constructor(readonly name: string) {}

  set(pairs: readonly [Uri, readonly Diagnostic[]][]): void {
    for (const [uri, found] of pairs) this.byUri.set(uri.toString(), { uri, found });
  }

  clear(): void {
    this.byUri.clear();
  }

  forEach(callback: (uri: Uri, found: readonly Diagnostic[]) => void): void {
    for (const { uri, found } of this.byUri.values()) callback(uri, found);
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
};

/** A run of tests, here always a snapshot of coverage. */
export class FakeTestRun {
  readonly coverage: unknown[] = [];
  isEnded = false;

  constructor(
    readonly request: unknown,
    readonly name: string | undefined,
  ) {}

  addCoverage(file: unknown): void {
    if (this.isEnded) throw new Error('this run has ended');
    this.coverage.push(file);
  }

  end(): void {
    this.isEnded = true;
  }
}

export class FakeTestController {
  readonly runs: FakeTestRun[] = [];
  readonly profiles: Record<string, unknown>[] = [];

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
