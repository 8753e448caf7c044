/** What the panel of the module graph and the extension say to each other. */

import type { Drawing } from './drawing';

export type ToPage =
  | {
      readonly is: 'drawing';
      readonly drawing: Drawing;
      /** The module to go to; empty: none. */
      readonly select: string;
    }
  | { readonly is: 'trouble'; readonly sentence: string };

export type FromPage = { readonly is: 'ready' } | { readonly is: 'open'; readonly file: string };
