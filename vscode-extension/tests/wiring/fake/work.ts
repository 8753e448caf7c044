/** Tasks, debug adapters, test coverage: what an extension hands to the editor to be run or shown. */

import type { Uri } from './places';
import { Position, type Range } from './places';

type Shell = string | { value: string; quoting: number };

export class ShellExecution {
  readonly commandLine: string | undefined;
  readonly command: Shell | undefined;
  readonly args: Shell[] | undefined;
  readonly options: unknown;

  constructor(command: Shell, argsOrOptions?: unknown, options?: unknown) {
    if (Array.isArray(argsOrOptions)) {
      this.command = command;
      this.args = argsOrOptions as Shell[];
      this.options = options;
    } else {
      this.commandLine = typeof command === 'string' ? command : command.value;
      this.options = argsOrOptions;
    }
  }
}

export class ProcessExecution {
  readonly args: string[];
  readonly options: unknown;

  constructor(
    readonly process: string,
    argsOrOptions?: unknown,
    options?: unknown,
  ) {
    this.args = Array.isArray(argsOrOptions) ? (argsOrOptions as string[]) : [];
    this.options = Array.isArray(argsOrOptions) ? options : argsOrOptions;
  }
}

export class CustomExecution {
  constructor(readonly callback: (definition: unknown) => Promise<unknown>) {}
}

export class TaskGroup {
  static readonly Build = new TaskGroup('build');
  static readonly Test = new TaskGroup('test');

  private constructor(readonly id: string) {}
}

export class Task {
  isBackground = false;
  detail: string | undefined;
  group: TaskGroup | undefined;
  presentationOptions: unknown = {};
  runOptions: unknown = {};
  readonly problemMatchers: string[];

  constructor(
    readonly definition: { readonly type: string },
    readonly scope: unknown,
    readonly name: string,
    readonly source: string,
    readonly execution?: unknown,
    problemMatchers: string | string[] = [],
  ) {
    this.problemMatchers = [problemMatchers].flat();
  }
}

export class DebugAdapterExecutable {
  constructor(
    readonly command: string,
    readonly args: string[] = [],
    readonly options?: unknown,
  ) {}
}

export class DebugAdapterServer {
  constructor(
    readonly port: number,
    readonly host?: string,
  ) {}
}

export class DebugAdapterInlineImplementation {
  constructor(readonly implementation: unknown) {}
}

export class TestCoverageCount {
  constructor(
    public covered: number,
    public total: number,
  ) {}
}

export class BranchCoverage {
  constructor(
    public executed: number | boolean,
    public location?: Position | Range,
    public label?: string,
  ) {}
}

export class StatementCoverage {
  constructor(
    public executed: number | boolean,
    public location: Position | Range,
    public branches: unknown[] = [],
  ) {}
}

export class DeclarationCoverage {
  constructor(
    public name: string,
    public executed: number | boolean,
    public location: Position | Range,
  ) {}
}

function isHit(detail: { executed: number | boolean }): boolean {
  return detail.executed === true || Number(detail.executed) > 0;
}

export class FileCoverage {
  declarationCoverage: TestCoverageCount | undefined;

  constructor(
    readonly uri: Uri,
    public statementCoverage: TestCoverageCount,
    public branchCoverage?: TestCoverageCount,
  ) {}

  static fromDetails(uri: Uri, details: readonly { executed: number | boolean }[]): FileCoverage {
    const hit = details.filter(isHit).length;
    return new FileCoverage(uri, new TestCoverageCount(hit, details.length));
  }
}

export class TestRunRequest {
  constructor(
    readonly include?: unknown[],
    readonly exclude?: unknown[],
    readonly profile?: unknown,
    readonly continuous = false,
  ) {}
}

export class TestMessage {
  constructor(public message: unknown) {}
}
