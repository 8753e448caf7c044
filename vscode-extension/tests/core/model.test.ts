import { describe, expect, it } from 'vitest';
import type { ServerEvent, Status } from '../../src/core/contract';
import { agedTo, extended } from '../../src/core/model';
import { child, event, failure, status, T, workerFailed } from './examples';

function after(before: Status, ...events: ServerEvent[]): Status {
  const known = events.reduce<Status | undefined>(extended, before);
  if (known === undefined) throw new Error('nothing is known');
  return known;
}

const begun = event({ event: 'generation-begun', generation: 7, cause: 'saved shop/views.py' });
const starting = event({ event: 'worker', worker: 2, pid: 4002, generation: 7, state: 'starting' });
const ready = event({
  event: 'worker',
  worker: 2,
  pid: 4002,
  generation: 7,
  state: 'ready',
  at: T + 1.1,
});
const serves = event({ event: 'generation-serves', generation: 7, seconds: 0.015, at: T + 1.2 });
const gone = event({ event: 'worker-gone', worker: 1, pid: 4001, at: T + 1.3 });
const failed = event({ event: 'generation-failed', generation: 7, at: T + 1.2 });

describe('the model of a server', () => {
  it('knows nothing before the first hello', () => {
    expect(extended(undefined, begun)).toBeUndefined();
  });

  it('takes a hello for the whole truth', () => {
    const told = status({ sentence: 'Another one.' });
    expect(extended(undefined, event({ event: 'hello', status: told }))).toBe(told);
    expect(extended(status(), event({ event: 'hello', status: told }))).toBe(told);
  });

  it('follows a reload', () => {
    const first = after(status(), begun, starting);
    expect(first.generation.pending).toEqual({
      generation: 7,
      cause: 'saved shop/views.py',
      since: T + 1,
    });
    expect(first.children[4002]).toEqual({
      ...child(),
      pid: 4002,
      worker: 2,
      generation: 7,
      state: 'starting',
      age: 0,
    });
    expect(first.health).toBe('healthy');

    const second = after(first, ready, serves);
    expect(second.generation).toEqual({ serving: 7, since: T + 1.2, after: 0.015, pending: null });
    expect(second.totals.reloads).toBe(6);
    expect(second.sentence).toBe('Generation 7 serves.');
    expect(Object.keys(after(second, gone).children)).toEqual(['4002']);
  });

  it('follows a reload that fails, and the recovery', () => {
    const broken = after(status(), begun, starting, workerFailed(), failed);
    expect(broken.generation).toMatchObject({ serving: 6, pending: null });
    expect(broken.last_failure).toMatchObject({ generation: 7, current: true, line: 3, column: 5 });
    expect(broken.totals.reload_failures).toBe(1);
    expect([broken.health, broken.sentence]).toEqual([
      'failing',
      "Generation 7 failed at /home/ann/shop/shop/views.py:3: NameError: name 'x' is not defined; generation 6 goes on serving.",
    ]);

    const again = after(
      broken,
      event({ event: 'generation-begun', generation: 8, cause: 'saved', at: T + 9 }),
    );
    expect([again.health, again.last_failure?.current]).toEqual(['failing', true]);
    const worker = event({
      event: 'worker',
      worker: 3,
      pid: 4003,
      generation: 8,
      state: 'ready',
      at: T + 9,
    });
    const mended = after(
      again,
      worker,
      event({ event: 'generation-serves', generation: 8, seconds: 0.02, at: T + 9.1 }),
    );
    expect([mended.health, mended.last_failure?.current]).toEqual(['healthy', false]);
  });

  it('keeps a failure the same while it says the same', () => {
    const broken = after(status(), begun, workerFailed(), failed);
    expect(after(broken, starting).last_failure).toBe(broken.last_failure);
  });

  it('names a failure that nobody could explain', () => {
    const broken = after(status(), begun, failed);
    expect(broken.last_failure).toEqual({
      ...{ generation: 7, at: T + 1.2, current: true, type: null, message: null },
      ...{ file: null, line: null, column: null, hint: null, frames: [] },
    });
    expect(broken.sentence).toBe('Generation 7 failed; generation 6 goes on serving.');
  });

  it('is overtaken by a newer generation', () => {
    const newer = event({
      event: 'generation-begun',
      generation: 8,
      cause: 'saved again',
      at: T + 1.1,
    });
    expect(after(status(), begun, newer, failed).generation.pending?.generation).toBe(8);
    expect(after(status(), begun, newer, ready, serves).generation.pending?.generation).toBe(8);
  });

  it.each([
    [
      'the start',
      { serving: 0, since: null, after: null, pending: null },
      null,
      'starting',
      'Generation 1 is being started.',
    ],
    [
      'a failed start',
      { serving: 0, since: null, after: null, pending: null },
      failure({ generation: 1, file: null }),
      'down',
      "Nothing serves: generation 1 failed: NameError: name 'x' is not defined.",
    ],
    [
      'another try',
      { serving: 0, since: null, after: null, pending: { generation: 2, cause: '', since: T } },
      failure({ generation: 1 }),
      'starting',
      'Generation 2 is being started.',
    ],
  ] as const)('judges %s', (_name, generation, last, health, sentence) => {
    const last_failure = last && { ...last, current: true };
    const known = after(
      status({ generation, last_failure, children: {} }),
      event({ event: 'wanted', workers: 1 }),
    );
    expect([known.health, known.sentence]).toEqual([health, sentence]);
  });

  it.each([
    [{ state: 'hung' }, {}, 2, 'degraded', 'Worker 1 hangs.'],
    [
      { state: 'hung' },
      { state: 'hung' },
      2,
      'down',
      'Nobody answers: every worker of generation 6 hangs.',
    ],
    [
      { state: 'draining' },
      { state: 'draining' },
      2,
      'down',
      'Nobody answers: generation 6 has no worker.',
    ],
    [{}, {}, 4, 'degraded', '2 of 4 workers are missing.'],
    [{ state: 'hung' }, {}, 3, 'degraded', 'Worker 1 hangs and 1 of 3 workers is missing.'],
    [{ state: 'held' }, {}, 2, 'healthy', 'Generation 6 serves.'],
  ] as const)('judges workers %o and %o of %i', (one, other, wanted, health, sentence) => {
    const children = { 4001: child(one), 4002: child({ pid: 4002, worker: 2, ...other }) };
    const known = after(status({ children }), event({ event: 'wanted', workers: wanted }));
    expect([known.health, known.sentence]).toEqual([health, sentence]);
  });

  it('misses nobody in the first moment after a takeover', () => {
    const known = after(status({ configured_children_count: 4 }), begun, starting, ready, serves);
    expect(known.health).toBe('healthy');
  });

  it('remembers that the server stops', () => {
    const known = after(status(), event({ event: 'stopping' }), gone);
    expect([known.health, known.ready, known.sentence]).toEqual([
      'stopping',
      false,
      'The server is being stopped.',
    ]);
  });

  it('knows which debugger holds a worker, and in what', () => {
    const held = (worker: number) =>
      event({ event: 'worker-held', worker, debugger: 'pdb', request: 'GET /orders/7' });
    const known = after(status(), held(1));
    expect(known.children[4001]).toMatchObject({ state: 'held', debugger: 'pdb in GET /orders/7' });
    const released = event({
      event: 'worker-held',
      worker: 1,
      debugger: null,
      request: null,
      at: T + 5,
    });
    expect(after(known, released).children[4001]).toMatchObject({
      state: 'serving',
      debugger: null,
    });
    expect(after(status(), held(99)).children).toEqual({ 4001: { ...child(), age: 11 } });
  });

  it('takes the counters as they are', () => {
    const children = {
      4001: child({ busy: 2, in_flight: [{ line: 'GET /slow', seconds: 3 }] }),
    };
    const totals = { requests: 9, by_status: { '2xx': 9 }, reloads: 5, reload_failures: 0 };
    const told = {
      health: 'degraded',
      sentence: 'Worker 1 hangs.',
      children,
      connections: 2,
      memory: 5,
      totals,
    } as const;
    const known = after(status(), event({ event: 'counters', ...told }));
    expect(known).toEqual({ ...status(), ...told, time: T + 1 });
  });

  it('lets all ages go on', () => {
    const children = { 4001: child({ in_flight: [{ line: 'GET /slow', seconds: 3 }] }) };
    const known = after(status({ children }), event({ event: 'notice', text: 'x', at: T + 2.5 }));
    expect(known.children[4001]).toMatchObject({ age: 12.5, in_flight: [{ seconds: 5.5 }] });
    expect(known.time).toBe(T + 2.5);
    expect(agedTo(known, T)).toBe(known);
  });

  it('remembers the last fifty events, and no counters', () => {
    const notices = Array.from({ length: 60 }, (_, index) =>
      event({ event: 'notice', text: `${index}`, at: T + index }),
    );
    const known = after(status(), ...notices);
    expect(known.events).toEqual(notices.slice(10));
  });

  it('is told nothing new by what a hello has brought with it', () => {
    const known = after(status(), begun, starting, workerFailed(), failed);
    for (const one of [begun, starting, workerFailed(), failed]) {
      expect(extended(known, one)).toBe(known);
    }
  });

  it('is told nothing by events that it does not know', () => {
    const known = status();
    expect(
      extended(known, { version: 1, event: 'weather', at: T + 9 } as unknown as ServerEvent),
    ).toBe(known);
  });
});
