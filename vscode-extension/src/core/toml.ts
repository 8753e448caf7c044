/**
 * Reads as much of TOML as `[tool.spawning]` of a pyproject.toml needs.
 *
 * All of the file is walked through, so that text in it cannot be taken for a table; dates and
 * unusual numbers are null.  What cannot be read throws `TomlError`: a file that is half
 * understood would start another application than the server itself would.
 */

export type Value = string | number | boolean | null | readonly Value[] | Table;
export interface Table {
  readonly [key: string]: Value;
}

export class TomlError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

type Growing = Record<string, Value>;

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\x1b',
  '"': '"',
  '\\': '\\',
};

/** Returns the whole document; throws TomlError. */
export function parseToml(text: string): Table {
  return new Reader(text).document();
}

/** Returns `[tool.spawning]`, empty where there is none; throws TomlError. */
export function spawningTable(text: string): Table {
  const tool = parseToml(text).tool;
  const found = isTable(tool) ? tool.spawning : undefined;
  if (found !== undefined && !isTable(found)) {
    throw new TomlError('[tool.spawning] is not a table', 1);
  }
  return found ?? {};
}

function isTable(value: Value | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class Reader {
  private place = 0;

  constructor(private readonly text: string) {}

  document(): Table {
    const root = newTable();
    let table = root;
    for (;;) {
      this.skip(/[\s]+|#[^\n]*/y);
      if (this.place >= this.text.length) {
        return root;
      }
      if (this.takes('[')) {
        table = this.header(root);
      } else {
        this.pair(table);
      }
      this.skip(/[ \t]+|#[^\n]*/y);
      if (this.place < this.text.length && !this.match(/\r?\n/y)) {
        this.fail('a line ends where nothing more was expected');
      }
    }
  }

  private header(root: Growing): Growing {
    const isArray = this.takes('[');
    const path = this.key();
    if (!this.takes(isArray ? ']]' : ']')) {
      this.fail('a table has no closing bracket');
    }
    // Tables of an array are of no use here, and several of them may have the same keys.
    return isArray ? newTable() : this.inside(root, path);
  }

  private inside(table: Growing, path: readonly string[]): Growing {
    let inner = table;
    for (const name of path) {
      const found = (inner[name] ??= newTable());
      if (!isTable(found)) {
        this.fail(`${name} is no table`);
      }
      inner = found;
    }
    return inner;
  }

  private pair(table: Growing): void {
    const path = this.key();
    if (!this.takes('=')) {
      this.fail('a key has no value');
    }
    this.skip(/[ \t]+/y);
    const last = path[path.length - 1] ?? '';
    const inner = this.inside(table, path.slice(0, -1));
    if (last in inner) {
      this.fail(`${last} stands twice`);
    }
    inner[last] = this.value();
  }

  private key(): string[] {
    const path: string[] = [];
    do {
      this.skip(/[ \t]+/y);
      const quoted = /["']/.test(this.text[this.place] ?? '');
      const name = quoted ? this.string() : this.match(/[A-Za-z0-9_-]+/y);
      if (name === undefined) {
        this.fail('a key was expected');
      }
      path.push(name);
      this.skip(/[ \t]+/y);
    } while (this.takes('.'));
    return path;
  }

  private value(): Value {
    const first = this.text[this.place];
    if (first === '"' || first === "'") {
      return this.string();
    }
    if (this.takes('[')) {
      return this.array();
    }
    if (this.takes('{')) {
      return this.inlineTable();
    }
    const word = this.match(/[^\s,\]}#]+(?: \d\d:[^\s,\]}#]*)?/y);
    if (word === undefined) {
      this.fail('a value was expected');
    }
    if (word === 'true' || word === 'false') {
      return word === 'true';
    }
    if (/^[+-]?\d[\d_]*(\.\d[\d_]*)?$/.test(word)) {
      return Number(word.replaceAll('_', ''));
    }
    if (!/^[+-]?(\d|inf$|nan$)/.test(word)) {
      this.fail(`${word} is no value, text stands in quotes`);
    }
    return null;
  }

  private array(): Value {
    const values: Value[] = [];
    for (;;) {
      this.skip(/\s+|#[^\n]*/y);
      if (this.takes(']')) {
        return values;
      }
      values.push(this.value());
      this.skip(/\s+|#[^\n]*/y);
      if (!this.takes(',') && this.text[this.place] !== ']') {
        this.fail('an array has no closing bracket');
      }
    }
  }

  private inlineTable(): Value {
    const table = newTable();
    for (;;) {
      this.skip(/\s+|#[^\n]*/y);
      if (this.takes('}')) {
        return table;
      }
      this.pair(table);
      this.skip(/\s+|#[^\n]*/y);
      if (!this.takes(',') && this.text[this.place] !== '}') {
        this.fail('an inline table has no closing brace');
      }
    }
  }

  private string(): string {
    const mark = this.match(/"""|'''|"|'/y) ?? '';
    const isLong = mark.length === 3;
    const from = this.place;
    if (isLong) {
      this.match(/\r?\n/y);
    }
    const body = mark.startsWith('"') ? /(?:\\[^]|[^\\])*?(?="""(?!"))/y : /[^]*?(?='''(?!'))/y;
    const short = mark === '"' ? /(?:\\.|[^"\\\n])*/y : /[^'\n]*/y;
    const raw = this.match(isLong ? body : short) ?? '';
    if (!this.takes(mark)) {
      this.place = from;
      this.fail('text has no closing quote');
    }
    return mark.startsWith('"') ? this.unescaped(raw) : raw;
  }

  private unescaped(raw: string): string {
    return raw.replace(
      /\\(?:\s*\n\s*|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([^]))/g,
      (_all, u?: string, long?: string, x?: string, letter?: string) => {
        const hex = u ?? long ?? x;
        if (hex !== undefined) {
          return String.fromCodePoint(parseInt(hex, 16));
        }
        const meant = letter === undefined ? '' : ESCAPES[letter];
        return meant ?? this.fail(`\\${letter ?? ''} means nothing in text`);
      },
    );
  }

  private takes(word: string): boolean {
    const does = this.text.startsWith(word, this.place);
    this.place += does ? word.length : 0;
    return does;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.text)?.[0];
    this.place += found?.length ?? 0;
    return found;
  }

  private skip(pattern: RegExp): void {
    while (this.match(pattern));
  }

  private fail(message: string): never {
    throw new TomlError(message, this.text.slice(0, this.place).split('\n').length);
  }
}

/** A key may be called `constructor`. */
function newTable(): Growing {
  return Object.create(null) as Growing;
}
