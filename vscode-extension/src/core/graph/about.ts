/** What is said of a box of the module graph, and how it is found. */

import { type Drawing, concernedBy } from './drawing';
import type { Shown, View } from './packages';

/** What stands on a box. */
export function labelOf(box: Shown): string {
  return box.isPackage ? `${box.id}  (${box.modules.length})` : box.id;
}

/** What is said of it to those who listen. */
export function spokenOf(box: Shown): string {
  return box.isPackage ? `${box.id}, closed package of ${counted(box.modules.length)}` : box.id;
}

/** How a box is shown beside one that is chosen. */
export type Tie = 'self' | 'concerned' | 'imported' | 'none';

export interface Ties {
  readonly of: ReadonlyMap<string, Tie>;
  /** How many modules a save concerns. */
  readonly concerned: number;
}

/** What a save of the modules of a box concerns, and what they import. */
export function tiesOf(drawing: Drawing, view: View, chosen: Shown): Ties {
  const concerned = new Set(chosen.modules.flatMap((name) => [...concernedBy(drawing, name)]));
  const inside = new Set(chosen.modules);
  const of = new Map<string, Tie>(view.boxes.map(({ id }) => [id, 'none']));
  for (const { importer, imported } of drawing.edges) {
    const box = view.boxOf.get(imported);
    if (inside.has(importer) && box !== undefined) of.set(box, 'imported');
  }
  for (const name of concerned) of.set(view.boxOf.get(name) ?? name, 'concerned');
  of.set(chosen.id, 'self');
  return { of, concerned: concerned.size };
}

/** One or two sentences on a box. */
export function sentenceOn(drawing: Drawing, chosen: Shown, ties: Ties): string {
  const inside = new Set(chosen.modules);
  const outside = (names: readonly string[]): number =>
    new Set(names.filter((name) => !inside.has(name))).size;
  const edges = drawing.edges;
  const importers = outside(edges.filter((e) => inside.has(e.imported)).map((e) => e.importer));
  const imports = outside(edges.filter((e) => inside.has(e.importer)).map((e) => e.imported));
  const all = drawing.nodes.length;
  const saved = chosen.modules.length > 1 ? 'A save of all its modules' : 'A save';
  const name = chosen.isPackage ? `${chosen.id}, ${counted(chosen.modules.length)}` : chosen.id;
  const circle = drawing.nodes.find((node) => node.name === chosen.id)?.cycle ?? 0;
  const said = [
    `${name}: imported by ${importers || 'none'}, imports ${imports || 'none'}.`,
    `${saved} runs ${ties.concerned} of ${counted(all)} anew.`,
  ];
  if (circle > 0 && !chosen.isPackage) said.splice(1, 0, 'It is part of a circle.');
  return said.join(' ');
}

/** The modules whose name has these letters: first those that end with them, then the shorter. */
export function found(drawing: Drawing, letters: string): string[] {
  const wanted = letters.trim().toLowerCase();
  if (wanted === '') return [];
  const rank = (name: string): number => (name.toLowerCase().endsWith(wanted) ? 0 : 1);
  return drawing.nodes
    .map(({ name }) => name)
    .filter((name) => name.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one) - rank(other) || one.length - other.length);
}

function counted(modules: number): string {
  return modules === 1 ? '1 module' : `${modules} modules`;
}
