/** How figures and names are written, everywhere the same. */

import { basename, isAbsolute, join } from 'node:path';
import type { Child, Failure, Note } from './contract';

/** A duration as a user reads it best: `12 ms`, `11.3 s`. */
export function took(seconds: number): string {
  return seconds < 10 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

/** A time of day on the user's clock: `14:03:27`. */
export function clock(time: number): string {
  return new Date(time * 1000).toTimeString().slice(0, 8);
}

export function size(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

/** `1 worker`, `2 workers`. */
export function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

/** What a server is called: its application, without its middleware. */
export function nameOf(note: Note): string {
  return /^\S+/.exec(note.application)?.[0] ?? basename(note.folder);
}

/** The folder of a server, where its name does not tell it from all others; else empty. */
export function folderAmong(note: Note, others: readonly Note[]): string {
  const isShared = others.some((one) => one !== note && nameOf(one) === nameOf(note));
  return isShared ? basename(note.folder) : '';
}

/** `:8090`, `/run/shop.sock`; empty where it listens nowhere. */
export function addressOf(note: Note): string {
  const [url = ''] = note.urls;
  return URL.canParse(url) && url.startsWith('http')
    ? `:${new URL(url).port || '80'}`
    : url.replace(/^unix:/, '');
}

/** Why no browser can open a server. */
export function noPageOf(note: Note): string {
  const { urls } = note;
  const where = urls.length > 0 ? `${urls.join(' and ')}, which no browser can open` : 'nowhere';
  return `${nameOf(note)} listens on ${where}: give it --port to see it in a browser.`;
}

/** `2 of 4 busy`; with greenlets there is no such end. */
export function busyness(child: Child): string {
  return child.threads > 0 ? `${child.busy} of ${child.threads} busy` : `${child.busy} busy`;
}

/** `SyntaxError: invalid syntax`. */
export function errorOf(failure: Failure): string {
  if (failure.type === null) {
    return 'it could not be started; the log of the server may say why';
  }
  return failure.message ? `${failure.type}: ${failure.message}` : failure.type;
}

/** A file's full name; the server may have told it as seen from its folder. */
export function placedIn(file: string, note: Note): string {
  return isAbsolute(file) ? file : join(note.folder, file);
}
