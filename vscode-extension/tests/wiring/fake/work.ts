/** Tasks, debug adapters, test coverage: what an extension hands to the editor to be run or shown. */

import type { Position, Range, Uri } from './places';

export class ProcessExecution {
  constructor(
    readonly process: string,
    readonly args: readonly string[],
    readonly options?: unknown,
  ) {}
}

export class Task {
  isBackground = false;
  detail: string | undefined;
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

export class FileCoverage {
  constructor(
    readonly uri: Uri,
    public statementCoverage: TestCoverageCount,
    public branchCoverage?: TestCoverageCount,
  ) {}
}

export class TestRunRequest {
  constructor(
    readonly include?: unknown[],
    readonly exclude?: unknown[],
    readonly profile?: unknown,
    readonly continuous = false,
  ) {}
}
