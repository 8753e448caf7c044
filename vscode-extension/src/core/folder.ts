/** A folder as far as it is looked into: names and texts. */

export interface Folder {
  /** Names in a folder below, those of folders with a slash at the end; [] where there is none. */
  list(path: string): Promise<readonly string[]>;
  /** The text of a file; undefined where there is none that can be read. */
  read(path: string): Promise<string | undefined>;
}

/** Joins parts of a relative path; '' is the folder itself. */
export function joined(...parts: readonly string[]): string {
  return parts.filter(Boolean).join('/');
}

/** Returns the folder of a path, and '' for what is in the folder itself. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Returns the last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
