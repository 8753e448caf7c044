/** Circles of a directed graph: sets of vertices that reach each other. */

/** Edges by the number of the vertex that they leave. */
export type Targets = readonly (readonly number[])[];

/**
 * Returns for each vertex the number of its component.  A component that is reached from another
 * one has the smaller number.
 */
export function componentsOf(targets: Targets): number[] {
  const search = new Search(targets);
  targets.forEach((_, vertex) => {
    search.explore(vertex);
  });
  return search.component;
}

const UNSEEN = -1;

/** Tarjan's, with a stack of its own: a chain of imports may be long. */
class Search {
  readonly component: number[];
  private readonly index: number[];
  private readonly low: number[];
  private readonly open: number[] = [];
  private counted = 0;
  private components = 0;

  constructor(private readonly targets: Targets) {
    this.component = targets.map(() => UNSEEN);
    this.index = targets.map(() => UNSEEN);
    this.low = targets.map(() => 0);
  }

  explore(top: number): void {
    if (this.index[top] !== UNSEEN) return;
    this.enter(top);
    const path = [{ vertex: top, next: 0 }];
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const { vertex } = step;
      const target = this.targets[vertex]?.[step.next];
      step.next += 1;
      if (target === undefined) {
        path.pop();
        this.leave(vertex);
        const above = path.at(-1)?.vertex;
        if (above !== undefined) this.reach(above, this.low[vertex]);
      } else if (this.index[target] === UNSEEN) {
        this.enter(target);
        path.push({ vertex: target, next: 0 });
      } else if (this.component[target] === UNSEEN) {
        this.reach(vertex, this.index[target]);
      }
    }
  }

  private enter(vertex: number): void {
    this.index[vertex] = this.low[vertex] = this.counted;
    this.counted += 1;
    this.open.push(vertex);
  }

  private reach(vertex: number, low = 0): void {
    this.low[vertex] = Math.min(this.low[vertex] ?? 0, low);
  }

  private leave(vertex: number): void {
    if (this.low[vertex] !== this.index[vertex]) return;
    for (let member = UNSEEN; member !== vertex;) {
      member = this.open.pop() ?? vertex;
      this.component[member] = this.components;
    }
    this.components += 1;
  }
}
