/** Where an arrow key leads from a box. */

import type { Layout, PlacedBox } from './layout';

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The box to go to, undefined: there is none that way. */
export function nextBox(layout: Layout, from: string, direction: Direction): string | undefined {
  const box = layout.boxes.find(({ id }) => id === from);
  if (!box) return undefined;
  switch (direction) {
    case 'up':
    case 'down': {
      const row = box.row + (direction === 'up' ? -1 : 1);
      return layout.boxes.find((one) => one.column === box.column && one.row === row)?.id;
    }
    case 'left':
      return aside(layout, box, (edge) => edge.to === from && edge.from, -1);
    case 'right':
      return aside(layout, box, (edge) => edge.from === from && edge.to, 1);
  }
}

/** Along an edge, to the box at the nearest height; else to the column there. */
function aside(
  layout: Layout,
  box: PlacedBox,
  end: (edge: Layout['edges'][number]) => string | false,
  step: number,
): string | undefined {
  const joined = new Set(layout.edges.map(end));
  const isThere = (one: PlacedBox): boolean => (one.column - box.column) * step > 0;
  const along = layout.boxes.filter((one) => isThere(one) && joined.has(one.id));
  const beside = layout.boxes.filter(isThere);
  const nearestColumn = beside.reduce<number | undefined>(
    (found, { column }) => (found === undefined || (column - found) * step < 0 ? column : found),
    undefined,
  );
  const among = along.length > 0 ? along : beside.filter((one) => one.column === nearestColumn);
  const distance = (one: PlacedBox): number => Math.abs(one.y - box.y);
  return [...among].sort((one, other) => distance(one) - distance(other))[0]?.id;
}
