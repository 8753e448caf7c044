import { describe, expect, it } from 'vitest';
import type { Status } from '../../src/core/contract';
import { changedIn } from '../../src/core/redrawing';
import { isAgeing, type Tree, treeOf } from '../../src/core/tree';
import { child, failure, NOTE, status, T } from './examples';

const seen = (over?: Partial<Status>) => ({ note: NOTE, status: status(over) });

/** The tree as a user reads it, with icons. */
function drawn(tree: Tree, ids = tree.roots, indent = ''): string[] {
  return ids.flatMap((id) => {
    const entry = tree.entries.get(id);
    if (entry === undefined) throw new Error(`${id} is missing`);
    const line = `${indent}(${entry.icon}) ${entry.label}${entry.description && ` | ${entry.description}`}`;
    return [line, ...drawn(tree, entry.children, `${indent}  `)];
  });
}

const since = new Date((T - 60) * 1000).toTimeString().slice(0, 8);

describe('the tree', () => {
  it('shows a server, its generation, its workers and what they do', () => {
    const busy = {
      busy: 4,
      in_flight: [
        { line: 'GET /slow', seconds: 3.9 },
        { line: 'POST /order', seconds: 0.1 },
      ],
      requests: 1200,
      memory: 35_651_584,
    };
    const children = { 4002: child({ pid: 4002, worker: 2 }), 4001: child(busy) };
    expect(drawn(treeOf([seen({ children })], []))).toEqual([
      '(server-process) shop.app | gen 6 · :8090',
      `  (layers-active) Generation 6 | serves · 12 ms · since ${since}`,
      '    (circle-filled) Worker 1 | 4 of 4 busy · 1,200 requests · 34 MiB',
      '      (arrow-swap) 3 s | GET /slow',
      '      (arrow-swap) 0 s | POST /order',
      '      (ellipsis) and 2 more',
      '    (circle-filled) Worker 2 | 0 of 4 busy · 0 requests',
    ]);
  });

  it('shows a reload while old requests are finished', () => {
    const children = {
      1: child({ pid: 1, worker: 1, generation: 5, state: 'draining', threads: 0, busy: 1 }),
      2: child({ pid: 2, worker: 2 }),
      3: child({ pid: 3, worker: 3, generation: 7, state: 'starting' }),
    };
    const generation = {
      ...status().generation,
      pending: { generation: 7, cause: 'saved a.py', since: T },
    };
    expect(drawn(treeOf([seen({ children, generation })], []))).toEqual([
      '(server-process) shop.app | gen 6 → 7 · :8090',
      '  (loading~spin) Generation 7 | is being started: saved a.py',
      '    (loading~spin) Worker 3 | starting · 0 of 4 busy · 0 requests',
      `  (layers-active) Generation 6 | serves · 12 ms · since ${since}`,
      '    (circle-filled) Worker 2 | 0 of 4 busy · 0 requests',
      '  (layers) Generation 5 | finishes its requests',
      '    (circle-outline) Worker 1 | draining · 1 busy · 0 requests',
    ]);
  });

  it('shows why a reload failed, until newer code serves', () => {
    const last_failure = { ...failure(), current: true };
    const tree = treeOf([seen({ health: 'failing', last_failure })], []);
    expect(drawn(tree).slice(0, 4)).toEqual([
      '(error) shop.app | reload failed · :8090',
      '  (error) Generation 7 | failed',
      "    (bug) NameError: name 'x' is not defined | /home/ann/shop/shop/views.py:3",
      `  (layers-active) Generation 6 | serves · 12 ms · since ${since}`,
    ]);
    expect(tree.entries.get('4000:77/7/failure')?.failure).toBe(last_failure);
    expect(
      drawn(treeOf([seen({ last_failure: { ...failure(), current: false } })], [])),
    ).toHaveLength(3);
  });

  it('shows which worker a debugger holds, and which hangs', () => {
    const children = {
      1: child({ pid: 1, state: 'held', debugger: 'pdb in GET /' }),
      2: child({ pid: 2, worker: 2, state: 'hung' }),
    };
    const tree = treeOf([seen({ children })], []);
    expect(drawn(tree).slice(2)).toEqual([
      '    (debug-pause) Worker 1 | pdb in GET / · 0 of 4 busy · 0 requests',
      '    (error) Worker 2 | hung · 0 of 4 busy · 0 requests',
    ]);
  });

  it('shows servers of which only the note is known', () => {
    const mute = {
      note: { ...NOTE, pid: 5000, status: '', urls: ['unix:/run/shop.sock'], backdoor: [] },
      status: undefined,
    };
    const tree = treeOf([{ note: NOTE, status: undefined }], [mute]);
    expect(drawn(tree)).toEqual([
      '(server) shop.app | connecting · :8090',
      '(server) shop.app | no status page · /run/shop.sock · shop',
    ]);
    expect([...tree.entries.values()].map((entry) => entry.context)).toEqual([
      'server open backdoor status',
      'server',
    ]);
  });

  it('names the folders of servers of one name', () => {
    const others = ['/home/ann/old', '/home/ann/new'].map((folder, pid) => ({
      note: { ...NOTE, pid, folder },
      status: status(),
    }));
    const drawnRoots = drawn(
      treeOf([...others, { ...seen(), note: { ...NOTE, application: 'x' } }], []),
    );
    expect(drawnRoots.filter((line) => line.startsWith('(server'))).toEqual([
      '(server-process) shop.app | gen 6 · :8090 · old',
      '(server-process) shop.app | gen 6 · :8090 · new',
      '(server-process) x | gen 6 · :8090',
    ]);
  });

  it('tells the menus what can be done', () => {
    expect(treeOf([seen()], []).entries.get('4000:77')).toMatchObject({
      context: 'server open backdoor status',
      isOpen: true,
    });
    expect(treeOf([], [seen()]).entries.get('4000:77')).toMatchObject({ isOpen: false });
  });
});

describe('what changed', () => {
  const tree = (over?: Partial<Status>) => treeOf([seen(over)], []);
  const children = { 4001: child({ busy: 1, in_flight: [{ line: 'GET /', seconds: 1 }] }) };
  const older = { 4001: child({ busy: 1, in_flight: [{ line: 'GET /', seconds: 2 }] }) };

  it('is nothing where all is as it was', () => {
    expect(changedIn(tree(), tree())).toEqual([]);
  });

  it('is a request that grows older, and nothing above it', () => {
    expect(changedIn(tree({ children }), tree({ children: older }))).toEqual([
      '4000:77/6/1/request/0',
    ]);
  });

  it('is the entry above one that gets its first child, or loses its last', () => {
    expect(changedIn(tree(), tree({ children }))).toEqual(['4000:77/6']);
    expect(changedIn(tree({ children }), tree())).toEqual(['4000:77/6']);
    expect(changedIn(treeOf([{ note: NOTE, status: undefined }], []), tree())).toBeUndefined();
  });

  it('is the worker that does more', () => {
    const busier = { 4001: { ...children[4001], busy: 2 } };
    expect(changedIn(tree({ children }), tree({ children: busier }))).toEqual(['4000:77/6/1']);
  });

  it('is the server where a generation begins, and all below it with it', () => {
    const generation = {
      ...status().generation,
      pending: { generation: 7, cause: 'saved', since: T },
    };
    expect(changedIn(tree({ children }), tree({ children: older, generation }))).toEqual([
      '4000:77',
    ]);
  });

  it('is everything where a server came or went', () => {
    expect(changedIn(tree(), treeOf([], []))).toBeUndefined();
  });

  it('goes on by itself while a request is in flight', () => {
    expect(isAgeing(tree())).toBe(false);
    expect(isAgeing(tree({ children }))).toBe(true);
  });
});
