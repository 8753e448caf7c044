/** A folder that is nowhere but here. */

import type { Folder } from '../../src/core/folder';

export class MemoryFolder implements Folder {
  constructor(private readonly files: Readonly<Record<string, string>>) {}

  list(path: string): Promise<readonly string[]> {
    const start = path ? `${path}/` : '';
    const inside = Object.keys(this.files).filter((name) => name.startsWith(start));
    const names = inside.map((name) => name.slice(start.length).replace(/\/.*/, '/'));
    return Promise.resolve([...new Set(names)].sort());
  }

  read(path: string): Promise<string | undefined> {
    return Promise.resolve(this.files[path]);
  }
}
