import { describe, expect, test } from 'vitest';
import { broken, busy, failureOf, type Failure } from '../../src/core/failure';
import { meaningOf, type Busy } from '../../src/core/output';

function shown(failure: Failure | undefined): string {
  return failure ? `${failure.sentence} [${failure.remedies.join(', ')}]` : '';
}

describe('why a server has ended', () => {
  const ENDS: readonly (readonly [number | undefined, string, string])[] = [
    [0, 'spawn: error: x', ''],
    [130, '', ''],
    [
      2,
      "spawn: error: there is no option --x; did you mean '--y'?",
      "There is no option --x; did you mean '--y'? [Open Settings, Show Terminal]",
    ],
    [
      2,
      "spawn: error: --reload=dev needs the module watchdog, which is not installed; type: pip install 'spawning[devtools]'",
      "--reload=dev needs the module watchdog, which is not installed; type: pip install 'spawning[devtools]'. [Install, Show Terminal]",
    ],
    [
      2,
      'spawn: error: no application is named, and none is found here: no app.py',
      'No application is named, and none is found here: no app.py. [Select Application, Show Terminal]',
    ],
    [
      3,
      "spawn: error: there is no module 'shp' in /a; did you mean 'shop'?",
      "There is no module 'shp' in /a; did you mean 'shop'? [Select Application, Show Terminal]",
    ],
    [
      3,
      "spawn: error: there is no 'ap' in /a/shop.py (looked for 'shop:ap'); did you mean 'app'?",
      "There is no 'ap' in /a/shop.py (looked for 'shop:ap'); did you mean 'app'? [Select Application, Show Terminal]",
    ],
    [
      3,
      'spawn: error: /a/shop.py:3:1: ValueError: no',
      'shop could not be started: ValueError: no. [Open File, Show Terminal]',
    ],
    [
      4,
      'spawn: error: x:1 cannot be bound: permission denied',
      'x:1 cannot be bound: permission denied. [Show Terminal]',
    ],
    [127, '', 'The interpreter for shop could not be run. [Select Interpreter, Show Terminal]'],
    [1, '', 'shop ended with exit code 1 before it served. [Show Terminal]'],
    [undefined, '', 'shop ended before it served. [Show Terminal]'],
  ];
  test.each(ENDS)('%j %s', (code, line, expected) => {
    expect(shown(failureOf('shop', code, meaningOf(line)))).toBe(expected);
  });

  test('the place of broken code', () => {
    const heard = { kind: 'broken', file: '/a/b.py', line: 3, column: 9, text: 'X: y' } as const;
    expect(broken('shop', heard).place).toEqual({ file: '/a/b.py', line: 3, column: 9 });
  });
});

describe('a busy port', () => {
  const held = meaningOf(
    'spawn: 127.0.0.1:80 is in use by x (pid 7, user ada); trying for 3 s',
  ) as Busy;
  test.each([
    [
      'a server',
      { isServer: true, canStop: true },
      'Use It, Stop It, Use Another Port, Show Terminal',
    ],
    ['a process', { canStop: true }, 'Stop It, Use Another Port, Show Terminal'],
    ["somebody else's", {}, 'Use Another Port, Show Terminal'],
    ['an address of the user', { canChangePort: false }, 'Show Terminal'],
    ['before a debugger', { hasTerminal: false }, 'Use Another Port'],
  ])('%s', (_what, facts, remedies) => {
    const usual = { isServer: false, canStop: false, canChangePort: true, hasTerminal: true };
    expect(shown(busy(held, { ...usual, ...facts }))).toBe(
      `127.0.0.1:80 is in use by x (pid 7, user ada). [${remedies}]`,
    );
  });
});
