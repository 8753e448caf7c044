/** Why a server did not start, as a sentence and with what can be done about it. */

import type { Busy, Heard } from './output';

/** What can be offered; each is a button. */
export type Remedy =
  | 'Show Terminal'
  | 'Open File'
  | 'Open Settings'
  | 'Select Application'
  | 'Select Interpreter'
  | 'Install'
  | 'Use Another Port'
  | 'Use It'
  | 'Stop It'
  | 'Stop';

export interface Failure {
  readonly sentence: string;
  readonly remedies: readonly Remedy[];
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

const OK = 0;
const USAGE = 2;
const INTERRUPTED = 130;
const NOT_RUN = [126, 127];

/**
 * Returns why a server has ended before it served; undefined where somebody has stopped it.
 *
 * `code` is undefined where the shell does not tell.
 */
export function failureOf(
  name: string,
  code: number | undefined,
  last: Heard | undefined,
): Failure | undefined {
  if (code === OK || code === INTERRUPTED) {
    return undefined;
  }
  if (last?.kind === 'broken') {
    return broken(name, last);
  }
  if (last?.kind === 'error') {
    return { sentence: sentence(last.text), remedies: remediesFor(code, last.text) };
  }
  if (code !== undefined && NOT_RUN.includes(code)) {
    return {
      sentence: `The interpreter for ${name} could not be run.`,
      remedies: ['Select Interpreter', 'Show Terminal'],
    };
  }
  const how = code === undefined ? '' : ` with exit code ${code}`;
  return {
    sentence: `${name} ended${how} before it served.`,
    remedies: ['Show Terminal'],
  };
}

/** Returns what to say of code that does not start, whether the server waits for a better one. */
export function broken(name: string, heard: Heard & { kind: 'broken' }): Failure {
  const { file, line, column } = heard;
  return {
    sentence: stopped(`${name} could not be started: ${heard.text}`),
    remedies: ['Open File', 'Show Terminal'],
    place: { file, line, column },
  };
}

export interface BusyFacts {
  /** Whether a server has it that we know, and can show. */
  readonly isServer: boolean;
  readonly canChangePort: boolean;
  /** Whether the process that has it is one that this user may end. */
  readonly canStop: boolean;
  readonly hasTerminal: boolean;
}

/** Returns what to say of a port, or a socket, that somebody else has. */
export function busy({ address, by }: Busy, facts: BusyFacts): Failure {
  return {
    sentence: stopped(`${address} is in use by ${by}`),
    remedies: [
      ...(facts.isServer ? (['Use It'] as const) : []),
      ...(facts.canStop ? (['Stop It'] as const) : []),
      ...(facts.canChangePort ? (['Use Another Port'] as const) : []),
      ...(facts.hasTerminal ? (['Show Terminal'] as const) : []),
    ],
  };
}

const NO_APPLICATION =
  /^(?:no application is named|there is no (?:module|settings module|ini file|')|the module '|'.*' is (?:not the name of|a ))/;

function remediesFor(code: number | undefined, text: string): Remedy[] {
  if (text.includes('is not installed')) {
    return ['Install', 'Show Terminal'];
  }
  if (NO_APPLICATION.test(text)) {
    return ['Select Application', 'Show Terminal'];
  }
  return code === USAGE ? ['Open Settings', 'Show Terminal'] : ['Show Terminal'];
}

/** Begins with a capital letter, unless that is the first of a name. */
function sentence(text: string): string {
  const isWord = /^[a-z]+ /.test(text);
  return stopped(isWord ? text.charAt(0).toUpperCase() + text.slice(1) : text);
}

function stopped(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
