/** An application that the tests serve, such as tests/sample, copied where it can be edited. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Sample {
  readonly folder = mkdtempSync(join(tmpdir(), 'spawning-sample-'));
  private readonly original: string;

  constructor(name = 'sample') {
    this.original = new URL(`../${name}`, import.meta.url).pathname;
    this.restore();
  }

  /** Makes every file what it was. */
  restore(): void {
    for (const name of readdirSync(this.folder)) {
      rmSync(this.path(name), { recursive: true, force: true });
    }
    cpSync(this.original, this.folder, { recursive: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Saves a file with a piece of it replaced; returns what it was. */
  replace(name: string, piece: string, by: string): string {
    const before = this.read(name);
    if (!before.includes(piece)) throw new Error(`${name} does not hold ${piece}`);
    this.write(
      name,
      before.replace(piece, () => by),
    );
    return before;
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
