/**
 * How a server fares, in a word and a sentence, by the rules of `spawning/status/health.py`.
 *
 * The server's own words count where it says them: in a `hello` and in `counters`.  These are
 * for the time between an event and the next of them, so that a failure is seen at once.
 */

import type { Child, Failure, Health, Status } from './contract';

export interface Fares {
  readonly health: Health;
  readonly sentence: string;
}

/** Seconds after a takeover in which its workers are on their way. */
const FOLLOWING = 1;

export function fares(status: Status): Fares {
  const { serving, pending } = status.generation;
  const failure = status.last_failure;
  if (status.health === 'stopping') {
    return { health: 'stopping', sentence: 'The server is being stopped.' };
  }
  if (serving === 0) {
    return failure === null || (pending?.generation ?? 0) > failure.generation
      ? said('starting', `Generation ${pending?.generation ?? 1} is being started`)
      : said('down', `Nothing serves: ${failed(failure)}`);
  }
  const answering = answeringOf(status);
  if (answering.length === 0) {
    return said('down', `Nobody answers: generation ${serving} has no worker`);
  }
  if (answering.every((child) => child.state === 'hung')) {
    return said('down', `Nobody answers: every worker of generation ${serving} hangs`);
  }
  if (failure !== null && isCurrent(failure, status)) {
    return said('failing', `${failed(failure)}; generation ${serving} goes on serving`);
  }
  const complaints = complaintsOf(status);
  return complaints.length > 0
    ? said('degraded', complaints.join(' and '))
    : said('healthy', `Generation ${serving} serves`);
}

/** Whether a failure still matters: nothing newer has come to serve. */
export function isCurrent(failure: Failure, status: Status): boolean {
  const { serving, since } = status.generation;
  if (failure.generation === serving) {
    // A further worker of it failed, later than it took over.
    const wanted = status.configured_children_count ?? 0;
    return failure.at > (since ?? 0) && answeringOf(status).length < wanted;
  }
  return failure.generation > serving;
}

/**
 * The workers of the generation that serves; a debugger that holds one does not end that.
 *
 * A worker is told to serve right after the takeover, and says so a moment later.
 */
function answeringOf(status: Status): Child[] {
  return Object.values(status.children).filter(
    ({ generation, state }) =>
      generation === status.generation.serving &&
      state !== 'draining' &&
      (state !== 'starting' || !isSettled(status)),
  );
}

/** Whether the takeover is so long ago that all its workers have had their time. */
function isSettled({ time, generation }: Status): boolean {
  return time - (generation.since ?? 0) > FOLLOWING;
}

function complaintsOf(status: Status): string[] {
  const children = Object.values(status.children);
  const hung = children.filter((child) => child.state === 'hung').map((child) => child.worker);
  const lasting = children.filter((child) => child.state !== 'draining').length;
  const wanted = status.configured_children_count ?? 0;
  const missing = status.generation.pending === null && isSettled(status) ? wanted - lasting : 0;
  return [
    ...(hung.length === 1 ? [`worker ${hung.join()} hangs`] : []),
    ...(hung.length > 1 ? [`workers ${hung.join(', ')} hang`] : []),
    ...(missing > 0
      ? [`${missing} of ${wanted} workers ${missing === 1 ? 'is' : 'are'} missing`]
      : []),
  ];
}

function failed(failure: Failure): string {
  const what = `generation ${failure.generation} failed`;
  const place = failure.file === null ? '' : ` at ${failure.file}:${failure.line ?? 0}`;
  return failure.type === null
    ? what
    : `${what}${place}: ${failure.type}: ${failure.message ?? ''}`;
}

function said(health: Health, text: string): Fares {
  return { health, sentence: `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.` };
}
