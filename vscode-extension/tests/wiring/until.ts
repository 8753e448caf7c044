import { vi } from 'vitest';

/** Waits until something is true, or raises what is not. */
export function until(holds: () => unknown): Promise<void> {
  return vi.waitFor(
    () => {
      if (!holds()) throw new Error(`still not so: ${String(holds)}`);
    },
    { timeout: 10_000, interval: 5 },
  );
}
