/** The command line of `spawnctl`, and what comes of it. */

import type { Note } from '../contract';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Not the project: `python -m` looks for modules there first, and may find one of its own. */
  readonly cwd: string;
}

const NEUTRAL = '/';

/** Returns how `spawnctl` is run for a server, by the interpreter that it was installed for. */
export function command(note: Note, words: readonly string[]): Command {
  const [name = '', ...rest] = words;
  const args = ['-m', 'spawning_devtools.ctl', name, '--pid', String(note.pid), ...rest];
  // A server that is older than this field is most likely of this interpreter.
  return { file: note.python || 'python3', args, cwd: NEUTRAL };
}

/** How a process has ended. */
export interface Ended {
  /** Undefined: it could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is told where it answers, and not as it should. */
export const FOREIGN =
  'spawnctl answers as this version of the extension does not know; install both of one version';

/** Why there is no answer, one sentence for a person, without its end. */
export class NoAnswer extends Error {}

/**
 * Returns the JSON that was printed, whatever the exit code: `why` ends with 1 for a file that
 * is not watched.  Throws NoAnswer.
 */
export function answerOf(ended: Ended, python: string): unknown {
  if (ended.code === undefined) throw new NoAnswer(`${python} cannot be run: ${ended.stderr}`);
  try {
    return JSON.parse(ended.stdout) as unknown;
  } catch {
    throw new NoAnswer(complaint(ended.stderr) || `spawnctl ended with ${ended.code}`);
  }
}

/** What was complained of: the last line, without who says so. */
function complaint(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  if (/No module named '?spawning_devtools/.test(line)) {
    return "the interpreter of the server has no module spawning_devtools; type: pip install 'spawning[devtools]'";
  }
  return line.replace(/^spawnctl: (?:error: )?/, '');
}
