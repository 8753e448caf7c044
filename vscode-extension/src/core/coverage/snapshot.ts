/** The figures of VS Code's own view of test coverage, from the server's. */

import type { FileLines, FileRow, Lines } from './answers';

export interface Counted {
  readonly covered: number;
  readonly total: number;
}

export interface Statement {
  /** Counted from 0. */
  readonly line: number;
  readonly ran: boolean;
  /** What is to be said of branches that were not taken, one each. */
  readonly missed: readonly string[];
}

export interface SnapshotFile {
  readonly path: string;
  readonly statements: Counted;
  /** Undefined where branches are not measured. */
  readonly branches: Counted | undefined;
  readonly lines: readonly Statement[];
}

/**
 * Files whose lines are known.  One that has changed since it ran has none: its figures would
 * belong to other lines.
 */
export function snapshotOf(
  rows: readonly FileRow[],
  files: readonly FileLines[],
  partial: ReadonlyMap<string, Lines['partial']>,
): SnapshotFile[] {
  const lines = new Map(files.map((file) => [file.path, file]));
  return rows.flatMap((row) => {
    const found = lines.get(row.path);
    if (!found || row.stale || row.error || row.statements === 0) return [];
    return [fileOf(row, found, partial.get(row.path) ?? {})];
  });
}

function fileOf(row: FileRow, found: FileLines, partial: Lines['partial']): SnapshotFile {
  const statement = (line: number, ran: boolean): Statement => ({
    line: line - 1,
    ran,
    missed: ran ? branchesOf(partial[line] ?? '') : [],
  });
  const lines = [
    ...found.executed.map((line) => statement(line, true)),
    ...found.missing.map((line) => statement(line, false)),
  ].sort((one, other) => one.line - other.line);
  return {
    path: row.path,
    statements: {
      covered: found.executed.length,
      total: found.executed.length + found.missing.length,
    },
    branches: row.branches > 0 ? takenOf(row) : undefined,
    lines,
  };
}

/** The percentage is of statements and branches together; so it says how many branches ran. */
function takenOf(row: FileRow): Counted {
  const all = (row.percent / 100) * (row.statements + row.branches);
  const taken = Math.round(all) - row.requests - row.imports;
  return { covered: Math.min(row.branches, Math.max(0, taken)), total: row.branches };
}

function branchesOf(said: string): string[] {
  return said === '' ? [] : said.split(/; (?=line \d)/);
}
