/**
 * When the server is asked for coverage.
 *
 * It tells of requests and reloads, and not of lines; so what it tells are signs that lines
 * may have run.  Rules:
 * 1. Nobody who looks, no question; and two are never closer than INTERVAL.
 * 2. After a sign it is asked until SETTLED has passed: workers tell twice a second what ran.
 * 3. Without signs it is asked now and then, for code that runs without a request; where there
 *    are no signs to be had at all, in each INTERVAL.
 * 4. One that refuses, or does not answer, is asked again now and then.
 */

export const INTERVAL = 1_000;
export const SETTLED = 1_500;
export const SELDOM = 10_000;

export interface Circumstances {
  /** The window has the focus, and coverage is shown. */
  readonly isSeen: boolean;
  /** An editor shows a file that is measured, or that may be. */
  readonly hasEditor: boolean;
  /** The server has an event stream. */
  readonly hasSigns: boolean;
  /** Figures are being found out, or a request is in flight. */
  readonly isUnsettled: boolean;
  /** The last question had no answer. */
  readonly isTroubled: boolean;
  /** When it was asked last, and when there was a sign last; milliseconds. */
  readonly asked: number;
  readonly sign: number;
}

/** Returns when to ask next, undefined: not until something else is so. */
export function due(now: Circumstances): number | undefined {
  if (!now.isSeen) return undefined;
  const [soon, later] = [now.asked + INTERVAL, now.asked + SELDOM];
  if (now.asked < now.sign + SETTLED) return soon;
  if (now.isTroubled) return later;
  if (now.hasSigns && now.isUnsettled) return soon;
  if (!now.hasEditor) return undefined;
  return now.hasSigns ? later : soon;
}
