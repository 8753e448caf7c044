import { describe, expect, it } from 'vitest';
import type { Status } from '../../src/core/contract';
import { pageOf, placesOf, reloadsIn } from '../../src/core/page';
import { type Element, textOf, type View } from '../../src/core/view';
import { child, event, failure, NOTE, status, T } from './examples';

const page = (over: Partial<Status> = {}, isGone = false) =>
  pageOf({ note: NOTE, status: status(over) }, isGone);
const plain = (view: View) => textOf(view).replace(/\s+/g, ' ');

function all(view: View, fits: (element: Element) => boolean): Element[] {
  if (typeof view === 'string') return [];
  return [...(fits(view) ? [view] : []), ...view.children.flatMap((one) => all(one, fits))];
}
const tags = (view: View, tag: string) => all(view, (one) => one.tag === tag);

describe('the status panel', () => {
  it('says how the server fares', () => {
    const [sentence] = all(page(), (one) => one.attributes.role === 'status');
    expect(sentence && [plain(sentence), sentence.attributes.class]).toEqual([
      'Generation 6 serves.',
      'sentence good',
    ]);
    expect(plain(page({}, true))).toContain('The server has ended.');
  });

  it('says why there is nothing to be seen', () => {
    expect(plain(pageOf({ note: NOTE, status: undefined }, false))).toContain(
      'It has not said anything yet.',
    );
    expect(plain(pageOf({ note: { ...NOTE, status: '' }, status: undefined }, false))).toContain(
      '--status-port 0',
    );
  });

  it('shows the workers, with how busy they are and since when', () => {
    const children = {
      4001: child({ busy: 3, in_flight: [{ line: 'GET /<b>', seconds: 65 }] }),
      4002: child({ pid: 4002, worker: 2, threads: 0 }),
    };
    const [, body] = tags(page({ children }), 'tr').map(plain);
    expect(body).toBe('1 6 serving 3 of 4 GET /<b> 1 min 0 0 4001');
    expect(tags(page({ children }), 'meter').map((one) => one.attributes)).toMatchObject([
      { max: '4', value: '3', 'aria-label': 'busy threads of worker 1' },
    ]);
    const [age] = all(page({ children }), (one) => 'data-since' in one.attributes);
    expect(age?.attributes['data-since']).toBe((T - 65).toFixed(1));
  });

  it('names every meter, every column and every section', () => {
    const shown = page({
      totals: {
        requests: 3,
        by_status: { '2xx': 2, '5xx': 1, '3xx': 0 },
        reloads: 0,
        reload_failures: 0,
      },
    });
    const named = all(shown, (one) => ['meter', 'section'].includes(one.tag));
    expect(
      named.every((one) => 'aria-label' in one.attributes || 'aria-labelledby' in one.attributes),
    ).toBe(true);
    expect(tags(shown, 'th').every((one) => 'scope' in one.attributes)).toBe(true);
    expect(tags(shown, 'meter').map((one) => one.attributes.class)).toEqual([
      undefined,
      'of-2xx',
      'of-5xx',
    ]);
  });

  it('shows the last failure with its places, and that it is past', () => {
    const frames = [
      {
        file: '/home/ann/shop/app.py',
        line: 1,
        function: '<module>',
        source: 'import shop',
        in_project: true,
      },
      { file: '/usr/lib/x.py', line: 5, function: 'f', source: '', in_project: false },
    ];
    const shown = page({ last_failure: { ...failure({ frames }), current: true } });
    expect(tags(shown, 'button').map((one) => [one.attributes['data-place'], plain(one)])).toEqual([
      ['0', '/home/ann/shop/shop/views.py:3'],
      ['1', '/usr/lib/x.py:5'],
      ['2', '/home/ann/shop/app.py:1'],
    ]);
    expect(plain(page({ last_failure: { ...failure(), current: false } }))).toContain(
      '; newer code serves',
    );
  });

  it('names the place of the error once', () => {
    const own = {
      file: '/home/ann/shop/shop/views.py',
      line: 3,
      function: 'f',
      source: 'x',
      in_project: true,
    };
    expect(placesOf(failure({ frames: [own] }))).toEqual([own]);
    expect(placesOf(failure({ file: null, line: null }))).toEqual([]);
  });

  it('shows generations: pending, serving and those that finish', () => {
    const children = {
      1: child({ pid: 1, generation: 5, state: 'draining' }),
      2: child({ pid: 2 }),
    };
    const generation = {
      ...status().generation,
      pending: { generation: 7, cause: 'saved a.py', since: T },
    };
    const [list] = all(
      page({ children, generation }),
      (one) => one.attributes.class === 'generations',
    );
    expect(list && tags(list, 'dt').map(plain)).toEqual(['7', '6', '5']);
  });

  it('lists the last reloads', () => {
    const events = [
      event({ event: 'generation-serves', generation: 1, seconds: 0.4 }),
      event({ event: 'generation-begun', generation: 2, cause: 'saved a.py' }),
      event({ event: 'generation-failed', generation: 2 }),
      event({ event: 'generation-begun', generation: 3, cause: 'saved b.py' }),
      event({ event: 'generation-serves', generation: 3, seconds: 0.012 }),
    ];
    expect(reloadsIn(events)).toEqual([
      { generation: 3, at: T + 1, cause: 'saved b.py', seconds: 0.012 },
      { generation: 2, at: T + 1, cause: 'saved a.py', seconds: undefined },
      { generation: 1, at: T + 1, cause: '', seconds: 0.4 },
    ]);
    const lines = tags(page({ events }), 'li').map(plain);
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d generation 3 after 12 ms: saved b.py$/);
    expect(lines[1]).toContain('generation 2 failed: saved a.py');
  });
});
