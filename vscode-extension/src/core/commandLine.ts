/**
 * The command line of a server, out of the settings and of what was asked for.
 *
 * What pyproject.toml or the user's own arguments say is left alone: the command line would win
 * over pyproject.toml, so an option of ours stands there only where nobody has said anything.
 */

import { DEFAULT_FACTORY, type Application } from './application';
import type { Table } from './toml';

export interface LaunchSettings {
  /** `spawning.arguments` */
  readonly arguments: readonly string[];
  /** `spawning.port`; null: the server's own. */
  readonly port: number | null;
  /** `spawning.reload` */
  readonly reload: boolean;
  /** `spawning.backdoor` */
  readonly backdoor: boolean;
}

export interface Wanted {
  readonly coverage?: boolean;
  /** Instead of whatever the settings say. */
  readonly port?: number;
  /** How pages that show an error open the editor; '' leaves that to the server. */
  readonly editorUrl?: string;
}

/** The server's own. */
export const DEFAULT_PORT = 8080;

const SHORT: Readonly<Record<string, string>> = {
  '--reload': '-r',
  '--port': '-p',
  '--coverage': '-c',
  '--factory': '-f',
  '--host': '-i',
};

/** Returns what stands after `python -m spawning`. */
export function serverArguments(
  application: Application,
  settings: LaunchSettings,
  table: Table,
  wanted: Wanted,
): string[] {
  const typed = settings.arguments;
  const isOpen = (flag: string): boolean => !isTyped(typed, flag) && !(flag.slice(2) in table);
  const port = wanted.port ?? settings.port;
  return [
    ...(settings.reload && isOpen('--reload') ? ['--reload=dev'] : []),
    ...(isOpen('--status-port') ? ['--status-port=0'] : []),
    ...(isOpen('--status-host') ? ['--status-host=127.0.0.1'] : []),
    ...(settings.backdoor && isOpen('--backdoor') ? ['--backdoor=0'] : []),
    ...(wanted.coverage && isOpen('--coverage') ? ['--coverage'] : []),
    ...(wanted.editorUrl && isOpen('--editor-url') ? [`--editor-url=${wanted.editorUrl}`] : []),
    ...(wanted.port === undefined ? typed : withoutPort(typed)),
    ...(port !== null && (wanted.port !== undefined || !isTyped(typed, '--port'))
      ? [`--port=${port}`]
      : []),
    ...factoryOf(application, typed, table),
    ...(application.isConfigured ? [] : application.words),
  ];
}

/** Returns what a server was given on its command line; undefined where another program's stands there. */
export function argumentsIn(argv: readonly string[]): readonly string[] | undefined {
  let place = 1;
  for (let word = argv[place] ?? ''; word.startsWith('-') && word !== '-m';) {
    place += ['-X', '-W'].includes(word) ? 2 : 1;
    word = argv[place] ?? '';
  }
  const isModule = argv[place] === '-m';
  const [command = '', ...words] = argv.slice(isModule ? place + 1 : place);
  const isOurs = isModule ? command === 'spawning' : /(?:^|\/)spawn(?:ing)?$/.test(command);
  return isOurs ? words : undefined;
}

/** Returns whether another port can be asked for: an address of `--bind` is the user's own. */
export function canChangePort(settings: LaunchSettings): boolean {
  return !isTyped(settings.arguments, '--bind');
}

/** Returns the port that will be asked for; undefined: any, or no port at all. */
export function portOf(settings: LaunchSettings, table: Table, wanted: Wanted): number | undefined {
  const typed = settings.arguments.flatMap((word, place, all) => {
    const found = /^(?:--port=|-p=?)(\d+)$/.exec(word)?.[1];
    const next = word === '--port' || word === '-p' ? all[place + 1] : undefined;
    return found ?? next ?? [];
  });
  const isElsewhere = isTyped(settings.arguments, '--bind') || 'bind' in table;
  const said = wanted.port ?? (typed.length > 0 ? Number(typed.at(-1)) : settings.port);
  const written = typeof table.port === 'number' ? table.port : undefined;
  const port = said ?? written ?? (isElsewhere ? 0 : DEFAULT_PORT);
  return port > 0 ? port : undefined;
}

/** Returns whether an option is among what the user typed. */
export function isTyped(words: readonly string[], flag: string): boolean {
  const short = SHORT[flag];
  return words.some(
    (word) =>
      word === flag ||
      word.startsWith(`${flag}=`) ||
      (short !== undefined && new RegExp(`^${short}(?![a-z-]*=)`).test(word)),
  );
}

function factoryOf(application: Application, typed: readonly string[], table: Table): string[] {
  if (application.factory) {
    return [`--factory=${application.factory}`];
  }
  // What was found by itself is no word for the factory of pyproject.toml.
  const isForeign = 'factory' in table && application.file !== '' && !application.isConfigured;
  return isForeign && !isTyped(typed, '--factory') ? [`--factory=${DEFAULT_FACTORY}`] : [];
}

function withoutPort(words: readonly string[]): string[] {
  return words.filter((word, place) => {
    const isValue = ['-p', '--port'].includes(words[place - 1] ?? '');
    return !isValue && !/^(?:-p.*|--port(?:=.*)?)$/.test(word);
  });
}
