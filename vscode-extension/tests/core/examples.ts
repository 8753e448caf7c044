/** Servers, statuses and events as the tests of the core begin with. */

import type { Child, Failure, Note, ServerEvent, Status } from '../../src/core/contract';

export const NOTE: Note = {
  ...{ format: 1, pid: 4000, started: 77, folder: '/home/ann/shop', application: 'shop.app' },
  ...{ urls: ['http://127.0.0.1:8090'], backdoor: ['127.0.0.1:3000'] },
  ...{ status: 'http://127.0.0.1:8091/status', secret: '', version: '1.0.0' },
  ...{ python: '/usr/bin/python3', argv: ['spawn', 'shop.app'] },
};

/** All that an interpreter is asked for. */
export const MODULES = [
  'spawning',
  'spawning_devtools',
  'watchdog',
  'coverage',
  'prompt_toolkit',
  'debugpy',
  'pip',
];

export function modulesWithout(...names: readonly string[]): string[] {
  return MODULES.filter((name) => !names.includes(name));
}

export const T = 1_700_000_000;

export function child(over: Partial<Child> = {}): Child {
  return {
    ...{ pid: 4001, worker: 1, generation: 6, state: 'serving', age: 10, busy: 0, threads: 4 },
    ...{ connections: 0, requests: 0, memory: null, in_flight: [], debugger: null },
    ...over,
  };
}

export function failure(over: Partial<Failure> = {}): Failure {
  return {
    ...{ generation: 7, at: T + 1, type: 'NameError', message: "name 'x' is not defined" },
    ...{ file: '/home/ann/shop/shop/views.py', line: 3, column: 5, hint: null, frames: [] },
    ...over,
  };
}

export function status(over: Partial<Status> = {}): Status {
  const children = { 4001: child() };
  return {
    ...{ format: 1, time: T, version: '1.0.0', python: '3.13.0', pid: 4000, urls: NOTE.urls },
    ...{ health: 'healthy', sentence: 'Generation 6 serves.', ready: true },
    generation: { serving: 6, since: T - 60, after: 0.012, pending: null },
    ...{ last_failure: null, children, config: { threads: 4 }, connections: 0, memory: 0 },
    totals: { requests: 0, by_status: { '2xx': 0 }, reloads: 5, reload_failures: 0 },
    configured_children_count: 1,
    events: [],
    ...over,
  };
}

type Fields<E> = E extends ServerEvent
  ? Omit<E, 'version' | 'at'> & { readonly at?: number }
  : never;

/** An event, a second after `T` where it is not said when. */
export function event(fields: Fields<ServerEvent>): ServerEvent {
  return { version: 1, at: T + 1, ...fields };
}

export function workerFailed(over: Partial<Failure> = {}): ServerEvent {
  return { version: 1, event: 'worker-failed', worker: 2, ...failure(over) };
}

/** A generation is begun, its worker starts, and it serves. */
export function reload(generation: number): [ServerEvent, ServerEvent, ServerEvent] {
  const worker = { worker: generation, pid: 4000 + generation, state: 'starting' } as const;
  return [
    event({ event: 'generation-begun', generation, cause: 'saved views.py', at: T + generation }),
    event({ event: 'worker', generation, ...worker, at: T + generation + 0.1 }),
    event({ event: 'generation-serves', generation, seconds: 0.02, at: T + generation + 0.2 }),
  ];
}
