/** Draws a layout as SVG; nothing is read as markup. */

import { type Layout, type PlacedBox, pathOf } from '../core/graph/layout';
import { type Ties, labelOf, spokenOf } from '../core/graph/about';
import type { Shown } from '../core/graph/packages';

const SVG = 'http://www.w3.org/2000/svg';
const PADDING = 10;
const HELP =
  'Modules; arrow keys lead from one to the next, Enter opens it, Backspace closes its package';

type Attributes = Readonly<Record<string, string | number>>;

function made(tag: string, attributes: Attributes, ...children: Node[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** How wide the box of a label is, in the font that it is shown in. */
export function measure(): (label: string, isBold: boolean) => number {
  const pen = document.createElement('canvas').getContext('2d');
  const { fontSize, fontFamily } = getComputedStyle(document.body);
  return (label, isBold) => {
    if (!pen) return 7 * label.length + 2 * PADDING;
    pen.font = `${isBold ? 700 : 400} ${fontSize} ${fontFamily}`;
    return Math.ceil(pen.measureText(label).width) + 2 * PADDING;
  };
}

export class Canvas {
  readonly svg = made('svg', { class: 'graph', role: 'group', 'aria-label': HELP });
  private readonly moved = made('g', {});
  private readonly boxes = new Map<string, SVGElement>();
  private readonly lines: { element: SVGElement; from: string; to: string }[] = [];

  constructor() {
    this.svg.append(arrows(), this.moved);
  }

  draw(layout: Layout, shown: ReadonlyMap<string, Shown>, marks: (box: Shown) => string): void {
    this.boxes.clear();
    this.lines.length = 0;
    const below = layout.edges.map((edge) => {
      const kind = edge.isCircular ? 'line circular' : 'line';
      const element = made('path', { class: kind, d: pathOf(edge), 'marker-end': 'url(#arrow)' });
      this.lines.push({ element, from: edge.from, to: edge.to });
      return element;
    });
    const above = layout.boxes.flatMap((placed) => {
      const box = shown.get(placed.id);
      if (!box) return [];
      const element = boxOf(placed, box, marks(box));
      this.boxes.set(placed.id, element);
      return [element];
    });
    this.moved.replaceChildren(...below, ...above);
  }

  /** Shows what belongs to a box that is chosen; undefined: none is. */
  tie(ties: Ties | undefined): void {
    this.svg.classList.toggle('has-chosen', ties !== undefined);
    for (const [id, element] of this.boxes) {
      const tie = ties?.of.get(id) ?? '';
      element.dataset.tie = tie;
      element.setAttribute('aria-pressed', String(tie === 'self'));
    }
    const isLive = (tie: string | undefined): boolean => tie === 'self' || tie === 'concerned';
    for (const { element, from, to } of this.lines) {
      const ends = [ties?.of.get(from), ties?.of.get(to)];
      const isCause = isLive(ends[0]) && isLive(ends[1]);
      element.dataset.tie = isCause ? 'concerned' : ends[0] === 'self' ? 'imported' : '';
    }
  }

  match(ids: ReadonlySet<string>): void {
    for (const [id, element] of this.boxes) element.classList.toggle('found', ids.has(id));
  }

  move(x: number, y: number, scale: number): void {
    this.moved.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
  }

  /** Makes a box the one that Tab leads to. */
  reach(id: string): void {
    for (const [one, element] of this.boxes)
      element.setAttribute('tabindex', one === id ? '0' : '-1');
  }

  focus(id: string): void {
    this.reach(id);
    this.boxes.get(id)?.focus({ preventScroll: true });
  }
}

function boxOf(placed: PlacedBox, box: Shown, mark: string): SVGElement {
  const { width, height } = placed;
  const label = labelOf(box);
  const pieces: Node[] = [made('rect', { width, height, rx: 4 })];
  // A package looks like several sheets.
  if (box.isPackage)
    pieces.unshift(made('rect', { x: 4, y: 4, width, height, rx: 4, class: 'under' }));
  const text = made('text', { x: PADDING, y: height / 2, 'dominant-baseline': 'central' });
  text.textContent = label;
  const title = made('title', {});
  title.textContent = box.isPackage ? `${label}: click to open` : box.id;
  return made(
    'g',
    {
      class: `box ${mark}`.trim(),
      transform: `translate(${placed.x} ${placed.y})`,
      'data-id': box.id,
      tabindex: -1,
      role: 'button',
      'aria-label': spokenOf(box),
    },
    title,
    ...pieces,
    text,
  );
}

function arrows(): SVGElement {
  const size = { viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 8, markerHeight: 8 };
  const tip = made('path', { d: 'M0,0.8 L8,4 L0,7.2 z' });
  return made(
    'defs',
    {},
    made('marker', { id: 'arrow', orient: 'auto', markerUnits: 'userSpaceOnUse', ...size }, tip),
  );
}
