/**
 * What a Python module binds, read from its text: no code of the user's is ever run.
 *
 * As the server itself reads it: names that are bound at the module's level, also inside `if`,
 * `try` and `with`, but not under `if __name__ == '__main__'`.
 */

/** A logical line, without comments; of a string only its number in `strings` is left. */
export interface Line {
  /** Columns of white space in front of it. */
  readonly indent: number;
  /** From 1. */
  readonly number: number;
  /** `Flask("0", x)` */
  readonly code: string;
  readonly strings: readonly string[];
}

export interface Binding {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'import' | 'value';
  readonly line: number;
  /** Of a function, what stands between its brackets; of a value, what is assigned. */
  readonly text: string;
  /** The lines of a function. */
  readonly body: readonly Line[];
}

/** Returns the logical lines of a module that are not empty. */
export function linesOf(source: string): Line[] {
  const lines: Line[] = [];
  const pieces = /("""|'''|"|')|#[^\n]*|\\\r?\n|\r?\n|[([{]|[)\]}]|[^"'#\\\r\n()[\]{}]+|[^]/g;
  let number = 1;
  let current = { code: '', strings: [] as string[], number: 1 };
  let depth = 0;
  const finish = (): void => {
    const code = current.code.trim();
    if (code) {
      lines.push({ ...current, code, indent: indentOf(current.code) });
    }
    current = { code: '', strings: [], number };
  };
  for (let found = pieces.exec(source); found; found = pieces.exec(source)) {
    let [piece] = found;
    const start = number;
    if (found[1] !== undefined) {
      const { text, end } = stringAt(source, pieces.lastIndex, piece);
      number += text.split('\n').length - 1;
      pieces.lastIndex = end;
      current.code += `"${current.strings.length}"`;
      current.strings.push(text);
      continue;
    }
    number += piece.includes('\n') ? 1 : 0;
    if (/^\r?\n$/.test(piece)) {
      if (depth === 0) {
        finish();
        continue;
      }
      piece = ' ';
    }
    depth = Math.max(0, depth + depthOf(piece));
    if (!current.code.trim()) current.number = start;
    current.code += piece.startsWith('#') ? '' : piece.startsWith('\\') ? ' ' : piece;
  }
  finish();
  return lines;
}

/** Returns what a module binds, in its order. */
export function bindingsOf(lines: readonly Line[]): Binding[] {
  return atModuleLevel(lines).flatMap(({ line, body }) => boundBy(line, body));
}

/** Returns whether a function can be called without arguments. */
export function needsNothing(parameters: string): boolean {
  return splitAtCommas(parameters).every(
    (one) => one.includes('=') || one === '/' || one.startsWith('*'),
  );
}

/** Splits what stands between brackets at its own commas. */
export function splitAtCommas(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    depth += depthOf(letter);
    if (letter === ',' && depth === 0) {
      parts.push('');
    } else {
      parts.push((parts.pop() ?? '') + letter);
    }
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** How much deeper it is after a bracket. */
function depthOf(piece: string): number {
  return /^[([{]$/.test(piece) ? 1 : /^[)\]}]$/.test(piece) ? -1 : 0;
}

function indentOf(code: string): number {
  const space = /^[ \t\f]*/.exec(code)?.[0] ?? '';
  return space.replaceAll('\t', ' '.repeat(8)).length;
}

/** A string behind its first quote, and where what follows it begins. */
function stringAt(source: string, start: number, mark: string): { text: string; end: number } {
  const end = mark.length === 3 ? mark : `${mark}|(?=\\n)`;
  const closing = new RegExp(`\\\\[^]|(${end})`, 'g');
  closing.lastIndex = start;
  for (let found = closing.exec(source); found; found = closing.exec(source)) {
    if (found[1] !== undefined) {
      return { text: source.slice(start, found.index), end: found.index + found[1].length };
    }
  }
  return { text: source.slice(start), end: source.length };
}

interface Block {
  readonly indent: number;
  /** Whether what stands in it is at the module's level all the same. */
  readonly isOpen: boolean;
  /** Whether it is one function more inside, whose lines go to the outermost one. */
  readonly body: Line[];
}

function atModuleLevel(lines: readonly Line[]): { line: Line; body: Line[] }[] {
  const found: { line: Line; body: Line[] }[] = [];
  const blocks: Block[] = [];
  for (const line of lines) {
    while ((blocks.at(-1)?.indent ?? -1) >= line.indent) {
      blocks.pop();
    }
    const closed = blocks.find((block) => !block.isOpen);
    const body = closed?.body ?? [];
    if (closed) {
      closed.body.push(line);
    } else {
      found.push({ line, body });
    }
    if (line.code.endsWith(':')) {
      blocks.push({ indent: line.indent, isOpen: isOpen(line), body });
    }
  }
  return found;
}

function isOpen({ code, strings }: Line): boolean {
  const isMain = /^if\b.*\b__name__\b/.test(code) && strings.includes('__main__');
  return !isMain && /^(if|elif|else|try|except|finally|with)\b/.test(code);
}

function boundBy(line: Line, body: readonly Line[]): Binding[] {
  const { code, number } = line;
  const made = (kind: Binding['kind'], names: readonly string[], text = ''): Binding[] =>
    names.map((name) => ({ name, kind, line: number, text, body }));
  const defined = /^(def|class)\s+(\w+)\s*(?:\((.*)\))?[^()]*:$/.exec(code);
  if (defined) {
    const [, word, name = '', inside = ''] = defined;
    return made(word === 'def' ? 'function' : 'class', [name], inside);
  }
  const imported = /^from\s+\S+\s+import\s*\(?\s*(.*?)\s*\)?$/.exec(code);
  if (imported) {
    const names = splitAtCommas(imported[1] ?? '').map((one) => one.split(/\s+as\s+/).at(-1) ?? '');
    return made('import', names, code);
  }
  const assigned = /^(\w+(?:\s*=\s*\w+(?=\s*=[^=]))*)\s*(?::[^=]+)?=(?!=)\s*(.+)$/.exec(code);
  if (assigned) {
    const names = (assigned[1] ?? '').split('=').map((name) => name.trim());
    return made('value', names, assigned[2] ?? '');
  }
  return [];
}
