/**
 * In which column a vertex stands.
 *
 * Rules:
 * 1. Each edge leads to a column further on; those of a circle stay within their column.
 * 2. What nobody points to, but for the `first`, stands right before what it points to.
 */

import { componentsOf, type Targets } from './components';

export interface Layering {
  /** The column of each vertex, from 0. */
  readonly layer: readonly number[];
  readonly component: readonly number[];
}

export function layersOf(targets: Targets, first: number): Layering {
  const component = componentsOf(targets);
  const between = edgesBetween(targets, component);
  const layer = longestPaths(between);
  const isEntered = new Set(between.flatMap((far) => [...far]));
  const start = component[first];
  between.forEach((far, one) => {
    if (isEntered.has(one) || one === start || far.size === 0) return;
    layer[one] = Math.min(...[...far].map((other) => layer[other] ?? 0)) - 1;
  });
  return { layer: component.map((one) => layer[one] ?? 0), component };
}

function edgesBetween(targets: Targets, component: readonly number[]): Set<number>[] {
  const between = Array.from({ length: Math.max(-1, ...component) + 1 }, () => new Set<number>());
  targets.forEach((far, vertex) => {
    const own = component[vertex] ?? 0;
    for (const target of far) {
      const other = component[target] ?? 0;
      if (other !== own) between[own]?.add(other);
    }
  });
  return between;
}

/** What points to a component has a larger number: so they are gone through from the largest. */
function longestPaths(between: readonly ReadonlySet<number>[]): number[] {
  const layer = new Array<number>(between.length).fill(0);
  for (let one = between.length - 1; one >= 0; one -= 1) {
    for (const other of between[one] ?? []) {
      layer[other] = Math.max(layer[other] ?? 0, (layer[one] ?? 0) + 1);
    }
  }
  return layer;
}
