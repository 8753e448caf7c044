import { describe, expect, test } from 'vitest';
import { bindingsOf, linesOf, needsNothing, splitAtCommas } from '../../src/core/python';

describe('logical lines', () => {
  const SOURCES: readonly (readonly [string, string, readonly string[]])[] = [
    ['comments go', 'a = 1  # b = 2\n# c\n', ['a = 1']],
    ['texts are numbers', 'f("x#y", \'z\')', ['f("0", "1")']],
    ['brackets join', 'f(\n  1,\n  2\n)\ng()', ['f(   1,   2 )', 'g()']],
    ['backslashes join', 'a = \\\n  1\nb = 2', ['a =    1', 'b = 2']],
    ['a docstring', '"""One\napp = 1\n"""\nb = 2', ['"0"', 'b = 2']],
    ['a quote within quotes', "a = 'it\\'s'\nb = 2", ['a = "0"', 'b = 2']],
    ['text that nobody closes', "a = 'x\nb = 2", ['a = "0"', 'b = 2']],
    ['carriage returns', 'a = 1\r\nb = 2\r\n', ['a = 1', 'b = 2']],
    ['brackets that nobody opened', ')\na = 1', [')', 'a = 1']],
  ];
  test.each(SOURCES)('%s', (_what, source, expected) => {
    expect(linesOf(source).map(({ code }) => code)).toEqual(expected);
  });

  test('numbers and texts', () => {
    const [, second] = linesOf('"""a\nb"""\n\nif x:\n    f("y",\n      "z")\n').slice(1);
    expect(second).toEqual({
      indent: 4,
      number: 5,
      code: 'f("0",       "1")',
      strings: ['y', 'z'],
    });
  });
});

describe('names that a module binds', () => {
  const MODULES: readonly (readonly [string, readonly string[]])[] = [
    ['app = Flask(__name__)', ['value app']],
    ['app: Flask = Flask(__name__)', ['value app']],
    ['app = application = Flask(__name__)', ['value app', 'value application']],
    ['app == 1\napp += 1\nx.app = 1\nx["app"] = 1', []],
    ['def create_app(a=1):\n    app = Flask()\n    return app', ['function create_app']],
    ['def f() -> dict[str, int]:\n    pass', ['function f']],
    ['async def app(scope):\n    x = 1', []],
    ['class app(Base):\n    x = 1', ['class app']],
    ['from x import app as application, b', ['import application', 'import b']],
    ['from x import (\n    app,\n    b,\n)', ['import app', 'import b']],
    ['try:\n    app = 1\nexcept E:\n    b = 2', ['value app', 'value b']],
    ['if DEBUG:\n    with x as y:\n        app = 1\nelse:\n    b = 1', ['value app', 'value b']],
    ["if __name__ == '__main__':\n    app = 1\nb = 2", ['value b']],
    ['for x in y:\n    app = 1', []],
    ['def f():\n    def g():\n        app = 1\n    b = 1\nc = 1', ['function f', 'value c']],
    ['"""\napp = 1\n"""', []],
  ];
  test.each(MODULES)('%j', (source, expected) => {
    const found = bindingsOf(linesOf(source));
    expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
  });

  test('a function has its lines, also those of functions inside', () => {
    const [made] = bindingsOf(
      linesOf('def f(a, b=2):\n    def g():\n        x()\n    return g\ny()'),
    );
    expect(made?.text).toBe('a, b=2');
    expect(made?.body.map(({ code }) => code)).toEqual(['def g():', 'x()', 'return g']);
  });
});

test.each([
  ['', true],
  ['a=1, *, b=2', true],
  ['*args, **kwargs', true],
  ['a=f(1, 2), /', true],
  ['a', false],
  ['a: str', false],
  ['*, a', false],
])('a call without arguments: (%s) %j', (parameters, expected) => {
  expect(needsNothing(parameters)).toBe(expected);
});

test('commas within brackets are no commas', () => {
  expect(splitAtCommas('a[1, 2], (b, c), {d, e},')).toEqual(['a[1, 2]', '(b, c)', '{d, e}']);
});
