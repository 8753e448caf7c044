/** What the editor hands to `activate`. */

import { Uri } from './places';

function memento() {
  const kept = new Map<string, unknown>();
  return {
    get: (key: string, otherwise?: unknown) => kept.get(key) ?? otherwise,
    update(key: string, value: unknown): Promise<void> {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
      return Promise.resolve();
    },
  };
}

export class FakeContext {
  readonly subscriptions: { dispose(): unknown }[] = [];
  readonly extensionUri = Uri.file(
    new URL('../../..', import.meta.url).pathname.replace(/\/$/, ''),
  );
  readonly workspaceState = memento();

  /** The window closes: everything that was handed over is given back, last first. */
  async close(): Promise<void> {
    for (const one of this.subscriptions.splice(0).reverse()) await one.dispose();
  }
}
