/**
 * What the server says of coverage, as far as it is read here: see docs/reference/coverage.md.
 *
 * Without `--coverage` these paths are the application's, which may answer anything: what does
 * not look like an answer of the server's is none.
 */

import { type Fields, isFields, number, numbers, text, texts } from '../json';

/** Of one file; numbers count lines. */
export interface FileRow {
  readonly path: string;
  readonly name: string;
  readonly statements: number;
  readonly requests: number;
  readonly imports: number;
  readonly missing: number;
  readonly branches: number;
  readonly partial: number;
  readonly percent: number;
  /** Newer figures are being found out. */
  readonly pending: boolean;
  /** The file on disk is not what has run. */
  readonly stale: boolean;
  /** Why it cannot be analysed; empty where it can. */
  readonly error: string;
}

export interface Totals {
  readonly statements: number;
  readonly requests: number;
  readonly imports: number;
  readonly missing: number;
  readonly percent: number;
  readonly pending: number;
}

/** `/_coverage/live.json`: the files that have changed since what is known. */
export interface Live {
  readonly run: string;
  readonly seq: number;
  readonly whole: boolean;
  readonly epoch: number;
  readonly paused: boolean;
  readonly contexts: boolean;
  readonly branch: boolean;
  readonly problem: string;
  readonly totals: Totals;
  readonly files: readonly FileRow[];
  readonly gone: readonly string[];
}

/** What ran of one state of a file's source. */
export interface Lines {
  readonly digest: string;
  readonly request: readonly number[];
  readonly import: readonly number[];
  readonly missing: readonly number[];
  /** By line: what is to be said of branches that were not taken. */
  readonly partial: Readonly<Record<string, string>>;
  readonly labels: readonly string[];
  /** By line: the indexes of the `labels` that ran it. */
  readonly contexts: Readonly<Record<string, readonly number[]>>;
}

/** `/_coverage/lines.json`; `lines` is undefined where nothing has changed. */
export interface LinesAnswer {
  readonly run: string;
  readonly seq: number;
  readonly file: FileRow;
  readonly lines: Lines | undefined;
  /** The source, where the question did not have its digest. */
  readonly source: readonly string[] | undefined;
}

/** Lines of a file in `/_coverage.json?since=SEQ`. */
export interface FileLines {
  readonly path: string;
  readonly executed: readonly number[];
  readonly missing: readonly number[];
}

export function liveOf(told: unknown): Live | undefined {
  if (!isFields(told) || !isNumbered(told) || !isFields(told.totals)) return undefined;
  if (!Array.isArray(told.files)) return undefined;
  const files = told.files.filter(isFields).map(rowOf);
  return {
    run: told.run,
    seq: told.seq,
    whole: told.whole === true,
    epoch: number(told.epoch),
    paused: told.paused === true,
    contexts: told.contexts === true,
    branch: told.branch === true,
    problem: text(told.problem),
    totals: totalsOf(told.totals),
    files,
    gone: texts(told.gone),
  };
}

export function linesOf(told: unknown): LinesAnswer | undefined {
  if (!isFields(told) || !isNumbered(told) || !isFields(told.file)) return undefined;
  const lines: Lines | undefined =
    typeof told.digest === 'string'
      ? {
          digest: told.digest,
          request: numbers(told.request),
          import: numbers(told.import),
          missing: numbers(told.missing),
          partial: byLine(told.partial, text),
          labels: texts(told.labels),
          contexts: byLine(told.contexts, numbers),
        }
      : undefined;
  return {
    run: told.run,
    seq: told.seq,
    file: rowOf(told.file),
    lines,
    source: Array.isArray(told.source) ? texts(told.source) : undefined,
  };
}

export function fileLinesOf(told: unknown): readonly FileLines[] | undefined {
  if (!isFields(told) || !Array.isArray(told.files)) return undefined;
  return told.files.filter(isFields).map((file) => ({
    path: text(file.path),
    executed: numbers(file.executed_lines),
    missing: numbers(file.missing_lines),
  }));
}

function rowOf(told: Fields): FileRow {
  return {
    path: text(told.path),
    name: text(told.name),
    statements: number(told.statements),
    requests: number(told.requests),
    imports: number(told.imports),
    missing: number(told.missing),
    branches: number(told.branches),
    partial: number(told.partial),
    percent: number(told.percent),
    pending: told.pending === true,
    stale: told.stale === true,
    error: text(told.error),
  };
}

function totalsOf(told: Fields): Totals {
  return {
    statements: number(told.statements),
    requests: number(told.requests),
    imports: number(told.imports),
    missing: number(told.missing),
    percent: number(told.percent),
    pending: number(told.pending),
  };
}

function isNumbered(told: Fields): told is Fields & { run: string; seq: number } {
  return typeof told.run === 'string' && typeof told.seq === 'number';
}

function byLine<T>(told: unknown, each: (value: unknown) => T): Record<string, T> {
  if (!isFields(told)) return {};
  return Object.fromEntries(Object.entries(told).map(([line, value]) => [line, each(value)]));
}
