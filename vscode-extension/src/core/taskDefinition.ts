/** Tasks of the type `spawning`, as they stand in tasks.json. */

import { splitWords } from './words';

export interface TaskDefinition {
  readonly type: 'spawning';
  /** As after `spawn`; without it, the folder's own. */
  readonly application?: string;
  /** Instead of the setting `spawning.arguments`. */
  readonly arguments?: readonly string[];
  readonly coverage?: boolean;
}

/** Returns a definition as far as it is one: tasks.json is written by hand. */
export function definitionFrom(written: Readonly<Record<string, unknown>>): TaskDefinition {
  const { application, coverage } = written;
  const given = written.arguments;
  const words = Array.isArray(given) ? given.filter((one) => typeof one === 'string') : undefined;
  return {
    type: 'spawning',
    ...(typeof application === 'string' && splitWords(application).length > 0
      ? { application }
      : {}),
    ...(words ? { arguments: words } : {}),
    ...(typeof coverage === 'boolean' ? { coverage } : {}),
  };
}

/** What has the server write the lines that the problem matcher `$spawning` reads. */
export const PROBLEM_LINES = '--problem-lines';
