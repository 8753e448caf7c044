/**
 * The panel of the module graph.
 *
 * What can be thought out without a page stands in core/graph; here it is shown, and keys and
 * clicks are heard.
 */

import { type Ties, found, labelOf, sentenceOn, tiesOf } from '../core/graph/about';
import type { Drawing } from '../core/graph/drawing';
import { type Layout, type PlacedBox, layoutOf } from '../core/graph/layout';
import type { FromPage, ToPage } from '../core/graph/messages';
import { type Direction, nextBox } from '../core/graph/moving';
import {
  type Shown,
  type View,
  closedAtFirst,
  openedFor,
  packageAround,
  packagesOf,
  viewOf,
} from '../core/graph/packages';
import { type Viewport, begun, fitted, showing, zoomed } from '../core/graph/viewport';
import { Canvas, measure } from './canvas';
import { hearPointer } from './pointer';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const STEP = 1.25;
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

const editor = acquireVsCodeApi();
const element = (id: string): HTMLElement => document.getElementById(id) ?? document.body;
const stage = element('stage');
const search = element('search') as HTMLInputElement;
const canvas = new Canvas();
stage.append(canvas.svg);

let drawing: Drawing = { application: '', nodes: [], edges: [] };
let closed = new Set<string>();
let view: View = viewOf(drawing, closed);
let layout: Layout = layoutOf([], [], '');
let shown = new Map<string, Shown>();
let chosen: string | undefined;
let viewport: Viewport = { x: 0, y: 0, scale: 1 };
let matches: string[] = [];
/** The user has zoomed or moved it. */
let isMoved = false;

// ------------------------------------------------------------ what is drawn

function take(next: Drawing, select: string): void {
  const isFirst = drawing.nodes.length === 0;
  drawing = next;
  if (isFirst) closed = closedAtFirst(drawing);
  const isKnown = drawing.nodes.some(({ name }) => name === select);
  if (isKnown) closed = openedFor(closed, select);
  arrange();
  if (isFirst) look(begun(layout, boxAt(view.boxOf.get(drawing.application)), screen()));
  if (isKnown) go(select);
}

function arrange(): void {
  view = viewOf(drawing, closed);
  shown = new Map(view.boxes.map((box) => [box.id, box]));
  const width = measure();
  const boxes = view.boxes.map((box) => ({
    id: box.id,
    width: width(labelOf(box), box.id === drawing.application),
  }));
  layout = layoutOf(boxes, view.edges, view.boxOf.get(drawing.application) ?? '');
  const circles = new Map(drawing.nodes.map(({ name, cycle }) => [name, cycle]));
  canvas.draw(layout, shown, (box) => {
    if (box.isPackage) return 'package';
    if (box.id === drawing.application) return 'application';
    return circles.get(box.id) ? 'circle' : '';
  });
  if (chosen !== undefined && !shown.has(chosen)) chosen = view.boxOf.get(chosen);
  canvas.reach(chosen ?? layout.boxes[0]?.id ?? '');
  tell();
  seek();
}

function tell(): void {
  const box = chosen === undefined ? undefined : shown.get(chosen);
  const ties: Ties | undefined = box && tiesOf(drawing, view, box);
  canvas.tie(ties);
  const modules = drawing.nodes.length;
  element('about').textContent =
    box && ties
      ? sentenceOn(drawing, box, ties)
      : `${modules} modules, ${drawing.edges.length} imports. Choose one to see what a save of it runs anew.`;
  element('close').hidden = element('open').hidden = packagesOf(drawing).length === 0;
}

function choose(id: string | undefined): void {
  chosen = id;
  if (id !== undefined) canvas.reach(id);
  tell();
}

/** Goes to a module, which is opened for that, or to a box. */
function go(id: string): void {
  if (!shown.has(id)) {
    closed = openedFor(closed, id);
    arrange();
  }
  choose(id);
  const placed = boxAt(id);
  if (placed) look(showing(viewport, placed, screen()));
  canvas.focus(id);
}

/** Goes to a box of a drawing that is another one now. */
function goAnew(id: string): void {
  look(begun(layout, boxAt(id), screen()));
  go(id);
}

// ------------------------------------------------------------ what is done

function act(id: string): void {
  const box = shown.get(id);
  if (box?.isPackage) {
    closed = new Set([...closed].filter((name) => name !== id));
    arrange();
    const inside = box.modules.map((name) => view.boxOf.get(name) ?? name)[0];
    if (inside !== undefined) goAnew(inside);
    return;
  }
  choose(id);
  const file = drawing.nodes.find(({ name }) => name === id)?.file;
  if (file) editor.postMessage({ is: 'open', file });
}

function closeAround(id: string): void {
  const name = packageAround(drawing, id);
  if (name === undefined) return;
  closed = new Set([...closed, name]);
  arrange();
  goAnew(view.boxOf.get(id) ?? name);
}

function closeAll(names: readonly string[]): void {
  closed = new Set(names);
  arrange();
  fit();
}

function seek(): void {
  matches = found(drawing, search.value);
  canvas.match(new Set(matches.map((name) => view.boxOf.get(name) ?? name)));
  const none = search.value.trim() === '' ? '' : 'no module';
  element('said').textContent = matches.length > 0 ? `${matches.length} found` : none;
}

function boxAt(id: string | undefined): PlacedBox | undefined {
  return layout.boxes.find((box) => box.id === id);
}

function screen(): { width: number; height: number } {
  return { width: stage.clientWidth, height: stage.clientHeight };
}

function look(next: Viewport): void {
  viewport = next;
  canvas.move(next.x, next.y, next.scale);
}

function fit(): void {
  isMoved = false;
  look(fitted(layout, screen()));
}

function zoom(factor: number, at = { x: stage.clientWidth / 2, y: stage.clientHeight / 2 }): void {
  isMoved = true;
  look(zoomed(viewport, factor, at));
}

// ------------------------------------------------------------ what is heard

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.is === 'drawing') take(data.drawing, data.select);
  else element('about').textContent = data.sentence;
});

const idAt = (target: EventTarget | null): string | undefined =>
  target instanceof Element ? target.closest<SVGElement>('.box')?.dataset.id : undefined;

hearPointer(stage, {
  pan: (x, y) => {
    isMoved = true;
    look({ ...viewport, x: viewport.x + x, y: viewport.y + y });
  },
  zoom,
  click: (target) => {
    const id = idAt(target);
    if (id === undefined) choose(undefined);
    else act(id);
  },
});

const KEYS: Readonly<Record<string, (id: string | undefined) => void>> = {
  Enter: (id) => {
    if (id !== undefined) act(id);
  },
  ' ': (id) => {
    choose(id);
  },
  Backspace: (id) => {
    if (id !== undefined) closeAround(id);
  },
  Escape: () => {
    choose(undefined);
  },
  '/': () => {
    search.focus();
  },
  '+': () => {
    zoom(STEP);
  },
  '=': () => {
    zoom(STEP);
  },
  '-': () => {
    zoom(1 / STEP);
  },
  '0': () => {
    fit();
  },
};

document.addEventListener('keydown', (event) => {
  const isTyping =
    event.target instanceof HTMLInputElement || event.target instanceof HTMLButtonElement;
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const id = idAt(event.target);
  const direction = ARROWS[event.key];
  if (direction) {
    const next = nextBox(layout, id ?? chosen ?? layout.boxes[0]?.id ?? '', direction);
    if (next !== undefined) go(next);
  } else if (Object.hasOwn(KEYS, event.key)) KEYS[event.key]?.(id);
  else return;
  event.preventDefault();
});

new ResizeObserver(() => {
  const placed = boxAt(chosen ?? view.boxOf.get(drawing.application));
  // As it was left, but for what is chosen: that is still to be seen beside an opened file.
  if (!isMoved) look(begun(layout, placed, screen()));
  else if (chosen !== undefined && placed) look(showing(viewport, placed, screen()));
}).observe(stage);

search.addEventListener('input', seek);
search.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || matches.length === 0) return;
  const at = chosen === undefined ? -1 : matches.indexOf(chosen);
  const step = event.shiftKey ? -1 : 1;
  const next = matches[(at + step + matches.length) % matches.length];
  if (next === undefined) return;
  go(next);
  search.focus();
});
element('close').addEventListener('click', () => {
  closeAll(packagesOf(drawing));
});
element('open').addEventListener('click', () => {
  closeAll([]);
});
element('smaller').addEventListener('click', () => {
  zoom(1 / STEP);
});
element('larger').addEventListener('click', () => {
  zoom(STEP);
});
element('fit').addEventListener('click', fit);
editor.postMessage({ is: 'ready' });
