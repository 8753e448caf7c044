/**
 * Breakpoints that wait: who is to be told, and until when.
 *
 * Rules:
 * 1. Once for each hold of a worker: a debugger that goes step by step holds on.
 * 2. debugpy tells its own user.
 */

import type { ServerEvent } from '../contract';

export interface Hold {
  readonly worker: number;
  /** `GET /orders/7`; empty where it is none: a module waits that is being imported, or what was
   * typed at the backdoor. */
  readonly request: string;
}

export type Change =
  | { readonly is: 'held'; readonly hold: Hold }
  | { readonly is: 'released'; readonly worker: number };

const OTHERS = new Set(['debugpy', 'pydevd']);

/** What an event changes of the workers that are held; `held` are those that were told of. */
export function changesOf(event: ServerEvent, held: readonly number[]): Change[] {
  const released = (workers: readonly number[]): Change[] =>
    workers.map((worker) => ({ is: 'released', worker }));
  switch (event.event) {
    case 'hello':
      return ofStatus(event.status.children, held);
    case 'worker-held':
      if (event.debugger === null) return released(held.filter((one) => one === event.worker));
      if (held.includes(event.worker) || OTHERS.has(event.debugger)) return [];
      return [{ is: 'held', hold: { worker: event.worker, request: event.request ?? '' } }];
    case 'worker-gone':
      return released(held.filter((one) => one === event.worker));
    case 'stopping':
      return released(held);
    default:
      return [];
  }
}

type Children = Extract<ServerEvent, { event: 'hello' }>['status']['children'];

/** `pdb in GET /orders/7` or `pdb`, as the status says it. */
const TOLD = /^(\S+)(?: in (\S+ .+))?$/;

function ofStatus(children: Children, held: readonly number[]): Change[] {
  const now = Object.values(children).flatMap((child): Hold[] => {
    const told = TOLD.exec(child.debugger ?? '');
    if (!told?.[1] || OTHERS.has(told[1])) return [];
    return [{ worker: child.worker, request: told[2] ?? '' }];
  });
  const gone = held.filter((worker) => !now.some((hold) => hold.worker === worker));
  const begun = now.filter((hold) => !held.includes(hold.worker));
  return [
    ...gone.map((worker): Change => ({ is: 'released', worker })),
    ...begun.map((hold): Change => ({ is: 'held', hold })),
  ];
}
