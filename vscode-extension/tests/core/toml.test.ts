import { describe, expect, test } from 'vitest';
import { parseToml, spawningTable, TomlError } from '../../src/core/toml';

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('[tool.spawning]', () => {
  const TABLES: readonly (readonly [string, string, unknown])[] = [
    ['no table', '[project]\nname = "x"', {}],
    ['text', '[tool.spawning]\napp = "shop.web"', { app: 'shop.web' }],
    ['literal text', "[tool.spawning]\napp = 'shop.web:make()'", { app: 'shop.web:make()' }],
    ['escapes', '[tool.spawning]\napp = "a\\u0062\\"\\\\\\t"', { app: 'ab"\\\t' }],
    ['an array', '[tool.spawning]\napp = ["a", # one\n "b",\n]\n', { app: ['a', 'b'] }],
    ['numbers', '[tool.spawning]\nport = 8_000\ndeadman = 1.5', { port: 8000, deadman: 1.5 }],
    ['flags', '[tool.spawning]\nbackdoor = true\nopen = false', { backdoor: true, open: false }],
    ['keys in quotes', '["tool"."spawning"]\n"app" = "a"', { app: 'a' }],
    ['spaces in keys', '[ tool . spawning ]\napp="a"', { app: 'a' }],
    ['dotted keys', 'tool.spawning.app = "a"\ntool.spawning.port = 1', { app: 'a', port: 1 }],
    ['an inline table', '[tool]\nspawning = { app = "a", port = 1 }', { app: 'a', port: 1 }],
    ['carriage returns', '[tool.spawning]\r\napp = "a"\r\n', { app: 'a' }],
    ['a comment behind it', '[tool.spawning] # ours\napp = "a" # it\n', { app: 'a' }],
    ['dates, which are none of ours', '[tool.spawning]\nx = 1979-05-27 07:32:00Z', { x: null }],
    [
      'the same key in another table',
      '[tool.other]\napp = "b"\n[tool.spawning]\napp = "a"\n[tool.more]\napp = "c"',
      { app: 'a' },
    ],
    [
      'a table within long text',
      'x = """\n[tool.spawning]\napp = "no"\n"""\n[tool.spawning]\napp = "a"',
      { app: 'a' },
    ],
    [
      'quotes at the end of long text',
      'x = \'\'\'it\'\'\'\'\ny = """a"b\\"""""\n[tool.spawning]\napp = "a"',
      { app: 'a' },
    ],
    [
      'tables of arrays',
      '[[tool.x]]\na = 1\n[[tool.x]]\na = 2\n[tool.spawning]\napp = "a"',
      { app: 'a' },
    ],
  ];
  test.each(TABLES)('%s', (_what, text, expected) => {
    expect(plain(spawningTable(text))).toEqual(expected);
  });

  test('a key may be called constructor', () => {
    expect(spawningTable('[tool.spawning]\nconstructor = "a"')).toHaveProperty('constructor', 'a');
    expect(parseToml('')).not.toHaveProperty('constructor');
  });
});

describe('what cannot be read is told with its line', () => {
  const WRONG: readonly (readonly [string, number])[] = [
    ['[tool.spawning]\napp = shop.web', 2],
    ['[tool.spawning]\napp = "shop', 2],
    ['[tool.spawning]\napp "shop"', 2],
    ['[tool.spawning\napp = "shop"', 1],
    ['\n\n[tool.spawning]\napp = "a" "b"', 4],
    ['[tool.spawning]\napp = "a"\napp = "b"', 3],
    ['[tool.spawning]\napp = ["a" "b"]', 2],
    ['[tool.spawning]\napp = "\\q"', 2],
    ['[tool]\nspawning = "a"\n[tool.spawning]\napp = "a"', 3],
    ['x = """\nnever\nclosed', 1],
  ];
  test.each(WRONG)('%j', (text, line) => {
    let thrown: unknown;
    try {
      spawningTable(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TomlError);
    expect(thrown).toHaveProperty('line', line);
  });

  test('something else where the table should be', () => {
    expect(() => spawningTable('[tool]\nspawning = 3')).toThrow('[tool.spawning] is not a table');
  });
});
