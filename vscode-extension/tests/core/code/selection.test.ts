import { describe, expect, it } from 'vitest';
import { codeToSend, dedented, keysFor } from '../../../src/core/code/selection';
import { cut, statementAt } from '../../../src/core/code/statements';

/** Cuts a text at `|`: one is a cursor, two are a selection. */
function marked(text: string): Parameters<typeof codeToSend> {
  const [before = '', ...rest] = text.split('|');
  const place = (upTo: string): [number, number] => {
    const lines = upTo.split('\n');
    return [lines.length - 1, lines.at(-1)?.length ?? 0];
  };
  const start = place(before);
  const end = rest.length > 1 ? place(before + (rest[0] ?? '')) : start;
  const range = {
    firstLine: start[0],
    firstCharacter: start[1],
    lastLine: end[0],
    lastCharacter: end[1],
  };
  return [before + rest.join(''), [range]];
}

const SENT: readonly (readonly [why: string, text: string, sent: string | undefined])[] = [
  ['a selection within a line', 'total = |price * 2| + 1\n', 'price * 2'],
  ['a selected line', '|x = 1\n|y = 2\n', 'x = 1'],
  [
    'a body, without its indentation',
    'def f():\n|    a = 1\n\n    return_(a)\n|',
    'a = 1\n\nreturn_(a)',
  ],
  ['from the first word on: the line is meant', 'if x:\n    |a = 1\n    b = 2|\n', 'a = 1\nb = 2'],
  ['tabs', 'if x:\n|\ta = 1\n\tif a:\n\t\tb = 2\n|', 'a = 1\nif a:\n\tb = 2'],
  [
    'what is within a string stays',
    'def f():\n|    a = """one\n    two"""\n    b = 1|\n',
    'a = """one\n    two"""\nb = 1',
  ],
  [
    'lines in brackets may be less indented',
    'def f():\n|    a = [\n  1,\n    ]|\n',
    'a = [\n1,\n]',
  ],
  ['a comment too', 'def f():\n|    a = 1\n# why\n    b = 2|\n', 'a = 1\n# why\nb = 2'],
  ['the line of the cursor', 'x = 1\ny |= 2\n', 'y = 2'],
  ['the whole statement', 'x = [\n    1,\n|    2,\n]\ny = 2\n', 'x = [\n    1,\n    2,\n]'],
  [
    'with decorators',
    '@app.route("/")\n@cached\ndef f():\n    |return 1\n\nx = 1\n',
    '@app.route("/")\n@cached\ndef f():\n    return 1',
  ],
  ['from a decorator on', '|@cached\ndef f():\n    pass\n', '@cached\ndef f():\n    pass'],
  [
    'with its branches',
    'try:\n    a()\nexcept E:\n    |b()\nelse:\n    c()\nx = 1\n',
    'try:\n    a()\nexcept E:\n    b()\nelse:\n    c()',
  ],
  ['not the comment before it', '# why\nx = |1\n', 'x = 1'],
  ['nothing on an empty line between two', 'x = 1\n|\ny = 2\n', undefined],
  [
    'an empty line within a block belongs to it',
    'def f():\n    a()\n|\n    b()\n',
    'def f():\n    a()\n\n    b()',
  ],
  ['joined by a backslash', 'x = 1 + \\\n    |2\ny = 1\n', 'x = 1 + \\\n    2'],
  ['a bracket in a string opens nothing', 'x = "("\ny = |1\n', 'y = 1'],
  ['nor in a comment', 'x = 1  # (\ny = |1\n', 'y = 1'],
  ['nor does a quote in another one', `x = "it's"\ny = |1\n`, 'y = 1'],
  ['a string over several lines', 'x = """\ndef f(:\n"""\ny = |1\n', 'y = 1'],
  ['blanks alone are nothing', 'x = 1\n|   \n\n|', undefined],
  ['lines may end as on Windows', 'x = 1\r\nif x:\r\n    |y = 2\r\n', 'if x:\n    y = 2'],
];

describe('what is sent', () => {
  it.each(SENT)('%s', (_, text, sent) => {
    expect(codeToSend(...marked(text))).toBe(sent);
  });

  it('is each of several selections, and a statement once', () => {
    const range = (line: number) => ({
      firstLine: line,
      firstCharacter: 0,
      lastLine: line,
      lastCharacter: 0,
    });
    const text = 'x = 1\nif x:\n    y = 2\n    z = 3\n';
    expect(codeToSend(text, [range(0), range(2), range(3)])).toBe(
      'x = 1\nif x:\n    y = 2\n    z = 3',
    );
  });

  it('keeps a string that is the whole selection', () => {
    expect(dedented('    """a\n  b"""')).toBe('"""a\n  b"""');
  });
});

describe('how it is typed', () => {
  it('is pasted, and run by Alt-Enter', () => {
    expect(keysFor('x = 1')).toBe('\x1b[200~x = 1\x1b[201~\x1b\r');
  });
  it('ends a block by an empty line', () => {
    expect(keysFor('if x:\n    y()')).toBe('\x1b[200~if x:\n    y()\n\x1b[201~\x1b\r');
  });
  it('cannot be ended by what is in it', () => {
    expect(keysFor('x = "\x1b[201~"')).toBe('\x1b[200~x = "[201~"\x1b[201~\x1b\r');
  });
});

describe('statements', () => {
  it('of a source that is no Python end somewhere', () => {
    expect(cut('x = [\n  1').lines).toHaveLength(1);
    expect(statementAt(')))\n"unclosed\ny = 1\n', 2)).toEqual({ first: 2, last: 2 });
  });
  it('know prefixes of strings', () => {
    expect(statementAt("x = rb'\\'\ny = f'{a['b']}'\nz = 1\n", 2)).toEqual({ first: 2, last: 2 });
  });
});
