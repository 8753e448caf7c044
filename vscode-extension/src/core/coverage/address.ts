/** Where a server that measures coverage answers for it. */

import type { Note, Status } from '../contract';

export const PATH = '/_coverage';

/** Whether the server was started with `--coverage`. */
export function measures(note: Note, status: Status | undefined): boolean {
  if (status) return status.config.coverage === true || status.config.coverage_contexts === true;
  return note.argv.some((word) => word === '--coverage' || word === '--coverage-contexts');
}

/** The address of the application at which it can be asked; undefined where there is none. */
export function baseOf(urls: readonly string[]): string | undefined {
  const pages = urls.filter((url) => url.startsWith('http://') || url.startsWith('https://'));
  // On this machine's own address the kernel says whose the question is.
  const base = pages.find(isLoopback) ?? pages[0];
  return base === undefined ? undefined : base.replace(/\/+$/, '') + PATH;
}

function isLoopback(url: string): boolean {
  const host = new URL(url).hostname;
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
