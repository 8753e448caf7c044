/**
 * What is known of a server, from its events: (status, event) -> status, and nothing else.
 *
 * Rules:
 * 1. A `hello` is the whole truth, and replaces all.  Before the first, nothing is known.
 * 2. An event may be told twice, right after a `hello` that knows it already: it changes
 *    nothing then.
 * 3. A failure keeps its identity for as long as it says the same, so that whoever shows it can
 *    compare by `===`.
 * 4. Ages and durations hold as of `time`, and every event brings them up to date.
 */

import type { Child, Failure, InFlight, ServerEvent, Status } from './contract';
import { fares, isCurrent } from './health';

const KEPT_EVENTS = 50;

type Event<Name extends ServerEvent['event']> = Extract<ServerEvent, { event: Name }>;

export function extended(status: Status | undefined, event: ServerEvent): Status | undefined {
  if (event.event === 'hello') {
    return event.status;
  }
  if (status === undefined || wasTold(status, event)) {
    return status;
  }
  if (event.event === 'counters') {
    return withCounters(status, event);
  }
  const learnt = learn(agedTo(status, event.at), event);
  return learnt === undefined ? status : judged(remembering(learnt, event));
}

/** The same, with all ages as of another time of day, in seconds. */
export function agedTo(status: Status, time: number): Status {
  const passed = time - status.time;
  if (passed <= 0) {
    return status;
  }
  const children = Object.values(status.children).map((child) => aged(child, passed));
  return { ...status, time, children: byPid(children) };
}

function aged(child: Child, passed: number): Child {
  const older = (one: InFlight): InFlight => ({ ...one, seconds: one.seconds + passed });
  return { ...child, age: child.age + passed, in_flight: child.in_flight.map(older) };
}

/** What follows from an event; undefined where it is none that is known here. */
function learn(status: Status, event: ServerEvent): Status | undefined {
  switch (event.event) {
    case 'generation-begun':
      return begun(status, event);
    case 'generation-serves':
      return serves(status, event);
    case 'generation-failed':
      return failed(status, event);
    case 'worker':
      return withChild(status, arrived(status, event));
    case 'worker-failed':
      return { ...status, last_failure: { ...failureOf(event), current: true } };
    case 'worker-held':
      return held(status, event);
    case 'worker-gone':
      return without(status, event.pid);
    case 'wanted':
      return { ...status, configured_children_count: event.workers };
    case 'stopping':
      return { ...status, health: 'stopping', ready: false };
    case 'notice':
      return status;
    default:
      return undefined;
  }
}

function begun(status: Status, event: Event<'generation-begun'>): Status {
  const { generation, cause, at: since } = event;
  return generation > status.generation.serving
    ? { ...status, generation: { ...status.generation, pending: { generation, cause, since } } }
    : status;
}

function serves(status: Status, event: Event<'generation-serves'>): Status {
  const { serving } = status.generation;
  if (event.generation <= serving) {
    return status;
  }
  const { totals } = status;
  return {
    ...status,
    ready: true,
    totals: { ...totals, reloads: totals.reloads + (serving > 0 ? 1 : 0) },
    generation: {
      serving: event.generation,
      since: event.at,
      after: event.seconds,
      pending: newerThan(event.generation, status),
    },
  };
}

function failed(status: Status, event: Event<'generation-failed'>): Status {
  const { generation, at } = event;
  const { totals, last_failure: known } = status;
  const unexplained = { generation, at, current: true, ...NO_REASON };
  return {
    ...status,
    last_failure: known?.generation === generation ? known : unexplained,
    totals: { ...totals, reload_failures: totals.reload_failures + 1 },
    generation: { ...status.generation, pending: newerThan(generation, status) },
  };
}

const NO_REASON = {
  ...{ type: null, message: null, file: null, line: null, column: null, hint: null },
  frames: [],
};

function newerThan(generation: number, status: Status): Status['generation']['pending'] {
  const { pending } = status.generation;
  return pending !== null && pending.generation > generation ? pending : null;
}

function failureOf(event: Event<'worker-failed'>): Failure {
  const { generation, at, type, message, file, line, column, hint, frames } = event;
  return { generation, at, type, message, file, line, column, hint, frames };
}

function arrived(status: Status, event: Event<'worker'>): Child {
  const { pid, worker, generation, state } = event;
  const known = status.children[pid];
  // A debugger that holds it does so in whatever state it is.
  return known === undefined
    ? { ...fresh(status), pid, worker, generation, state }
    : { ...known, worker, generation, state: known.debugger === null ? state : 'held' };
}

function fresh(status: Status): Omit<Child, 'pid' | 'worker' | 'generation' | 'state'> {
  const threads = status.config.threads;
  return {
    ...{ age: 0, busy: 0, connections: 0, requests: 0 },
    ...{ memory: null, in_flight: [], debugger: null },
    threads: typeof threads === 'number' ? threads : 0,
  };
}

function held(status: Status, event: Event<'worker-held'>): Status {
  const child = Object.values(status.children).find((one) => one.worker === event.worker);
  if (child === undefined) {
    return status;
  }
  if (event.debugger === null) {
    return withChild(status, { ...child, debugger: null, state: unheld(child, status) });
  }
  const where = event.request === null ? '' : ` in ${event.request}`;
  return withChild(status, { ...child, debugger: event.debugger + where, state: 'held' });
}

/** In which state a worker goes on when its debugger lets go; counters say it better later. */
function unheld(child: Child, status: Status): Child['state'] {
  const { serving } = status.generation;
  if (child.state !== 'held') {
    return child.state;
  }
  return child.generation === serving
    ? 'serving'
    : child.generation > serving
      ? 'starting'
      : 'draining';
}

function withCounters(status: Status, event: Event<'counters'>): Status {
  const { health, sentence, children, connections, memory, totals, at: time } = event;
  return { ...status, time, health, sentence, children, connections, memory, totals };
}

function withChild(status: Status, child: Child): Status {
  return { ...status, children: { ...status.children, [child.pid]: child } };
}

function without(status: Status, pid: number): Status {
  const children = Object.values(status.children).filter((child) => child.pid !== pid);
  return { ...status, children: byPid(children) };
}

function byPid(children: readonly Child[]): Status['children'] {
  return Object.fromEntries(children.map((child) => [child.pid, child]));
}

function judged(status: Status): Status {
  const failure = status.last_failure;
  const current = failure !== null && isCurrent(failure, status);
  const last_failure = failure?.current === !current ? { ...failure, current } : failure;
  const known = { ...status, last_failure };
  return { ...known, ...fares(known) };
}

function remembering(status: Status, event: ServerEvent): Status {
  return { ...status, events: [...(status.events ?? []), event].slice(-KEPT_EVENTS) };
}

/** Whether a `hello` has brought this event with it. */
function wasTold(status: Status, event: ServerEvent): boolean {
  return (status.events ?? []).some((one) => one.at === event.at && signed(one) === signed(event));
}

/** What an event says; the list of a `hello` has them without their version. */
function signed(event: ServerEvent): string {
  return JSON.stringify({ ...event, version: undefined });
}
