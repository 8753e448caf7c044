/**
 * Which modules of a large graph are drawn as one box: those of a package that is closed.
 *
 * A package is named by its dotted name; the module of that name, its `__init__`, is part of it.
 */

import type { Drawing } from './drawing';

/** As many boxes as can be looked at at once. */
export const MANY = 60;
/** So few tell nothing. */
const FEW = 4;

export interface Shown {
  readonly id: string;
  /** The modules that it stands for: one, or those of a closed package. */
  readonly modules: readonly string[];
  readonly isPackage: boolean;
}

export interface View {
  readonly boxes: readonly Shown[];
  readonly edges: readonly (readonly [string, string])[];
  /** The box that shows a module, by its name. */
  readonly boxOf: ReadonlyMap<string, string>;
}

/** The packages with more than one module, the outer ones first. */
export function packagesOf(drawing: Drawing): string[] {
  const sizes = new Map<string, number>();
  for (const { name } of drawing.nodes) {
    for (const above of [...outerOf(name), name]) sizes.set(above, (sizes.get(above) ?? 0) + 1);
  }
  return [...sizes]
    .filter(([, size]) => size > 1)
    .map(([name]) => name)
    .sort((one, other) => depth(one) - depth(other) || (one < other ? -1 : 1));
}

/**
 * The packages that are closed at first: they are opened from outside in, all of one depth or
 * none, while there is room.
 */
export function closedAtFirst(drawing: Drawing, many = MANY): Set<string> {
  let closed = new Set(packagesOf(drawing));
  if (drawing.nodes.length <= many) return new Set();
  while (closed.size > 0) {
    const outermost = Math.min(...[...closed].map(depth));
    const opened = new Set([...closed].filter((name) => depth(name) > outermost));
    if (countOf(drawing, closed) > FEW && countOf(drawing, opened) > many) break;
    closed = opened;
  }
  return closed;
}

export function viewOf(drawing: Drawing, closed: ReadonlySet<string>): View {
  const boxOf = new Map(drawing.nodes.map(({ name }) => [name, shownAs(name, closed)]));
  const modules = new Map<string, string[]>();
  for (const [name, box] of boxOf) {
    const found = modules.get(box);
    if (found) found.push(name);
    else modules.set(box, [name]);
  }
  const edges = new Map<string, readonly [string, string]>();
  for (const { importer, imported } of drawing.edges) {
    const pair = [boxOf.get(importer) ?? importer, boxOf.get(imported) ?? imported] as const;
    if (pair[0] !== pair[1]) edges.set(pair.join('\n'), pair);
  }
  return {
    boxes: [...modules].map(([id, inside]) => ({
      id,
      modules: inside,
      isPackage: closed.has(id),
    })),
    edges: [...edges.values()],
    boxOf,
  };
}

/** Opened so that a module is seen by itself. */
export function openedFor(closed: ReadonlySet<string>, module: string): Set<string> {
  const around = new Set([...outerOf(module), module]);
  return new Set([...closed].filter((name) => !around.has(name)));
}

/** The package that can be closed around a module; undefined where there is none. */
export function packageAround(drawing: Drawing, module: string): string | undefined {
  const packages = new Set(packagesOf(drawing));
  return [...outerOf(module), module].reverse().find((name) => packages.has(name));
}

function countOf(drawing: Drawing, closed: ReadonlySet<string>): number {
  return new Set(drawing.nodes.map(({ name }) => shownAs(name, closed))).size;
}

function shownAs(name: string, closed: ReadonlySet<string>): string {
  return [...outerOf(name), name].find((above) => closed.has(above)) ?? name;
}

/** `a` and `a.b` of `a.b.c`. */
function outerOf(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('.'));
}

function depth(name: string): number {
  return name.split('.').length;
}
