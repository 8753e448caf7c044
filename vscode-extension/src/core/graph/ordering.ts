/**
 * In which order the vertices of a column stand, so that few edges cross.
 *
 * Each column is sorted by where the neighbours of its vertices stand on average, there and back
 * again; the best order that was seen is kept.
 */

/** Edges lead from a column to the next one, by numbers of vertices. */
export interface Columns {
  /** The vertices of each column. */
  readonly columns: readonly (readonly number[])[];
  readonly edges: readonly (readonly [number, number])[];
  /** Vertices of one group stay together; by vertex. */
  readonly group: readonly number[];
}

const ROUNDS = 12;

/** Returns the columns, sorted. */
export function ordered(graph: Columns): number[][] {
  const { before, after } = neighbours(graph);
  let columns = graph.columns.map((column) => together(column, graph.group));
  let best = columns;
  let fewest = crossings(columns, after);
  for (let round = 0; round < ROUNDS && fewest > 0; round += 1) {
    columns = swept(columns, round % 2 === 0 ? before : after, round % 2 === 1, graph.group);
    const found = crossings(columns, after);
    if (found < fewest) {
      fewest = found;
      best = columns;
    }
  }
  return best;
}

/** The column with the members of each group beside its first one. */
function together(column: readonly number[], group: readonly number[]): number[] {
  const of = (vertex: number): number => group[vertex] ?? vertex;
  const first = new Map<number, number>();
  column.forEach((vertex, at) => first.set(of(vertex), first.get(of(vertex)) ?? at));
  const place = (vertex: number): number => first.get(of(vertex)) ?? 0;
  return [...column].sort((one, other) => place(one) - place(other));
}

type Neighbours = ReadonlyMap<number, readonly number[]>;

export function neighbours(graph: Pick<Columns, 'edges'>): {
  before: Neighbours;
  after: Neighbours;
} {
  const before = new Map<number, number[]>();
  const after = new Map<number, number[]>();
  const put = (map: Map<number, number[]>, from: number, to: number): void => {
    const found = map.get(from);
    if (found) found.push(to);
    else map.set(from, [to]);
  };
  for (const [from, to] of graph.edges) {
    put(after, from, to);
    put(before, to, from);
  }
  return { before, after };
}

function swept(
  columns: readonly (readonly number[])[],
  near: Neighbours,
  isBackwards: boolean,
  group: readonly number[],
): number[][] {
  const place = new Map<number, number>();
  const remember = (column: readonly number[]): void => {
    // As a share of the column: columns have different lengths.
    column.forEach((vertex, at) => place.set(vertex, (at + 0.5) / column.length));
  };
  columns.forEach(remember);
  const result = columns.map((column) => [...column]);
  const sequence = isBackwards ? [...result].reverse() : result;
  for (const column of sequence) {
    const own = new Map(column.map((vertex) => [vertex, average(vertex, near, place)]));
    const shared = byGroup(column, own, group);
    const of = (vertex: number): number => group[vertex] ?? vertex;
    column.sort(
      (one, other) =>
        (shared.get(of(one)) ?? 0) - (shared.get(of(other)) ?? 0) ||
        of(one) - of(other) ||
        (own.get(one) ?? 0) - (own.get(other) ?? 0),
    );
    remember(column);
  }
  return result;
}

function average(vertex: number, near: Neighbours, place: ReadonlyMap<number, number>): number {
  const found = near.get(vertex) ?? [];
  // Without neighbours on that side, it stays where it is.
  if (found.length === 0) return place.get(vertex) ?? 0;
  return found.reduce((sum, other) => sum + (place.get(other) ?? 0), 0) / found.length;
}

function byGroup(
  column: readonly number[],
  own: ReadonlyMap<number, number>,
  group: readonly number[],
): Map<number, number> {
  const members = new Map<number, number[]>();
  for (const vertex of column) {
    const key = group[vertex] ?? vertex;
    members.set(key, [...(members.get(key) ?? []), own.get(vertex) ?? 0]);
  }
  return new Map(
    [...members].map(([key, all]) => [key, all.reduce((sum, one) => sum + one, 0) / all.length]),
  );
}

/** How often two edges cross. */
export function crossings(columns: readonly (readonly number[])[], after: Neighbours): number {
  let crossed = 0;
  columns.forEach((column, at) => {
    const next = columns[at + 1];
    if (!next) return;
    const place = new Map(next.map((vertex, number) => [vertex, number]));
    const ends = column.flatMap((vertex) =>
      (after.get(vertex) ?? []).map((far) => place.get(far) ?? 0).sort((one, other) => one - other),
    );
    crossed += inversions(ends, next.length);
  });
  return crossed;
}

/** Pairs of which the first is larger, by a tree of counts. */
function inversions(values: readonly number[], size: number): number {
  const counts = new Array<number>(size + 1).fill(0);
  let found = 0;
  values.forEach((value, seen) => {
    let smaller = 0;
    for (let at = value + 1; at > 0; at -= at & -at) smaller += counts[at] ?? 0;
    found += seen - smaller;
    for (let at = value + 1; at <= size; at += at & -at) counts[at] = (counts[at] ?? 0) + 1;
  });
  return found;
}
