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

interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** From this scale on, names can be read. */
const LEGIBLE = 0.8;
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

/** All of a drawing, or as much of it beside a box as can be read. */
export function begun(drawn: Size, box: Box | undefined, screen: Size): Viewport {
  const all = fitted(drawn, screen);
  if (all.scale >= LEGIBLE || !box) return all;
  const [width, height] = [drawn.width * LEGIBLE, drawn.height * LEGIBLE];
  const within = (at: number, size: number, end: number): number =>
    size <= end ? (end - size) / 2 : Math.min(BORDER, Math.max(end - BORDER - size, end / 2 - at));
  return {
    x: within((box.x + box.width / 2) * LEGIBLE, width, screen.width),
    y: within((box.y + box.height / 2) * LEGIBLE, height, screen.height),
    scale: LEGIBLE,
  };
}

/** Larger or smaller, while a point of the screen stays where it is. */
export function zoomed(view: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, view.scale * factor));
  const ratio = scale / view.scale;
  return { x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio, scale };
}

/** Moved as little as it takes for a box to be seen, and large enough to be read. */
export function showing(view: Viewport, box: Box, screen: Size): Viewport {
  const scale = Math.max(view.scale, LEGIBLE);
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
