/** What of a tree has to be drawn again; pure. */

import type { Entry, Tree } from './tree';

/**
 * Which entries have to be drawn again, without those below them; undefined: all of it.
 *
 * One that gets its first child, or loses its last, is another to the editor, which would keep it
 * folded otherwise: it is drawn by the entry above it.
 */
export function changedIn(before: Tree, after: Tree): string[] | undefined {
  if (before.roots.join() !== after.roots.join()) {
    return undefined;
  }
  const changed = new Set<string>();
  for (const [id, entry] of after.entries) {
    const known = before.entries.get(id);
    if (known !== undefined && isLeaf(known) !== isLeaf(entry)) {
      changed.add(above(id));
    } else if (known !== undefined && !isSame(known, entry)) {
      changed.add(id);
    }
  }
  return changed.has('') ? undefined : outermost([...changed], after);
}

export function isLeaf(entry: Entry): boolean {
  return entry.children.length === 0;
}

/** An id begins with that of the entry above it; '' is above all servers. */
function above(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('/')));
}

function isSame(one: Entry, other: Entry): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** To draw an entry again draws those below it, so they need not be named. */
function outermost(ids: readonly string[], tree: Tree): string[] {
  const below = new Set<string>();
  const take = (id: string): void => {
    for (const child of tree.entries.get(id)?.children ?? []) {
      below.add(child);
      take(child);
    }
  };
  ids.forEach(take);
  return ids.filter((id) => !below.has(id));
}
