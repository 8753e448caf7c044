/** Which servers serve a file: those that were started in the nearest folder above it. */

import type { Note } from '../contract';
import { isBelow } from '../paths';

export function nearest<S extends { readonly note: Note }>(
  servers: readonly S[],
  file: string,
): S[] {
  const above = servers.filter(({ note }) => isBelow(file, note.folder));
  const longest = Math.max(...above.map(({ note }) => note.folder.length));
  return above.filter(({ note }) => note.folder.length === longest);
}
