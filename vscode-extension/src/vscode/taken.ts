/** What a command was given. */

import type { Server } from './parts';

/** The server in what the tree or a list hands to a command; undefined: the command has to ask. */
export function taken(given: unknown): Server | undefined {
  return typeof given === 'object' && given !== null && 'server' in given
    ? (given.server as Server | undefined)
    : undefined;
}
