import { describe, expect, it } from 'vitest';
import { lineOf, spanOf } from '../../src/core/columns';
import type { Failure, Frame } from '../../src/core/contract';
import { problemOf } from '../../src/core/problems';
import { failure, NOTE, status } from './examples';

const of = (over: Partial<Failure> = {}, current = true, serving = 6) => {
  const generation = { ...status().generation, serving };
  return problemOf(NOTE, status({ generation, last_failure: { ...failure(over), current } }));
};
const frame = (file: string, line: number, over: Partial<Frame> = {}): Frame => ({
  ...{ file, line, function: '<module>', source: 'import it', in_project: true },
  ...over,
});

describe('a problem', () => {
  it('is where the failure is', () => {
    expect(of()).toEqual({
      ...{
        file: '/home/ann/shop/shop/views.py',
        line: 3,
        column: 5,
        code: 'NameError',
        related: [],
      },
      message:
        "NameError: name 'x' is not defined\nGeneration 7 was not started; generation 6 goes on serving.",
      page: 'https://docs.python.org/3/library/exceptions.html#NameError',
    });
  });

  it('is none where nothing failed, or newer code serves', () => {
    expect(problemOf(NOTE, undefined)).toBeUndefined();
    expect(problemOf(NOTE, status())).toBeUndefined();
    expect(of({}, false)).toBeUndefined();
  });

  it('says what the server advises, and that nothing serves', () => {
    expect(of({ hint: 'type another name' }, true, 0)?.message.split('\n').slice(1)).toEqual([
      'type another name',
      'Generation 7 was not started; nothing serves.',
    ]);
  });

  it('has the other frames of the project, from the inside out', () => {
    const frames = [
      frame('/home/ann/shop/app.py', 1),
      frame('shop/urls.py', 9, { function: 'routes', source: '' }),
      frame('/usr/lib/python3/importlib.py', 5, { in_project: false }),
      frame('/home/ann/shop/shop/views.py', 3),
    ];
    expect(of({ frames })?.related).toEqual([
      { file: '/home/ann/shop/shop/urls.py', line: 9, message: 'in routes' },
      { file: '/home/ann/shop/app.py', line: 1, message: 'in <module>: import it' },
    ]);
  });

  it('leads to a page only for what Python itself raises', () => {
    expect(of({ type: 'ImproperlyConfigured' })).toMatchObject({
      code: 'ImproperlyConfigured',
      page: undefined,
    });
    expect(of({ type: null, message: null })).toMatchObject({ code: undefined, page: undefined });
  });

  it('may have no file, and no line', () => {
    expect(of({ file: null, line: null, column: null })).toMatchObject({
      file: undefined,
      line: 1,
      column: null,
    });
  });
});

describe('the place in a line', () => {
  const CASES: [string, string, number | null, string][] = [
    ['a word', 'import nosuch', 8, 'nosuch'],
    ['a word of other letters', 'größe = maß', 9, 'maß'],
    ['after characters of two units', '"😀😀", naïve', 7, 'naïve'],
    ['no word: what follows', '  x = (1, ]  ', 11, ']'],
    ['past the end: the last character', 'def f()', 8, ')'],
    ['far past the end', 'def f()', 80, ')'],
    ['no column: the line', '    return x  ', null, 'return x'],
    ['column 0 is none', '  x', 0, 'x'],
    ['an empty line', '', 1, ''],
    ['a line of blanks', '   ', null, '   '],
  ];
  it.each(CASES)('%s', (_name, line, column, expected) => {
    const { start, end } = spanOf(line, column);
    expect(line.slice(start, end)).toBe(expected);
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
  });

  it('is in the line that every editor counts', () => {
    expect(['a', 'b', 'c', 'd', ''].map((_, index) => lineOf('a\nb\r\nc\rd', index + 1))).toEqual([
      'a',
      'b',
      'c',
      'd',
      '',
    ]);
  });
});
