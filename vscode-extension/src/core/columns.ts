/**
 * Places in a text: the server counts lines and characters from 1, the editor counts from 0
 * and counts UTF-16 units.
 */

export interface Span {
  readonly start: number;
  readonly end: number;
}

const LINE_END = /\r\n|\n|\r/;
const WORD = /[\p{L}\p{N}_]+/uy;

/** A line of a text, counted from 1; empty where there is none. */
export function lineOf(text: string, line: number): string {
  return text.split(LINE_END)[line - 1] ?? '';
}

/** What to underline in a line: the word at a column, else what follows; without one, the line. */
export function spanOf(line: string, column: number | null): Span {
  const end = line.trimEnd().length;
  const indent = line.length - line.trimStart().length;
  if (column === null || column < 1) {
    return end > indent ? { start: indent, end } : { start: 0, end: line.length };
  }
  const start = Math.min(unitsOf(line, column - 1), line.length);
  WORD.lastIndex = start;
  const word = WORD.exec(line);
  if (word !== null) {
    return { start, end: start + word[0].length };
  }
  // Past the end, where something was expected, the last character is shown.
  return start < end ? { start, end } : { start: Math.max(0, end - 1), end: Math.max(end, 0) };
}

/** How many UTF-16 units the first so many characters take. */
function unitsOf(line: string, characters: number): number {
  let units = 0;
  for (const character of line) {
    if (characters-- <= 0) {
      return units;
    }
    units += character.length;
  }
  return units;
}
