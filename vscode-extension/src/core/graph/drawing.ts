/** The module graph as `spawnctl graph --format json` tells it, and what follows from it. */

import { isFields } from '../json';

export interface Module {
  readonly name: string;
  /** Its whole path; empty where it has none. */
  readonly file: string;
  /** Modules with the same number import each other in a circle; 0: no circle. */
  readonly cycle: number;
}

export interface Import {
  readonly importer: string;
  readonly imported: string;
}

export interface Drawing {
  readonly application: string;
  readonly nodes: readonly Module[];
  readonly edges: readonly Import[];
}

/** `folder` is where the server was started: files below it are named from there. */
export function drawingOf(told: unknown, folder: string): Drawing | undefined {
  if (!isFields(told)) return undefined;
  const { application, nodes, edges } = told;
  if (typeof application !== 'string' || !Array.isArray(nodes) || !Array.isArray(edges)) {
    return undefined;
  }
  const modules = nodes.filter(isModule);
  const known = new Set(modules.map((module) => module.name));
  return {
    application,
    nodes: modules.map((one) => ({ ...one, file: whole(one.file, folder) })),
    edges: edges
      .filter(isImport)
      .filter(({ importer, imported }) => known.has(importer) && known.has(imported)),
  };
}

/** Which modules are executed anew after a save of one: those that import it, however far. */
export function concernedBy(drawing: Drawing, saved: string): Set<string> {
  const importers = new Map<string, string[]>();
  for (const { importer, imported } of drawing.edges) {
    const found = importers.get(imported);
    if (found) found.push(importer);
    else importers.set(imported, [importer]);
  }
  const concerned = new Set([saved]);
  for (const name of concerned) {
    for (const importer of importers.get(name) ?? []) concerned.add(importer);
  }
  return concerned;
}

function whole(file: string, folder: string): string {
  return file === '' || file.startsWith('/') ? file : `${folder}/${file}`;
}

function isModule(told: unknown): told is Module {
  if (!isFields(told)) return false;
  const { name, file, cycle } = told;
  return typeof name === 'string' && typeof file === 'string' && typeof cycle === 'number';
}

function isImport(told: unknown): told is Import {
  if (!isFields(told)) return false;
  const { importer, imported } = told;
  return typeof importer === 'string' && typeof imported === 'string';
}
