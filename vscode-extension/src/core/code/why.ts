/** What `spawnctl why` says of a file, as a list to choose from. */

import { basename } from 'node:path';
import { isFields, number, text, texts } from '../json';

export interface Explanation {
  readonly path: string;
  /** What the file is to the application, in phrases; none: it is not watched. */
  readonly kinds: readonly string[];
  readonly ignored: string;
  readonly advice: string;
  readonly names: readonly string[];
  readonly chain: readonly string[];
  readonly importers: readonly string[];
  readonly effect: string;
  readonly affected: readonly string[];
  readonly modules: number;
  readonly source: string;
}

/** A line of the list.  What has a file opens it. */
export type Entry =
  | { readonly is: 'heading'; readonly label: string }
  | { readonly is: 'fact'; readonly label: string; readonly detail: string; readonly icon: string }
  | { readonly is: 'module'; readonly label: string; readonly file: string | undefined };

export interface Answer {
  readonly title: string;
  readonly entries: readonly Entry[];
  /** Whether a save concerns modules, that the graph can show. */
  readonly module: string | undefined;
}

export function explanationOf(told: unknown): Explanation | undefined {
  if (!isFields(told) || typeof told.path !== 'string' || !Array.isArray(told.kinds)) {
    return undefined;
  }
  return {
    path: told.path,
    kinds: texts(told.kinds),
    ignored: text(told.ignored),
    advice: text(told.advice),
    names: texts(told.names),
    chain: texts(told.chain),
    importers: texts(told.importers),
    effect: text(told.effect),
    affected: texts(told.affected),
    modules: number(told.modules),
    source: text(told.source),
  };
}

/** `files`: of the modules, by their names. */
export function answerTo(told: Explanation, files: ReadonlyMap<string, string>): Answer {
  const name = basename(told.path);
  if (told.kinds.length === 0) {
    const entries: Entry[] = [
      { is: 'fact', label: sentence(told.ignored), detail: '', icon: 'eye-closed' },
    ];
    if (told.advice) {
      entries.push({ is: 'fact', label: sentence(told.advice), detail: '', icon: 'lightbulb' });
    }
    return { title: `${name} is not watched`, entries, module: undefined };
  }
  const listed = (label: string, modules: readonly string[]): Entry[] =>
    modules.length === 0
      ? []
      : [
          { is: 'heading', label },
          ...modules.map((one): Entry => ({ is: 'module', label: one, file: files.get(one) })),
        ];
  const way = told.chain.length > 2 ? told.chain.slice(1) : [];
  const listedAlready = new Set([...told.names, ...told.importers, ...way]);
  return {
    title: `${name} is watched: ${told.kinds.join('; ')}`,
    entries: [
      {
        is: 'fact',
        label: effectOf(told),
        detail: told.source && `It starts from ${told.source}.`,
        icon: iconOf(told),
      },
      ...listed('imported by', told.importers),
      ...listed('way to the application', way),
      ...listed(
        'executed anew as well',
        told.affected.filter((one) => !listedAlready.has(one)),
      ),
    ],
    module: told.names[0],
  };
}

function effectOf(told: Explanation): string {
  if (told.effect === 'refresh')
    return 'A save refreshes the pages in browsers; no module runs anew.';
  if (told.effect !== 'reload') return 'A save does nothing.';
  if (told.affected.length === 0) return 'A save starts a new generation.';
  const of = `${told.affected.length} of ${counted(told.modules, 'module', 'modules')}`;
  return `A save starts a new generation; it concerns ${of} of the project.`;
}

function iconOf(told: Explanation): string {
  return told.effect === 'reload' ? 'refresh' : 'browser';
}

function counted(amount: number, one: string, many: string): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

function sentence(said: string): string {
  const begun = said.charAt(0).toUpperCase() + said.slice(1);
  return begun.endsWith('.') ? begun : `${begun}.`;
}
