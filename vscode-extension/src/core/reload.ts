/** What has come of a reload that was asked for, judged by the events after it; pure. */

import type { Failure, ServerEvent, Status } from './contract';

export type Outcome =
  | { readonly kind: 'serves'; readonly generation: number; readonly seconds: number }
  | { readonly kind: 'failed'; readonly generation: number; readonly failure: Failure | undefined }
  | { readonly kind: 'stopping' };

/** Waits for a generation newer than those that there were; a newer one yet may overtake it. */
export class Awaited {
  readonly #before: number;
  #newest: number;
  #failure: Failure | undefined;

  constructor(status: Status) {
    this.#before = newestOf(status);
    this.#newest = this.#before;
  }

  /** The outcome, as soon as an event tells it. */
  hear(event: ServerEvent): Outcome | undefined {
    switch (event.event) {
      case 'hello':
        return this.#look(event.status);
      case 'generation-begun':
        this.#newest = Math.max(this.#newest, event.generation);
        return undefined;
      case 'worker-failed':
        this.#failure = event;
        return undefined;
      case 'generation-failed':
        return this.#failed(event.generation, this.#failure);
      case 'generation-serves':
        return event.generation > this.#before
          ? { kind: 'serves', generation: event.generation, seconds: event.seconds }
          : undefined;
      case 'stopping':
        return { kind: 'stopping' };
      default:
        return undefined;
    }
  }

  /** A stream that began anew tells the outcome, not the event. */
  #look(status: Status): Outcome | undefined {
    const { serving, after, pending } = status.generation;
    this.#newest = Math.max(this.#newest, newestOf(status));
    if (serving > this.#before) {
      return { kind: 'serves', generation: serving, seconds: after ?? 0 };
    }
    const failure = status.last_failure;
    return failure !== null && pending === null
      ? this.#failed(failure.generation, failure)
      : undefined;
  }

  #failed(generation: number, failure: Failure | undefined): Outcome | undefined {
    const isOurs = generation > this.#before && generation >= this.#newest;
    const known = failure?.generation === generation ? failure : undefined;
    return isOurs ? { kind: 'failed', generation, failure: known } : undefined;
  }
}

function newestOf(status: Status): number {
  const { serving, pending } = status.generation;
  return Math.max(serving, pending?.generation ?? 0, status.last_failure?.generation ?? 0);
}
