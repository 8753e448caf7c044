/**
 * What is shown beside the lines of a file.
 *
 * Rules:
 * 1. Lines belong to one source.  Beside any other text they would be wrong, so nothing is
 *    shown there: not while an edit is unsaved, nor while the server runs older code.
 * 2. What ran stands with the first line of each statement, as coverage.py counts.
 */

import type { Lines } from './answers';

export const KINDS = ['request', 'import', 'missing', 'partial'] as const;
/** Run by requests, run at import only, never run, and run with branches that were not taken. */
export type Kind = (typeof KINDS)[number];

export interface Mark {
  readonly kind: Kind;
  /** Counted from 0, as editors do. */
  readonly line: number;
  /** Markdown; empty where the shape says it all. */
  readonly hover: string;
}

/** Lines that are listed of the requests that ran a line. */
const LISTED = 12;

/** The marks of all lines, in their order. */
export function marksOf(lines: Lines): Mark[] {
  const marks = new Map<number, Mark>();
  const put = (kind: Kind, line: number): void => {
    marks.set(line, { kind, line: line - 1, hover: hoverOf(lines, line) });
  };
  for (const line of lines.missing) put('missing', line);
  for (const line of lines.import) put('import', line);
  for (const line of lines.request) put('request', line);
  for (const line of Object.keys(lines.partial).map(Number)) {
    if (marks.has(line)) put('partial', line);
  }
  return [...marks.values()].sort((one, other) => one.line - other.line);
}

/** Whether a text has these lines, whatever ends them. */
export function isSameSource(text: string, source: readonly string[]): boolean {
  const found = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  if (found.at(-1) === '') found.pop();
  return found.length === source.length && found.every((line, at) => line === source[at]);
}

function hoverOf(lines: Lines, line: number): string {
  const partial = lines.partial[line];
  const ran = (lines.contexts[line] ?? []).map((index) => lines.labels[index] ?? '');
  const said: string[] = [];
  if (partial) said.push(escaped(sentence(partial)));
  if (ran.length > 0) {
    const more = ran.length - LISTED;
    const listed = ran.slice(0, LISTED).map((label) => `- ${code(label)}`);
    if (more > 0) listed.push(`- and ${more} more`);
    said.push(`Run by ${counted(ran.length)}:\n\n${listed.join('\n')}`);
  }
  return said.join('\n\n');
}

function counted(requests: number): string {
  return requests === 1 ? '1 request' : `${requests} requests`;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return begun.endsWith('.') ? begun : `${begun}.`;
}

/** A request line as code, whatever backticks it has. */
function code(label: string): string {
  const longest = Math.max(0, ...(label.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${label.replace(/\s+/g, ' ')} ${fence}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>|~]/g, '\\$&');
}
