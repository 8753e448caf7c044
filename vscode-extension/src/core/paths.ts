/** Paths of this machine: the same place may have several. */

import { realpathSync } from 'node:fs';

/** Returns a path without links in it; as it was given where there is nothing. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Returns whether a path is a folder, or lies below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
