import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../../src/core/graph/components';
import { layersOf } from '../../../src/core/graph/layers';
import { BOX_HEIGHT, type Layout, layoutOf, pathOf } from '../../../src/core/graph/layout';
import { nextBox } from '../../../src/core/graph/moving';
import { crossings, neighbours, ordered } from '../../../src/core/graph/ordering';
import { settled } from '../../../src/core/graph/placing';

type Pair = readonly [string, string];

function pairs(text: string): Pair[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((edge) => edge.split('>') as unknown as Pair);
}
function layout(text: string, first = 'app'): Layout {
  const edges = pairs(text);
  const ids = [...new Set([first, ...edges.flat()])];
  return layoutOf(
    ids.map((id) => ({ id, width: 80 })),
    edges,
    first,
  );
}
const columnOf = (drawn: Layout) =>
  Object.fromEntries(drawn.boxes.map(({ id, column }) => [id, column]));

/** A graph as an application has it, always the same. */
function large(modules: number): { ids: string[]; edges: Pair[] } {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const ids = Array.from({ length: modules }, (_, n) => `m${n}`);
  const edges = ids
    .slice(1)
    .flatMap((id, at): Pair[] =>
      Array.from({ length: 4 }, () => [`m${random(at + 1)}`, id] as const),
    );
  return { ids, edges };
}

describe('circles', () => {
  it('are one component, and what is reached has the smaller number', () => {
    // 0 > 1 > 2 > 0 is a circle, which reaches 3; 4 is alone.
    const found = componentsOf([[1], [2, 3], [0], [], []]);
    expect(found[0]).toBe(found[1]);
    expect(found[1]).toBe(found[2]);
    expect(found[3]).toBeLessThan(found[0] ?? -1);
    expect(new Set(found).size).toBe(3);
  });
  it('may be as long as they like', () => {
    const long = Array.from({ length: 50_000 }, (_, n) => [(n + 1) % 50_000]);
    expect(new Set(componentsOf(long)).size).toBe(1);
  });
});

describe('columns', () => {
  it('are as far on as the longest way', () => {
    expect(columnOf(layout('app>a app>b a>c b>a'))).toEqual({ app: 0, b: 1, a: 2, c: 3 });
  });
  it('hold the modules of a circle together', () => {
    expect(columnOf(layout('app>a a>b b>a b>c'))).toEqual({ app: 0, a: 1, b: 1, c: 2 });
  });
  it('bring what nobody imports near to what it imports', () => {
    expect(columnOf(layout('app>a a>b b>c task>c'))).toEqual({ app: 0, a: 1, b: 2, c: 3, task: 2 });
  });
  it('are none of a module that imports itself', () => {
    expect(layersOf([[0]], 0).layer).toEqual([0]);
  });
});

describe('the order of a column', () => {
  it('makes edges cross no more than they must', () => {
    const graph = {
      columns: [
        [0, 1, 2],
        [3, 4, 5],
      ],
      edges: [
        [0, 5],
        [1, 4],
        [2, 3],
      ] as [number, number][],
      group: [0, 1, 2, 3, 4, 5],
    };
    const { after } = neighbours(graph);
    expect(crossings(graph.columns, after)).toBe(3);
    expect(crossings(ordered(graph), after)).toBe(0);
  });
  it('keeps groups together', () => {
    const graph = {
      columns: [
        [0, 1, 2],
        [3, 4, 5],
      ],
      edges: [
        [0, 3],
        [1, 4],
        [2, 5],
      ] as [number, number][],
      group: [0, 1, 2, 3, 4, 3],
    };
    const column = ordered(graph)[1] ?? [];
    expect(Math.abs(column.indexOf(3) - column.indexOf(5))).toBe(1);
  });
});

describe('places', () => {
  it('are the wished ones where there is room', () => {
    expect(settled([0, 100, 200], [10, 10, 10], [1, 1, 1])).toEqual([0, 100, 200]);
  });
  it('share what there is where there is not', () => {
    expect(settled([50, 50], [10, 10], [1, 1])).toEqual([45, 55]);
    expect(settled([60, 40], [10, 10], [1, 1])).toEqual([45, 55]);
  });
  it('give way to what counts more', () => {
    const [one = 0, other = 0] = settled([50, 50], [10, 10], [9, 1]);
    expect(other - one).toBe(10);
    expect(one).toBe(49);
  });
});

describe('a layout', () => {
  it('of nothing is empty', () => {
    expect(layoutOf([], [], '')).toMatchObject({ boxes: [], edges: [] });
  });

  it('draws lines from the right of a box to the left of another one', () => {
    const drawn = layout('app>a a>b app>b');
    for (const edge of drawn.edges) {
      const [from, to] = [edge.from, edge.to].map((id) => drawn.boxes.find((box) => box.id === id));
      expect(edge.points[0]?.x).toBe((from?.x ?? 0) + 80);
      expect(edge.points.at(-1)?.x).toBe(to?.x);
    }
    // Over a column it goes beside the box there.
    const over = drawn.edges.find(({ from, to }) => from === 'app' && to === 'b');
    const beside = drawn.boxes.find(({ id }) => id === 'a');
    expect(over?.points).toHaveLength(4);
    expect(over?.points[1]?.y).toBe(over?.points[2]?.y);
    const y = over?.points[1]?.y ?? 0;
    expect(y < (beside?.y ?? 0) || y > (beside?.y ?? 0) + BOX_HEIGHT).toBe(true);
  });

  it('bends the lines of a circle back', () => {
    const drawn = layout('app>a a>b b>a');
    const bent = drawn.edges.filter(({ isCircular }) => isCircular);
    expect(bent).toHaveLength(2);
    expect(
      pathOf(bent[0] ?? drawn.edges[0] ?? { from: '', to: '', isCircular: true, points: [] }),
    ).toMatch(/^M.* C/);
  });

  it.each([30, 150, 400])('of %d modules has no two boxes in one place', (modules) => {
    const { ids, edges } = large(modules);
    const drawn = layoutOf(
      ids.map((id) => ({ id, width: 90 })),
      edges,
      'm0',
    );
    expect(drawn.boxes).toHaveLength(modules);
    for (const box of drawn.boxes) {
      expect(box.x + box.width).toBeLessThanOrEqual(drawn.width);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height).toBeLessThanOrEqual(drawn.height);
    }
    for (let at = 0; at <= Math.max(...drawn.boxes.map(({ column }) => column)); at += 1) {
      const column = drawn.boxes.filter((box) => box.column === at);
      const tops = column.sort((one, other) => one.row - other.row).map(({ y }) => y);
      tops.slice(1).forEach((top, before) => {
        expect(top - (tops[before] ?? 0)).toBeGreaterThanOrEqual(BOX_HEIGHT);
      });
    }
    expect(
      drawn.edges.every(
        ({ from, to, isCircular }) =>
          isCircular || (columnOf(drawn)[from] ?? 0) < (columnOf(drawn)[to] ?? 0),
      ),
    ).toBe(true);
  });
});

describe('the arrow keys', () => {
  const drawn = layout('app>a app>b app>c b>d');
  it('go up and down a column', () => {
    const column = drawn.boxes
      .filter((box) => box.column === 1)
      .sort((one, other) => one.row - other.row);
    expect(nextBox(drawn, column[0]?.id ?? '', 'down')).toBe(column[1]?.id);
    expect(nextBox(drawn, column[0]?.id ?? '', 'up')).toBeUndefined();
  });
  it('go along imports', () => {
    expect(nextBox(drawn, 'd', 'left')).toBe('b');
    expect(nextBox(drawn, 'b', 'right')).toBe('d');
    expect(nextBox(drawn, 'app', 'left')).toBeUndefined();
  });
  it('go to the next column where there is no import', () => {
    expect(nextBox(drawn, 'a', 'right')).toBe('d');
    expect(nextBox(drawn, 'nothing', 'right')).toBeUndefined();
  });
});
