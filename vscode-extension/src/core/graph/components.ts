/** Circles of a directed graph: sets of vertices that reach each other. */

/** Edges by the number of the vertex that they leave. */
export type Targets = readonly (readonly number[])[];

/**
 * Returns for each vertex the number of its component.  A component that is reached from another
 * one has the smaller number.
 *
 * By Tarjan, with a stack of its own: a chain of imports may be long.
 */
export function componentsOf(targets: Targets): number[] {
  const index = new Array<number>(targets.length).fill(-1);
  const low = new Array<number>(targets.length).fill(0);
  const component = new Array<number>(targets.length).fill(-1);
  const open: number[] = [];
  let counted = 0;
  let components = 0;

  const enter = (vertex: number): void => {
    index[vertex] = low[vertex] = counted;
    counted += 1;
    open.push(vertex);
  };
  const leave = (vertex: number): void => {
    if (low[vertex] !== index[vertex]) return;
    for (let member = -1; member !== vertex;) {
      member = open.pop() ?? vertex;
      component[member] = components;
    }
    components += 1;
  };

  for (let top = 0; top < targets.length; top += 1) {
    if (index[top] !== -1) continue;
    enter(top);
    const path = [{ vertex: top, next: 0 }];
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const { vertex } = step;
      const target = targets[vertex]?.[step.next];
      step.next += 1;
      if (target === undefined) {
        path.pop();
        leave(vertex);
        const above = path.at(-1)?.vertex;
        if (above !== undefined) low[above] = Math.min(low[above] ?? 0, low[vertex] ?? 0);
      } else if (index[target] === -1) {
        enter(target);
        path.push({ vertex: target, next: 0 });
      } else if (component[target] === -1) {
        low[vertex] = Math.min(low[vertex] ?? 0, index[target] ?? 0);
      }
    }
  }
  return component;
}
