/** Which application is meant: what was said wins over what was found. */

import { isSame, type Application } from './application';

export interface Wishes {
  /** Of the setting. */
  readonly setting: Application | undefined;
  /** What somebody chose for this folder before. */
  readonly remembered: Remembered | undefined;
  /** Of pyproject.toml. */
  readonly configured: Application | undefined;
}

export interface Remembered {
  readonly application: Application;
  /** Whether it was typed: then it is never found, and holds all the same. */
  readonly isTyped: boolean;
  /** Whether it was chosen though pyproject.toml names one. */
  readonly isInsteadOf?: readonly string[];
}

export type Choice =
  | { readonly kind: 'chosen'; readonly application: Application }
  | { readonly kind: 'several'; readonly applications: readonly Application[] }
  | { readonly kind: 'none' };

/**
 * Returns the application that is said to be the one, undefined where the folder has to be
 * looked through.
 *
 * What was chosen instead of the one in pyproject.toml holds as long as that names the same.
 */
export function said({ setting, remembered, configured }: Wishes): Application | undefined {
  if (setting) {
    return setting;
  }
  if (configured) {
    const words = remembered?.isInsteadOf ?? [];
    const isInstead = words.length > 0 && words.join('\0') === configured.words.join('\0');
    return isInstead ? remembered?.application : configured;
  }
  return remembered?.isTyped ? remembered.application : undefined;
}

/** Returns what is to be done with what was found. */
export function chosen(found: readonly Application[], remembered: Remembered | undefined): Choice {
  const known = found.find((one) => remembered && isSame(one, remembered.application));
  if (known) {
    return { kind: 'chosen', application: known };
  }
  const likely = found.filter((one) => !one.isMinor);
  const [first, ...others] = likely.length > 0 ? likely : found;
  if (first === undefined) {
    return { kind: 'none' };
  }
  return others.length === 0
    ? { kind: 'chosen', application: first }
    : { kind: 'several', applications: found };
}
