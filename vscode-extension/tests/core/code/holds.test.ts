import { describe, expect, it } from 'vitest';
import { type Change, changesOf } from '../../../src/core/code/holds';
import type { ServerEvent } from '../../../src/core/contract';

const told = { version: 1, at: 0 } as const;
const held = (worker: number, debugger_: string | null, request: string | null): ServerEvent => ({
  ...told,
  event: 'worker-held',
  worker,
  debugger: debugger_,
  request,
});
const hello = (...children: readonly object[]): ServerEvent =>
  ({
    ...told,
    event: 'hello',
    status: { children: Object.fromEntries(children.map((child, pid) => [pid, child])) },
  }) as unknown as ServerEvent;

const began = (worker: number, request: string): Change => ({
  is: 'held',
  hold: { worker, request },
});
const ended = (worker: number): Change => ({ is: 'released', worker });

const CASES: readonly (readonly [string, ServerEvent, number[], Change[]])[] = [
  ['pdb waits', held(3, 'pdb', 'GET /orders/7'), [], [began(3, 'GET /orders/7')]],
  ['it goes on by a step', held(3, 'pdb', 'GET /orders/7'), [3], []],
  ['another worker', held(4, 'pdb', 'GET /'), [3], [began(4, 'GET /')]],
  ['it is let go', held(3, null, null), [3], [ended(3)]],
  ['one of which nobody was told is let go', held(3, null, null), [], []],
  ['debugpy tells by itself', held(3, 'debugpy', 'GET /'), [], []],
  ['as PyCharm does', held(3, 'pydevd', 'GET /'), [], []],
  ['what is no request', held(3, 'pdb', null), [], [began(3, '')]],
  ['the worker ends', { ...told, event: 'worker-gone', worker: 3, pid: 9 }, [3, 4], [ended(3)]],
  ['the server ends', { ...told, event: 'stopping' }, [3, 4], [ended(3), ended(4)]],
  ['what else happens', { ...told, event: 'wanted', workers: 3 }, [3], []],
  [
    'a first word: it has waited before',
    hello({ worker: 3, debugger: 'pdb in GET /a b' }, { worker: 4, debugger: null }),
    [],
    [began(3, 'GET /a b')],
  ],
  ['a new word: it waits still', hello({ worker: 3, debugger: 'pdb in GET /' }), [3], []],
  ['a new word: it waits no more', hello({ worker: 3, debugger: null }), [3], [ended(3)]],
  ['a first word of debugpy', hello({ worker: 3, debugger: 'debugpy in GET /' }), [], []],
  [
    'a first word of code that is no request',
    hello({ worker: 3, debugger: 'pdb' }),
    [],
    [began(3, '')],
  ],
];

describe('breakpoints that wait', () => {
  it.each(CASES)('%s', (_, event, known, changes) => {
    expect(changesOf(event, known)).toEqual(changes);
  });
});
