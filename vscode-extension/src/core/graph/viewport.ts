/** Zoom and pan of a drawing: where its points are on the screen. */

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const SMALLEST = 0.08;
const LARGEST = 3;
const BORDER = 12;

/** So that all of a drawing is seen, but never larger than it is. */
export function fitted(drawn: Size, screen: Size): Viewport {
  const room = { width: screen.width - 2 * BORDER, height: screen.height - 2 * BORDER };
  const ratio = Math.min(room.width / drawn.width, room.height / drawn.height, 1);
  const scale = Math.max(SMALLEST, ratio);
  return {
    x: Math.max(BORDER, (screen.width - drawn.width * scale) / 2),
    y: Math.max(BORDER, (screen.height - drawn.height * scale) / 2),
    scale,
  };
}

/** Larger or smaller, while a point of the screen stays where it is. */
export function zoomed(view: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, view.scale * factor));
  const ratio = scale / view.scale;
  return { x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio, scale };
}

/** Moved as little as it takes for a box to be seen, and large enough to be read. */
export function showing(
  view: Viewport,
  box: Size & { readonly x: number; readonly y: number },
  screen: Size,
): Viewport {
  const scale = Math.max(view.scale, 0.6);
  const grown =
    scale === view.scale
      ? view
      : zoomed(view, scale / view.scale, { x: screen.width / 2, y: screen.height / 2 });
  const [left, top] = [box.x * scale + grown.x, box.y * scale + grown.y];
  const dx = outside(left, left + box.width * scale, screen.width);
  const dy = outside(top, top + box.height * scale, screen.height);
  return { x: grown.x - dx, y: grown.y - dy, scale };
}

function outside(low: number, high: number, end: number): number {
  if (low < BORDER) return low - BORDER;
  return high > end - BORDER ? Math.min(high - end + BORDER, low - BORDER) : 0;
}
