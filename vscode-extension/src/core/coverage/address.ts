/** Where a server that measures coverage answers for it. */

import type { Note, Status } from '../contract';

const PATH = '/_coverage';

/** Whether the server was started with `--coverage`. */
export function measures(note: Note, status: Status | undefined): boolean {
  if (status) return status.config.coverage === true || status.config.coverage_contexts === true;
  return note.argv.some((word) => word === '--coverage' || word === '--coverage-contexts');
}

export interface Address {
  /** For browsers; undefined where none can open it. */
  readonly page: string | undefined;
  /** Where it is asked; at a socket, only the path of it means something. */
  readonly base: string;
  /** The controller whose keeper is asked at its socket; undefined: not there. */
  readonly controller: number | undefined;
}

/**
 * Where a server can be asked.
 *
 * On this machine's own address the kernel says whose the question is.  At any other, and at a
 * unix socket of the application's, we might be anybody; so there it is the keeper's own.
 */
export function addressOf({ urls, pid }: Note): Address {
  const pages = urls
    .filter((url) => url.startsWith('http://') || url.startsWith('https://'))
    .map((url) => url.replace(/\/+$/, '') + PATH);
  const own = pages.find(isLoopback);
  return own === undefined
    ? { page: pages[0], base: `http://localhost${PATH}`, controller: pid }
    : { page: own, base: own, controller: undefined };
}

function isLoopback(url: string): boolean {
  const host = new URL(url).hostname;
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
