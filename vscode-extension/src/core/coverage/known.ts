/** What is known of the coverage of one server; each function returns what is known next. */

import type { FileRow, Lines, LinesAnswer, Live, Totals } from './answers';
import { type Mark, isSameSource, marksOf } from './marks';

/** A file that somebody looks at. */
interface Sheet {
  readonly lines: Lines;
  readonly source: readonly string[];
  readonly marks: readonly Mark[];
  /** The answer that this is of. */
  readonly run: string;
  readonly seq: number;
}

export interface Known {
  readonly run: string;
  readonly seq: number;
  readonly totals: Totals | undefined;
  readonly paused: boolean;
  readonly contexts: boolean;
  /** Why no file can be analysed; empty where files can. */
  readonly problem: string;
  readonly rows: ReadonlyMap<string, FileRow>;
  readonly sheets: ReadonlyMap<string, Sheet>;
  /** Files whose lines may be others by now. */
  readonly changed: ReadonlySet<string>;
}

export const NOTHING: Known = {
  run: '',
  seq: 0,
  totals: undefined,
  paused: false,
  contexts: false,
  problem: '',
  rows: new Map(),
  sheets: new Map(),
  changed: new Set(),
};

export function withLive(known: Known, live: Live): Known {
  const isOther = live.whole || live.run !== known.run;
  const rows = new Map(isOther ? [] : known.rows);
  const changed = new Set(isOther ? known.sheets.keys() : known.changed);
  for (const file of live.files) {
    rows.set(file.path, file);
    changed.add(file.path);
  }
  const sheets = new Map(known.sheets);
  for (const path of isOther ? [...sheets.keys()].filter((one) => !rows.has(one)) : live.gone) {
    rows.delete(path);
    sheets.delete(path);
    changed.delete(path);
  }
  const { run, seq, totals, paused, contexts, problem } = live;
  return { run, seq, totals, paused, contexts, problem, rows, sheets, changed };
}

export function withLines(known: Known, path: string, answer: LinesAnswer): Known {
  const before = known.sheets.get(path);
  const rows = new Map(known.rows).set(path, answer.file);
  const changed = new Set(known.changed);
  // What is being analysed is asked for again.
  if (!answer.file.pending) changed.delete(path);
  const sheets = new Map(known.sheets);
  const { run, seq } = answer;
  if (answer.lines) {
    const source = answer.source ?? before?.source;
    if (source) {
      sheets.set(path, { lines: answer.lines, source, marks: marksOf(answer.lines), run, seq });
    }
  } else if (before && !answer.file.pending) {
    sheets.set(path, { ...before, run, seq });
  }
  return { ...known, rows, sheets, changed };
}

/** The file is not measured, or not any more. */
export function without(known: Known, path: string): Known {
  const rows = new Map(known.rows);
  const sheets = new Map(known.sheets);
  const changed = new Set(known.changed);
  rows.delete(path);
  sheets.delete(path);
  changed.delete(path);
  return { ...known, rows, sheets, changed };
}

/** Those of the files somebody looks at whose lines are to be asked for. */
export function wanted(known: Known, seen: readonly string[]): string[] {
  return seen.filter(
    (path) => known.rows.has(path) && (known.changed.has(path) || !known.sheets.has(path)),
  );
}

/** The question for what is new. */
export function liveQuestion(known: Known): string {
  return `/live.json?since=${known.seq}&run=${encodeURIComponent(known.run)}`;
}

/** The question for the lines of a file. */
export function linesQuestion(known: Known, path: string): string {
  const sheet = known.sheets.get(path);
  const fields = new URLSearchParams({
    path,
    since: String(sheet?.seq ?? 0),
    run: sheet?.run ?? '',
    digest: sheet?.lines.digest ?? '',
  });
  return `/lines.json?${fields.toString()}`;
}

/** What stands beside a text in an editor: nothing where it is not what has run. */
export function marksFor(known: Known, path: string, text: string): readonly Mark[] {
  const sheet = known.sheets.get(path);
  const row = known.rows.get(path);
  if (!sheet || !row || row.stale || row.error) return [];
  return isSameSource(text, sheet.source) ? sheet.marks : [];
}
