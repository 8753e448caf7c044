/**
 * Python cut into its logical lines: as far as it takes to know where statements begin and end.
 *
 * It is no parser: of a source that is none of Python's it makes something all the same, and
 * the server says what is wrong with it.
 */

/** A line of Python that may go over several lines of text. */
export interface LogicalLine {
  /** The first and last line of text, counted from 0. */
  readonly first: number;
  readonly last: number;
  /** Blanks that it begins with. */
  readonly indent: string;
  /** What it begins with after them: `def`, `@`, `else`. */
  readonly word: string;
}

export interface Cut {
  readonly lines: readonly LogicalLine[];
  /** Lines of text that begin within a string: their blanks are part of its value. */
  readonly inStrings: ReadonlySet<number>;
}

const CONTINUES = new Set(['else', 'elif', 'except', 'finally']);

/** Cuts a source. */
export function cut(source: string): Cut {
  const texts = source.split('\n');
  const lines: LogicalLine[] = [];
  const inStrings = new Set<number>();
  let depth = 0;
  let quote = '';
  let begun: Omit<LogicalLine, 'last'> | undefined;
  texts.forEach((text, number) => {
    if (quote) inStrings.add(number);
    else if (!begun) {
      const code = text.trimStart();
      if (code === '' || code.startsWith('#')) return;
      const indent = text.slice(0, text.length - code.length);
      begun = { first: number, indent, word: /^(?:\w+|\S)/.exec(code)?.[0] ?? '' };
    }
    const end = scan(text, depth, quote);
    ({ depth, quote } = end);
    if (begun && depth === 0 && !quote && !end.isJoined) {
      lines.push({ ...begun, last: number });
      begun = undefined;
    }
  });
  if (begun) lines.push({ ...begun, last: texts.length - 1 });
  return { lines, inStrings };
}

/** The whole statement of the outermost level at a line of text; undefined where there is none. */
export function statementAt(
  source: string,
  line: number,
): { readonly first: number; readonly last: number } | undefined {
  const { lines } = cut(source);
  const tops: { first: number; last: number }[] = [];
  let isDecorated = false;
  for (const one of lines) {
    const top = tops.at(-1);
    const belongs = one.indent !== '' || CONTINUES.has(one.word) || isDecorated;
    if (top && belongs) top.last = one.last;
    else tops.push({ first: one.first, last: one.last });
    if (one.indent === '') isDecorated = one.word === '@';
  }
  return tops.find((top) => top.first <= line && line <= top.last);
}

interface End {
  readonly depth: number;
  readonly quote: string;
  /** A backslash joins the next line. */
  readonly isJoined: boolean;
}

/** Goes over one line of text, which begins at a depth of brackets, or within a string. */
function scan(text: string, depth: number, quote: string): End {
  let at = 0;
  while (at < text.length) {
    const letter = text.charAt(at);
    if (quote) {
      if (letter === '\\') at += 2;
      else if (text.startsWith(quote, at)) {
        at += quote.length;
        quote = '';
      } else at += 1;
    } else if (letter === '#') break;
    else if (letter === '"' || letter === "'") {
      const triple = letter.repeat(3);
      quote = text.startsWith(triple, at) ? triple : letter;
      at += quote.length;
    } else {
      if ('([{'.includes(letter)) depth += 1;
      else if (')]}'.includes(letter)) depth = Math.max(0, depth - 1);
      at += 1;
    }
  }
  const isJoined = /\\$/.test(text) && at >= text.length;
  // A string of one line that is not closed ends with it, unless a backslash joins the next.
  if (quote.length === 1 && !isJoined) quote = '';
  return { depth, quote, isJoined };
}
