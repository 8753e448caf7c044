import { describe, expect, test } from 'vitest';
import { Ear, meaningOf } from '../../src/core/output';

const BUSY = { kind: 'busy', address: '127.0.0.1:8080', port: 8080 };

describe('lines of the server', () => {
  const LINES: readonly (readonly [string, unknown])[] = [
    [
      'spawn: serving shop.app on http://127.0.0.1:8080 (4 workers, 4 threads, controller 17571, generation 1 in 194 ms)',
      { kind: 'serving', pid: 17571, urls: ['http://127.0.0.1:8080'] },
    ],
    [
      'spawn: serving a b on http://127.0.0.1:80 unix:/x (1 worker, greenlets, controller 1, generation 1 in 1.2 s)',
      { kind: 'serving', pid: 1, urls: ['http://127.0.0.1:80', 'unix:/x'] },
    ],
    [
      'spawn: 127.0.0.1:8080 is in use by python3 -m http.server (pid 7, user ada); trying for 3 s',
      { ...BUSY, by: 'python3 -m http.server (pid 7, user ada)', pid: 7, isFinal: false },
    ],
    [
      "spawn: error: 127.0.0.1:8080 is in use by the Spawning server of shop.app in /a; b (pid 7, user ada); type 'spawnctl stop --pid 7', or choose another port with --port (0 picks a free one)",
      {
        ...BUSY,
        by: 'the Spawning server of shop.app in /a; b (pid 7, user ada)',
        pid: 7,
        isFinal: true,
      },
    ],
    [
      'spawn: error: 127.0.0.1:8080 is in use by x (pid 7, user ada); stop it, or choose another port with --port (0 picks a free one)',
      { ...BUSY, by: 'x (pid 7, user ada)', pid: 7, isFinal: true },
    ],
    [
      'spawn: error: *:80 is in use by a process of user www-data, which we may not look at; have user www-data stop it, or choose another port',
      {
        kind: 'busy',
        address: '*:80',
        port: 80,
        by: 'a process of user www-data, which we may not look at',
        pid: undefined,
        isFinal: true,
      },
    ],
    [
      'spawn: error: unix:/run/x is in use by y (pid 7, user ada); stop it, or choose another address with --bind',
      {
        kind: 'busy',
        address: 'unix:/run/x',
        port: undefined,
        by: 'y (pid 7, user ada)',
        pid: 7,
        isFinal: true,
      },
    ],
    [
      "spawn: error: /home/ada/shop.py:3:9: NameError: name 'x' is not defined",
      {
        kind: 'broken',
        file: '/home/ada/shop.py',
        line: 3,
        column: 9,
        text: "NameError: name 'x' is not defined",
      },
    ],
    ['spawn: error: there is no option --x', { kind: 'error', text: 'there is no option --x' }],
    ['spawn: shop.py changed: generation 2 in 13 ms', undefined],
    ['127.0.0.1 - - "GET / HTTP/1.1" 200', undefined],
    ['respawn: error: x', undefined],
    ['', undefined],
  ];
  test.each(LINES)('%s', (line, expected) => {
    expect(meaningOf(line)).toEqual(expected);
  });
});

describe('pieces of a terminal', () => {
  const LINE = '\x1b]633;C\x07spawn: \x1b[31merror:\x1b[0m no such thing\r\n';

  test.each([1, 2, 5, 1000])('of %i bytes', (size) => {
    const ear = new Ear();
    const heard = (LINE.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).flatMap((piece) =>
      ear.hear(piece),
    );
    expect(heard).toEqual([{ kind: 'error', text: 'no such thing' }]);
  });

  test('the last error is kept, whatever comes after it', () => {
    const ear = new Ear();
    ear.hear('spawn: error: one\nspawn: error: two\nspawn:   shop.py:3 in x\nspawn: ended\n');
    expect(ear.lastError).toEqual({ kind: 'error', text: 'two' });
  });

  test('a line that has not ended says nothing yet', () => {
    expect(new Ear().hear('spawn: error: one')).toEqual([]);
  });
});
