/**
 * Follows the event stream of one server for as long as the server runs.
 *
 * Rules:
 * 1. Nothing is asked twice: one connection, and a new one only when that has ended.  It
 *    begins after the last event that was heard.
 * 2. A stream that is silent for longer than the server ever is has been lost.
 * 3. Whether there is anything left to follow is asked after each end, before any pause.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerEvent } from './contract';
import { isFields } from './json';
import { Parser } from './sse';

/** The server sends a comment every 15 seconds. */
export const SILENCE = 45_000;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;

export interface Following {
  /** The address of the status page, as the note says. */
  readonly status: string;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  onEvent(event: ServerEvent): void;
  /** Why the connection is not there any more, in words, each time that it goes. */
  onEnd(why: string): void;
  /** Whether the server still runs. */
  isThere(): boolean;
  /** Milliseconds; replaced in tests. */
  readonly silence?: number;
  readonly firstPause?: number;
}

/** Ends when the server does, or by the signal; never rejects. */
export async function follow(following: Following): Promise<void> {
  let [lastId, attempts] = ['', 0];
  while (!following.signal.aborted) {
    const end = await listen(following, lastId);
    if (isAborted(following)) {
      return;
    }
    following.onEnd(end.why);
    if (!following.isThere()) {
      return;
    }
    lastId = end.lastId;
    attempts = end.heard ? 0 : attempts + 1;
    await pause(
      backOff(attempts, following.firstPause ?? FIRST_PAUSE, end.after),
      following.signal,
    );
  }
}

/** Milliseconds until the next connection, after so many that told nothing. */
export function backOff(attempts: number, first = FIRST_PAUSE, asked = 0): number {
  return Math.min(LONGEST_PAUSE, Math.max(asked, first * 2 ** Math.min(attempts, 10)));
}

/** The address of a server's events; undefined where the status page's is none of this machine. */
export function eventsOf(status: string): string | undefined {
  return URL.canParse(status) ? new URL('/events?counters=1', status).href : undefined;
}

/** What a message says; undefined where it is not for us. */
export function understood(data: string): ServerEvent | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface End {
  readonly why: string;
  readonly heard: boolean;
  readonly lastId: string;
  /** Milliseconds that the server wants to have passed. */
  readonly after: number;
}

async function listen(following: Following, lastId: string): Promise<End> {
  const parser = new Parser(lastId);
  const end = { heard: false, after: 0 };
  const told = (why: string): End => ({ ...end, why, lastId: parser.lastId });
  const url = eventsOf(following.status);
  if (url === undefined) {
    return told(`${following.status} is no address`);
  }
  const watch = new Watch(following.silence ?? SILENCE, following.signal);
  try {
    const response = await following.fetch(url, { headers: headers(lastId), signal: watch.signal });
    end.after = 1000 * (Number(response.headers.get('retry-after')) || 0);
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return told(`${url} answered ${response.status}`);
    }
    for await (const chunk of response.body) {
      watch.heard();
      for (const { data } of parser.feed(chunk as Uint8Array)) {
        const event = understood(data);
        end.heard = true;
        if (event !== undefined) {
          following.onEvent(event);
        }
      }
    }
    return told('the stream has ended');
  } catch (error) {
    return told(watch.isLate ? 'the stream fell silent' : reason(error));
  } finally {
    watch.end();
  }
}

function headers(lastId: string): Record<string, string> {
  const accept = { Accept: 'text/event-stream' };
  return lastId === '' ? accept : { ...accept, 'Last-Event-ID': lastId };
}

/** Ends a connection that is silent for too long, or with the signal that it is given. */
class Watch {
  isLate = false;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal;
  readonly #abort = () => {
    this.#controller.abort();
  };

  constructor(silence: number, outer: AbortSignal) {
    this.#timer = setTimeout(() => {
      this.isLate = true;
      this.#abort();
    }, silence);
    this.#outer = outer;
    outer.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }
}

function isAborted(following: Following): boolean {
  return following.signal.aborted;
}

function isEvent(value: unknown): value is ServerEvent {
  if (!isFields(value)) {
    return false;
  }
  const { version, event, at } = value;
  return version === 1 && typeof event === 'string' && typeof at === 'number';
}

/** What fetch says is wrong is in its cause. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** Ends with the signal, too. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
