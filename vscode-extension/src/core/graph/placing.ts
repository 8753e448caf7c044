/**
 * Where in its column each vertex stands: as near to its neighbours as the order of the column
 * and the room that each needs allow.
 */

import { neighbours } from './ordering';

export interface Placed {
  readonly columns: readonly (readonly number[])[];
  readonly edges: readonly (readonly [number, number])[];
  /** The room that a vertex needs, by vertex. */
  readonly heights: readonly number[];
  /** How much it counts that a vertex stands where it is wanted. */
  readonly weights: readonly number[];
}

const ROUNDS = 8;

/** Returns the middle of each vertex; the smallest edge is 0. */
export function placed(graph: Placed): number[] {
  const { before, after } = neighbours(graph);
  const middle = new Array<number>(graph.heights.length).fill(0);
  const height = (vertex: number): number => graph.heights[vertex] ?? 0;
  for (const column of graph.columns) {
    let top = 0;
    const all = column.reduce((sum, vertex) => sum + height(vertex), 0);
    for (const vertex of column) {
      middle[vertex] = top + height(vertex) / 2 - all / 2;
      top += height(vertex);
    }
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const isBackwards = round % 2 === 1;
    const near = isBackwards ? after : before;
    for (const column of isBackwards ? [...graph.columns].reverse() : graph.columns) {
      const wished = column.map((vertex) => wish(near.get(vertex) ?? [], middle, vertex));
      const weights = column.map((vertex) => graph.weights[vertex] ?? 1);
      const found = settled(wished, column.map(height), weights);
      column.forEach((vertex, at) => (middle[vertex] = found[at] ?? 0));
    }
  }
  const top = Math.min(...middle.map((value, vertex) => value - height(vertex) / 2));
  return middle.map((value) => value - top);
}

function wish(near: readonly number[], middle: readonly number[], vertex: number): number {
  if (near.length === 0) return middle[vertex] ?? 0;
  const places = near.map((other) => middle[other] ?? 0).sort((one, other) => one - other);
  const half = places.length >> 1;
  const upper = places[half] ?? 0;
  return places.length % 2 === 1 ? upper : ((places[half - 1] ?? 0) + upper) / 2;
}

/**
 * The places nearest to the wished ones, by weighted squares, that keep order and room: pools of
 * neighbours that touch each other move as one.
 */
export function settled(
  wished: readonly number[],
  heights: readonly number[],
  weights: readonly number[],
): number[] {
  // Measured from where each would stand if all touched, the order is all that is to be kept.
  const offsets: number[] = [];
  let offset = 0;
  heights.forEach((height, at) => {
    offset += at === 0 ? 0 : ((heights[at - 1] ?? 0) + height) / 2;
    offsets.push(offset);
  });
  const pools: { sum: number; weight: number; size: number }[] = [];
  wished.forEach((wish, at) => {
    const weight = weights[at] ?? 1;
    let pool = { sum: weight * (wish - (offsets[at] ?? 0)), weight, size: 1 };
    for (let last = pools.at(-1); last; last = pools.at(-1)) {
      if (last.sum / last.weight <= pool.sum / pool.weight) break;
      pools.pop();
      pool = {
        sum: last.sum + pool.sum,
        weight: last.weight + pool.weight,
        size: last.size + pool.size,
      };
    }
    pools.push(pool);
  });
  const values = pools.flatMap(({ sum, weight, size }) =>
    new Array<number>(size).fill(sum / weight),
  );
  return values.map((value, at) => value + (offsets[at] ?? 0));
}
