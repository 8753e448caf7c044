import { describe, expect, it } from 'vitest';
import type { Note, Status } from '../../../src/core/contract';
import { addressOf, measures } from '../../../src/core/coverage/address';
import { fileLinesOf, linesOf, liveOf } from '../../../src/core/coverage/answers';
import { icon } from '../../../src/core/coverage/icons';
import { NOTHING, withLive } from '../../../src/core/coverage/known';
import { KINDS } from '../../../src/core/coverage/marks';
import { snapshotOf } from '../../../src/core/coverage/snapshot';
import { percent, statusLine } from '../../../src/core/coverage/totals';
import { NOTE } from '../examples';
import { APP, live, row } from './examples';

describe('where it is asked for', () => {
  it.each([
    [['http://127.0.0.1:8080'], 'http://127.0.0.1:8080/_coverage'],
    [['http://192.168.1.5:80', 'http://[::1]:8080'], 'http://[::1]:8080/_coverage'],
    [['unix:/run/shop', 'http://localhost:8080/'], 'http://localhost:8080/_coverage'],
  ])('at the address of the application: %o', (urls, base) => {
    expect(addressOf({ ...NOTE, urls })).toEqual({ page: base, base, controller: undefined });
  });
  it.each([
    [['unix:/run/shop'], undefined],
    [['http://192.168.1.5:80'], 'http://192.168.1.5:80/_coverage'],
    [[], undefined],
  ])('at the socket of its keeper: %o', (urls, page) => {
    const base = 'http://localhost/_coverage';
    expect(addressOf({ ...NOTE, urls, pid: 42 })).toEqual({ page, base, controller: 42 });
  });

  const note = (...argv: string[]) => ({ argv }) as unknown as Note;
  const status = (config: object) => ({ config }) as unknown as Status;
  it.each([
    [note(), status({ coverage: true }), true],
    [note(), status({ coverage: false, coverage_contexts: true }), true],
    [note('--coverage'), status({ coverage: false }), false],
    [note('--reload=dev', '--coverage', 'shop.app'), undefined, true],
    [note('--coverage-contexts'), undefined, true],
    [note('--coverage-allow-ips', '*'), undefined, false],
  ])('whether it is measured: %o', (of, is, measured) => {
    expect(measures(of, is)).toBe(measured);
  });
});

describe('the status bar', () => {
  it.each([
    [0, '0%'],
    [0.2, '1%'],
    [50.4, '50%'],
    [99.7, '99%'],
    [100, '100%'],
  ])('rounds %d to %s', (value, shown) => {
    expect(percent(value)).toBe(shown);
  });

  it('says how much has run', () => {
    const line = statusLine(withLive(NOTHING, live()), 'shop.app', '');
    expect(line?.text).toBe('$(shield) 75%');
    expect(line?.tooltip).toContain('1 run by requests, 2 at import only, 1 never, of 4 lines.');
  });
  it('says that it is paused, that nothing is known yet, and what is wrong', () => {
    expect(statusLine(NOTHING, 'shop.app', '')).toBeUndefined();
    expect(statusLine(withLive(NOTHING, live({ paused: true })), 's', '')?.text).toContain(
      '$(debug-pause)',
    );
    const empty = { ...live().totals, statements: 0, percent: 100 };
    expect(statusLine(withLive(NOTHING, live({ totals: empty })), 's', '')?.text).toBe(
      '$(shield) –',
    );
    expect(statusLine(NOTHING, 'shop.app', 'the server does not answer.')?.tooltip).toContain(
      'does not answer',
    );
  });
});

describe('a snapshot', () => {
  const file = { path: APP, executed: [1, 2, 4], missing: [5] };

  it('has the lines of each file', () => {
    expect(snapshotOf([row()], [file], new Map())).toEqual([
      {
        path: APP,
        statements: { covered: 3, total: 4 },
        branches: undefined,
        lines: [
          { line: 0, ran: true, missed: [] },
          { line: 1, ran: true, missed: [] },
          { line: 3, ran: true, missed: [] },
          { line: 4, ran: false, missed: [] },
        ],
      },
    ]);
  });

  it('tells branches from the percentage, which is of both', () => {
    // 3 of 4 statements and 3 of 6 branches: 6 of 10.
    const rows = [row({ branches: 6, partial: 2, percent: 60 })];
    const said = "line 2 didn't jump to line 3; or so; line 2 didn't exit";
    const [found] = snapshotOf(
      rows,
      [file],
      new Map([[APP, { '2': said, '5': 'line 5 never ran' }]]),
    );
    expect(found?.branches).toEqual({ covered: 3, total: 6 });
    expect(found?.lines[1]?.missed).toEqual([
      "line 2 didn't jump to line 3; or so",
      "line 2 didn't exit",
    ]);
    expect(found?.lines[3]?.missed).toEqual([]);
  });

  it.each([
    [{ stale: true }],
    [{ error: 'It cannot be parsed.' }],
    [{ statements: 0 }],
    [{ path: '/b.py' }],
  ])('leaves out a file whose lines are not known: %o', (fields) => {
    expect(snapshotOf([row(fields)], [file], new Map())).toEqual([]);
  });
});

describe('an answer', () => {
  const told = [null, 'a page', 3, [], {}, { run: 'r', seq: '7' }, { run: 'r', seq: 7, files: {} }];
  it.each(told.map((one) => [one]))('of an application is none: %o', (one) => {
    expect(liveOf(one)).toBeUndefined();
    expect(linesOf(one)).toBeUndefined();
    expect(Array.isArray(fileLinesOf(one))).toBe(false);
  });
});

describe('a picture in the gutter', () => {
  it('differs by its shape, and not only by its colour', () => {
    const shape = (address: string): string =>
      Buffer.from(address.split(',')[1] ?? '', 'base64')
        .toString()
        .replace(/#[0-9a-f]{6}/g, '');
    expect(new Set(KINDS.map((kind) => shape(icon(kind, 'dark')))).size).toBe(KINDS.length);
  });
});
