/** What scripts/extension.py tells by the environment, and where results go. */

import { writeFileSync } from 'node:fs';

export function wanted(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: run this by python3 scripts/extension.py`);
  }
  return value;
}

export function tellResults(passed: number, failed: number): void {
  writeFileSync(wanted('SPAWNING_RESULTS'), JSON.stringify({ passed, failed }));
  console.log(`${passed} passed, ${failed} failed`);
}
