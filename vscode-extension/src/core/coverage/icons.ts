/**
 * What stands in the gutter: a bar whose filling says what ran.  It is told apart without its
 * colour, and is no circle, for those are breakpoints.
 */

import type { Kind } from './marks';

export type Shade = 'light' | 'dark';

/** For light and dark backgrounds; none is told from another by red and green alone. */
const COLOURS: Readonly<Record<Kind, Readonly<Record<Shade, string>>>> = {
  request: { light: '#1b7f5a', dark: '#4fc08d' },
  import: { light: '#3b68b5', dark: '#7fa7e8' },
  missing: { light: '#b3401f', dark: '#f28e6b' },
  partial: { light: '#946200', dark: '#e0b341' },
};

const BARS: Readonly<Record<Kind, (colour: string) => string>> = {
  request: (colour) => `<rect x="9" width="5" height="16" fill="${colour}"/>`,
  import: (colour) =>
    [0.5, 5.9, 11.3]
      .map((y) => `<rect x="9.5" y="${y}" width="4" height="3.6" rx="1" fill="${colour}"/>`)
      .join(''),
  missing: (colour) =>
    `<rect x="9.6" y="1" width="4" height="14" fill="none" stroke="${colour}" stroke-width="1.3"/>`,
  partial: (colour) =>
    `<rect x="9.6" y="1" width="4" height="14" fill="none" stroke="${colour}" stroke-width="1.3"/>` +
    `<path d="M9,16 L14,16 L14,8 L9,8 z" fill="${colour}"/>`,
};

/** An address that holds the picture itself. */
export function icon(kind: Kind, shade: Shade): string {
  const bar = BARS[kind](COLOURS[kind][shade]);
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${bar}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(drawn).toString('base64')}`;
}

/** What a bar stands for. */
export const MEANINGS: Readonly<Record<Kind, string>> = {
  request: 'run by requests',
  import: 'run at import only',
  missing: 'never run',
  partial: 'run, but not each of its branches was taken',
};
