/** What of an editor is sent to a running server, and how it is typed there. */

import { cut, statementAt } from './statements';

/** Lines and characters count from 0; the end is not part of it. */
export interface Range {
  readonly firstLine: number;
  readonly firstCharacter: number;
  readonly lastLine: number;
  readonly lastCharacter: number;
}

/**
 * The Python to send, undefined where there is none: what is selected, or else the whole
 * statement of the outermost level in which the cursor is, with its decorators and branches.
 */
export function codeToSend(text: string, ranges: readonly Range[]): string | undefined {
  const source = text.replace(/\r\n?/g, '\n');
  const pieces = ranges
    .map((range) => (isEmpty(range) ? around(source, range.firstLine) : selected(source, range)))
    .map(dedented)
    .filter((piece) => piece !== '');
  return pieces.length > 0 ? [...new Set(pieces)].join('\n') : undefined;
}

/** Without the blanks that all statements begin with; what is within strings stays. */
export function dedented(source: string): string {
  const texts = source.split('\n');
  const { lines, inStrings } = cut(source);
  const shortest = lines.reduce<string | undefined>(
    (found, line) => (found === undefined ? line.indent : common(found, line.indent)),
    undefined,
  );
  const without = texts.map((text, number) => {
    if (inStrings.has(number) || !shortest) return text;
    return text.startsWith(shortest) ? text.slice(shortest.length) : text.trimStart();
  });
  while (without.length > 0 && without[0]?.trim() === '') without.shift();
  return without.join('\n').trimEnd();
}

const PASTE = ['\x1b[200~', '\x1b[201~'] as const;
const RUN = '\x1b\r';

/**
 * The keys that have a prompt run some Python: it is pasted, so that nothing is indented or
 * completed on the way, and Alt-Enter runs it, whole or not.
 */
export function keysFor(code: string): string {
  // Nothing in it ends the paste.
  const plain = code.replaceAll('\x1b', '');
  return PASTE[0] + plain + (plain.includes('\n') ? '\n' : '') + PASTE[1] + RUN;
}

function isEmpty(range: Range): boolean {
  return range.firstLine === range.lastLine && range.firstCharacter === range.lastCharacter;
}

function around(source: string, line: number): string {
  const found = statementAt(source, line);
  if (!found) return '';
  return source
    .split('\n')
    .slice(found.first, found.last + 1)
    .join('\n');
}

function selected(source: string, range: Range): string {
  const texts = source.split('\n').slice(range.firstLine, range.lastLine + 1);
  const last = texts.length - 1;
  texts[last] = (texts[last] ?? '').slice(0, range.lastCharacter);
  const first = texts[0] ?? '';
  // Who begins to select at the first word means the line, with what it is indented by.
  const isWhole = first.slice(0, range.firstCharacter).trim() === '';
  if (!isWhole) texts[0] = first.slice(range.firstCharacter);
  return texts.join('\n');
}

function common(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
