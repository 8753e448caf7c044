/**
 * Where the boxes and lines of a graph are drawn: columns from left to right, in the direction
 * of the edges.
 *
 * An edge over several columns goes through a point in each of those between.  All edges to one
 * box share these points, so that what many import has one thick line and not a hundred.
 */

import { layersOf } from './layers';
import { ordered } from './ordering';
import { placed } from './placing';

export interface Box {
  readonly id: string;
  readonly width: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Of which column it is, and its place there. */
  readonly column: number;
  readonly row: number;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  /** The two boxes are of one circle: the line bends back. */
  readonly isCircular: boolean;
  readonly points: readonly Point[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

export const BOX_HEIGHT = 26;
const ROOM = BOX_HEIGHT + 10;
const LANE = 8;
const STRAIGHT = 4;
const GAP = 52;
const MARGIN = 24;

/** `first` is in the first column; edges name boxes by their ids. */
export function layoutOf(
  boxes: readonly Box[],
  edges: readonly (readonly [string, string])[],
  first: string,
): Layout {
  const number = new Map(boxes.map((box, at) => [box.id, at]));
  const pairs = unique(edges, number);
  const targets = boxes.map((): number[] => []);
  for (const [from, to] of pairs) targets[from]?.push(to);
  const { layer, component } = layersOf(targets, number.get(first) ?? 0);
  const web = woven(pairs, layer, component);
  const columns = ordered({ columns: web.columns, edges: web.edges, group: web.group });
  const isBox = (vertex: number): boolean => vertex < boxes.length;
  const vertices = web.group.map((_, vertex) => vertex);
  const middles = placed({
    columns,
    edges: web.edges,
    heights: vertices.map((vertex) => (isBox(vertex) ? ROOM : LANE)),
    weights: vertices.map((vertex) => (isBox(vertex) ? 1 : STRAIGHT)),
  });
  const lefts = leftsOf(columns, boxes);
  const shown = boxesAt(columns, boxes, middles, lefts);
  const over = (vertex: number): Point[] => across(lefts[web.layer[vertex] ?? 0], middles[vertex]);
  const last = lefts.at(-1);
  return {
    width: (last ? last.x + last.width : 0) + MARGIN,
    height: Math.max(0, ...shown.map((box) => box.y + box.height)) + MARGIN,
    boxes: shown,
    edges: pairs.map(([from, to]) => {
      const ends = [shown[from], shown[to]] as [PlacedBox, PlacedBox];
      const isCircular = component[from] === component[to];
      return isCircular ? bentBack(...ends) : through(...ends, web.between(from, to).flatMap(over));
    }),
  };
}

/** Straight over a column, so that a line bends between columns only, where no box is. */
function across({ x, width }: Left = { x: 0, width: 0 }, middle = 0): Point[] {
  const y = middle + MARGIN;
  return [
    { x, y },
    { x: x + width, y },
  ];
}

function unique(
  edges: readonly (readonly [string, string])[],
  number: ReadonlyMap<string, number>,
): [number, number][] {
  const found = new Map<string, [number, number]>();
  for (const [from, to] of edges) {
    const pair = [number.get(from), number.get(to)];
    if (pair[0] === undefined || pair[1] === undefined || pair[0] === pair[1]) continue;
    found.set(pair.join(' '), [pair[0], pair[1]]);
  }
  return [...found.values()];
}

interface Web {
  readonly columns: readonly (readonly number[])[];
  readonly layer: readonly number[];
  readonly group: readonly number[];
  /** From each column to the next. */
  readonly edges: readonly (readonly [number, number])[];
  /** The points that an edge goes through. */
  between(from: number, to: number): readonly number[];
}

/** Puts points into the columns that edges go over. */
function woven(
  pairs: readonly (readonly [number, number])[],
  layers: readonly number[],
  component: readonly number[],
): Web {
  const layer = [...layers];
  const group = [...component];
  const lanes = new Map<string, number>();
  const edges = new Map<string, readonly [number, number]>();
  let groups = Math.max(-1, ...component) + 1;
  const lane = (to: number, column: number): number => {
    const key = `${to} ${column}`;
    const vertex = lanes.get(key) ?? layer.length;
    if (!lanes.has(key)) {
      lanes.set(key, vertex);
      layer.push(column);
      group.push(groups);
      groups += 1;
    }
    return vertex;
  };
  const between = (from: number, to: number): number[] => {
    const [begin, end] = [layers[from] ?? 0, layers[to] ?? 0];
    return Array.from({ length: Math.max(0, end - begin - 1) }, (_, at) =>
      lane(to, begin + 1 + at),
    );
  };
  for (const [from, to] of pairs) {
    if (component[from] === component[to]) continue;
    const way = [from, ...between(from, to), to];
    way.slice(1).forEach((far, at) => {
      const near = way[at] ?? from;
      edges.set(`${near} ${far}`, [near, far]);
    });
  }
  const columns = Array.from({ length: Math.max(-1, ...layer) + 1 }, (): number[] => []);
  layer.forEach((column, vertex) => columns[column]?.push(vertex));
  return { columns, layer, group, edges: [...edges.values()], between };
}

interface Left {
  readonly x: number;
  readonly width: number;
}

function leftsOf(columns: readonly (readonly number[])[], boxes: readonly Box[]): Left[] {
  let x = MARGIN;
  return columns.map((column) => {
    const width = Math.max(0, ...column.map((vertex) => boxes[vertex]?.width ?? 0));
    const left = { x, width };
    x += width + GAP;
    return left;
  });
}

/** In the order of `boxes`. */
function boxesAt(
  columns: readonly (readonly number[])[],
  boxes: readonly Box[],
  middles: readonly number[],
  lefts: readonly Left[],
): PlacedBox[] {
  const found: PlacedBox[] = [];
  columns.forEach((column, at) => {
    const inColumn = column.filter((vertex) => vertex < boxes.length);
    inColumn.forEach((vertex, row) => {
      const box = boxes[vertex];
      if (!box) return;
      found[vertex] = {
        ...box,
        x: lefts[at]?.x ?? 0,
        y: (middles[vertex] ?? 0) - BOX_HEIGHT / 2 + MARGIN,
        height: BOX_HEIGHT,
        column: at,
        row,
      };
    });
  });
  return found;
}

function through(from: PlacedBox, to: PlacedBox, way: readonly Point[]): PlacedEdge {
  const begin = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  return { from: from.id, to: to.id, isCircular: false, points: [begin, ...way, end] };
}

function bentBack(from: PlacedBox, to: PlacedBox): PlacedEdge {
  const begin = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x + to.width, y: to.y + to.height / 2 };
  const out = Math.max(begin.x, end.x) + 14 + Math.min(GAP / 2, Math.abs(begin.y - end.y) / 6);
  const bend = [
    { x: out, y: begin.y },
    { x: out, y: end.y },
  ];
  return { from: from.id, to: to.id, isCircular: true, points: [begin, ...bend, end] };
}

/** The line of an edge in the language of SVG. */
export function pathOf(edge: PlacedEdge): string {
  const [begin, ...rest] = edge.points;
  if (!begin) return '';
  if (edge.isCircular) {
    return `M${written(begin)} C${rest.map(written).join(' ')}`;
  }
  let from = begin;
  const pieces = rest.map((to) => {
    const half = (from.x + to.x) / 2;
    const piece = `C${written({ x: half, y: from.y })} ${written({ x: half, y: to.y })} ${written(to)}`;
    from = to;
    return piece;
  });
  return `M${written(begin)} ${pieces.join(' ')}`;
}

function written({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
