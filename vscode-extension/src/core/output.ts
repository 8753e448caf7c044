/** What a server says in its terminal: the lines that tell how its start went. */

import { stripVTControlCharacters } from 'node:util';

export interface Busy {
  readonly kind: 'busy';
  /** `127.0.0.1:8080` */
  readonly address: string;
  /** undefined: the address is a unix socket. */
  readonly port: number | undefined;
  /** Who has it, in the server's words. */
  readonly by: string;
  /** undefined: somebody else's process, of which nothing more is known. */
  readonly pid: number | undefined;
  /** Whether the server tries no more. */
  readonly isFinal: boolean;
}

export type Heard =
  | { readonly kind: 'serving'; readonly pid: number; readonly urls: readonly string[] }
  | Busy
  | {
      /** The code of the application has failed. */
      readonly kind: 'broken';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      readonly text: string;
    }
  | { readonly kind: 'error'; readonly text: string };

/** Returns a line as a person sees it. */
export function plain(line: string): string {
  // What is left of sequences that are unknown.

  return stripVTControlCharacters(line).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
}

/** Takes what comes from the terminal, in whatever pieces, and tells what it means. */
export class Ear {
  /** What the server said last of all that went wrong. */
  lastError: Heard | undefined;
  private rest = '';

  hear(piece: string): Heard[] {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.map((line) => meaningOf(plain(line))).filter((heard) => this.keep(heard));
  }

  private keep(heard: Heard | undefined): heard is Heard {
    if (heard && heard.kind !== 'serving') {
      this.lastError = heard;
    }
    return heard !== undefined;
  }
}

/** Returns what a line of the server's means for its start; undefined: nothing. */
export function meaningOf(line: string): Heard | undefined {
  const said = /^spawn: (.*)$/.exec(line)?.[1];
  if (said === undefined) {
    return undefined;
  }
  const serving = /^serving .* on (.+) \(\d+ workers?,.* controller (\d+),/.exec(said);
  if (serving) {
    const urls = (serving[1] ?? '').split(' ').filter((word) => /^(https?:|unix:)/.test(word));
    return { kind: 'serving', pid: Number(serving[2]), urls };
  }
  const error = /^error: (.*)$/.exec(said)?.[1];
  const busy = busyFrom(error ?? said, error !== undefined);
  if (busy || error === undefined) {
    return busy;
  }
  const [, file = '', number = '', column = '', text = ''] =
    /^(\/.*?):(\d+):(\d+): (.*)$/.exec(error) ?? [];
  return file
    ? { kind: 'broken', file, line: Number(number), column: Number(column), text }
    : { kind: 'error', text: error };
}

const REMEDY = /; (?:trying for \d|stop it\b|type 'spawnctl|have user |or choose ).*$/;

function busyFrom(said: string, isFinal: boolean): Busy | undefined {
  const [, address = '', rest = ''] = /^(\S+) is in use by (.*)$/.exec(said) ?? [];
  if (!address) {
    return undefined;
  }
  const by = rest.replace(REMEDY, '');
  const port = address.startsWith('unix:') ? undefined : Number(/:(\d+)$/.exec(address)?.[1]);
  const pid = /\(pid (\d+)\b/.exec(by)?.[1];
  return { kind: 'busy', address, port, by, pid: pid ? Number(pid) : undefined, isFinal };
}
