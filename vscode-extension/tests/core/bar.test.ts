import { describe, expect, it } from 'vitest';
import { actionsOf } from '../../src/core/actions';
import { barOf } from '../../src/core/bar';
import type { Status } from '../../src/core/contract';
import { child, failure, NOTE, status, T } from './examples';

const pending = { generation: 7, cause: 'saved', since: T };
const serving = status().generation;
const last_failure = { ...failure(), current: true };
const seen = (over: Partial<Status> | undefined) => ({ note: NOTE, status: over && status(over) });

const CASES: [string, Partial<Status> | undefined, string, string][] = [
  ['a healthy server', {}, '$(check) Spawning · gen 6 · 12 ms', 'plain'],
  [
    'one whose start took long',
    { generation: { ...serving, after: 11.26 } },
    '$(check) Spawning · gen 6 · 11.3 s',
    'plain',
  ],
  [
    'a reload',
    { generation: { ...serving, pending } },
    '$(sync~spin) Spawning · gen 6 → 7',
    'plain',
  ],
  [
    'the first start',
    { health: 'starting', generation: { serving: 0, since: null, after: null, pending } },
    '$(loading~spin) Spawning · starting',
    'plain',
  ],
  [
    'a failed reload',
    { health: 'failing', last_failure },
    '$(error) Spawning · reload failed · still serving generation 6',
    'error',
  ],
  [
    'another try',
    {
      health: 'failing',
      last_failure,
      generation: { ...serving, pending: { ...pending, generation: 8 } },
    },
    '$(sync~spin) Spawning · gen 6 → 8',
    'error',
  ],
  ['one that nobody answers', { health: 'down' }, '$(error) Spawning · nobody answers', 'error'],
  [
    'another try after a failed start',
    { health: 'down', generation: { serving: 0, since: null, after: null, pending } },
    '$(sync~spin) Spawning · gen 7',
    'error',
  ],
  [
    'a worker that hangs',
    { health: 'degraded', sentence: 'Worker 3 hangs.' },
    '$(warning) Spawning · gen 6 · worker 3 hangs',
    'warning',
  ],
  [
    'a debugger',
    { children: { 4001: child({ state: 'held', debugger: 'pdb in GET /' }) } },
    '$(debug-pause) Spawning · gen 6 · pdb in GET /',
    'plain',
  ],
  [
    'the end',
    { health: 'stopping', generation: { ...serving, pending } },
    '$(loading~spin) Spawning · stopping',
    'plain',
  ],
  ['one without a status page', undefined, '$(server) Spawning · running', 'plain'],
];

describe('the status bar', () => {
  it.each(CASES)('shows %s', (_name, over, text, tone) => {
    const bar = barOf([seen(over)], []);
    expect([bar.text, bar.tone]).toEqual([text, tone]);
  });

  it('says where to begin when nothing runs', () => {
    expect(barOf([], [])).toEqual({
      text: '$(play) Spawning',
      tone: 'plain',
      lines: ['No server of this workspace runs.'],
    });
    expect(barOf([], [seen({})]).lines[1]).toBe('One runs elsewhere.');
    expect(barOf([], [seen({}), seen({})]).lines[1]).toBe('2 run elsewhere.');
  });

  it('shows of several the one that most needs to be seen', () => {
    const bar = barOf([seen({}), seen({ health: 'failing', last_failure }), seen(undefined)], []);
    expect(bar.text).toBe('$(error) shop.app · reload failed · still serving generation 6 (+2)');
    expect(bar.lines).toEqual([
      'shop.app :8090: Generation 6 serves.',
      "shop.app :8090: generation 7 failed, still serving generation 6: NameError: name 'x' is not defined",
      'shop.app :8090: process 4000, no word from its status page',
    ]);
  });
});

it('names the folder of one whose name another has', () => {
  const other = { ...seen({}), note: { ...NOTE, folder: '/home/ann/old' } };
  const bar = barOf([other, seen({})], []);
  expect(bar.text).toBe('$(check) shop.app in old · gen 6 · 12 ms (+1)');
});

describe('the actions of a click', () => {
  const commands = (server: ReturnType<typeof seen> | undefined, isTrusted = true) =>
    actionsOf(server, [], isTrusted).map((action) => action.command?.replace('spawning.', ''));

  it('are those of the server', () => {
    expect(commands(seen({}))).toEqual([
      undefined,
      'openInBrowser',
      'showStatus',
      'reload',
      'attachBackdoor',
      'stop',
      'showLog',
    ]);
    expect(commands(seen({ last_failure, config: { coverage: true } }))).toEqual([
      ...[
        undefined,
        'showProblem',
        'openInBrowser',
        'showStatus',
        'reload',
        'attachBackdoor',
        'showCoverage',
      ],
      ...['stop', 'showLog'],
    ]);
  });

  it('are to start where nothing runs, if the folder is trusted', () => {
    expect(commands(undefined)).toEqual([
      'start',
      'startWithCoverage',
      'startWithDebugger',
      'selectApplication',
      'showLog',
    ]);
    expect(commands(undefined, false)).toEqual(['showLog']);
    expect(commands(seen({}), false)).not.toContain('attachBackdoor');
  });

  it('lead on to other servers', () => {
    const other = seen({});
    const [heading, entry] = actionsOf(seen({}), [other], true).slice(-2);
    expect(heading).toEqual({ label: 'Other servers', command: undefined });
    expect(entry).toEqual({
      ...{
        label: '$(server) shop.app :8090',
        description: 'gen 6 · 12 ms · process 4000',
        detail: '/home/ann/shop',
      },
      ...{ command: 'spawning.showActions', server: other },
    });
  });
});
