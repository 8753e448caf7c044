/** An application that can be served, and how the server is told which one. */

export const DJANGO_FACTORY = 'spawning.django_factory.config_factory';
export const PASTE_FACTORY = 'spawning.paste_factory.config_factory';
export const DEFAULT_FACTORY = 'spawning.wsgi_factory.config_factory';

export interface Application {
  /** What stands after the options: `shop.app:app`. */
  readonly words: readonly string[];
  /** What `--factory` names; '' where none need be named. */
  readonly factory: string;
  /** Where the server is to be started, relative to the folder of the workspace; '' is that. */
  readonly folder: string;
  /** Folders that can be imported from besides, relative to the workspace's: `src`. */
  readonly paths: readonly string[];
  /** The file in which it was found, relative as well; '' where it was not found but named. */
  readonly file: string;
  /** For people: `Flask in shop/app.py`. */
  readonly reason: string;
  /** Whether the server knows it by itself, from pyproject.toml, and need not be told. */
  readonly isConfigured: boolean;
  /** Whether it is only offered where somebody looks for another one. */
  readonly isMinor: boolean;
}

/** Returns an application that was typed, as after `spawn`: it may begin with `-f FACTORY`. */
export function typedApplication(typed: readonly string[], reason: string): Application {
  const words = [...typed];
  let factory = '';
  const [first = '', second = ''] = words;
  if ((first === '-f' || first === '--factory') && second) {
    factory = second;
    words.splice(0, 2);
  } else if (first.startsWith('--factory=')) {
    factory = first.slice('--factory='.length);
    words.splice(0, 1);
  }
  return {
    words,
    factory,
    folder: '',
    paths: [],
    file: '',
    reason,
    isConfigured: false,
    isMinor: false,
  };
}

/** As the server's note tells it. */
export function titleOf(application: Application): string {
  return application.words.join(' ');
}

export function isSame(one: Application, other: Application): boolean {
  return identityOf(one) === identityOf(other);
}

function identityOf(one: Application): string {
  return JSON.stringify([one.words, one.factory, one.folder]);
}

/** Returns whether an application that was named, perhaps by its module alone, is that one. */
export function isTarget(named: Application, found: Application): boolean {
  const [name = '', ...others] = named.words;
  const [module = '', attribute = ''] = found.words[0]?.split(':') ?? [];
  const isNamed = [module, `${module}:${attribute}`, `${module}.${attribute}`].includes(name);
  return isSame(named, found) || (isNamed && others.length === 0 && named.folder === found.folder);
}
