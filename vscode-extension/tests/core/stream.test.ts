import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServerEvent } from '../../src/core/contract';
import {
  backOff,
  eventsOf,
  follow,
  type Following,
  SILENCE,
  understood,
} from '../../src/core/stream';

type Answer = (response: ServerResponse) => void;

const HEAD = { 'content-type': 'text/event-stream' };
const notice = (text: string, id?: string) =>
  `${id === undefined ? '' : `id: ${id}\n`}event: notice\ndata: {"version":1,"event":"notice","at":1,"text":"${text}"}\n\n`;
const tells =
  (...parts: string[]): Answer =>
  (response) => {
    response.writeHead(200, HEAD).end(parts.join(''));
  };

let server: Server | undefined;
afterEach(() => {
  vi.useRealTimers();
  server?.closeAllConnections();
  server?.close();
});

/** A server that gives each connection the next of these answers; what it was asked is in `asked`. */
async function serving(...answers: Answer[]) {
  const asked: IncomingMessage[] = [];
  const listening = createServer((request, response) => {
    asked.push(request);
    const answer = answers[asked.length - 1];
    if (answer === undefined) response.writeHead(500).end();
    else answer(response);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { asked, status: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/status` };
}

/** Follows until the server is said to be gone: after so many ends. */
async function followed(status: string, ends: number, over: Partial<Following> = {}) {
  const heard: string[] = [];
  const whys: string[] = [];
  await follow({
    ...{ status, signal: new AbortController().signal, fetch, firstPause: 1 },
    onEvent: (event) => {
      heard.push(event.event === 'notice' ? event.text : event.event);
    },
    onEnd: (why) => {
      whys.push(why);
    },
    isThere: () => whys.length < ends,
    ...over,
  });
  return { heard, whys };
}

describe('the event stream', () => {
  it('is followed to its end', async () => {
    const { asked, status } = await serving(
      tells('retry: 1000\n\n', notice('a'), ': keep-alive\n\n', notice('b')),
    );
    expect(await followed(status, 1)).toEqual({
      heard: ['a', 'b'],
      whys: ['the stream has ended'],
    });
    expect(
      asked.map(({ url, headers }) => [url, headers.accept, headers['last-event-id']]),
    ).toEqual([['/events?counters=1', 'text/event-stream', undefined]]);
  });

  it('goes on after the last event that was heard', async () => {
    const { asked, status } = await serving(
      tells(notice('a', '41'), notice('b', '42')),
      tells(notice('c', '43')),
    );
    expect((await followed(status, 2)).heard).toEqual(['a', 'b', 'c']);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '42']);
  });

  it('begins anew where the server tells no ids', async () => {
    const { asked, status } = await serving(tells(notice('a')), tells(notice('b')));
    expect((await followed(status, 2)).heard).toEqual(['a', 'b']);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, undefined]);
  });

  it('tries again when there are too many streams already', async () => {
    const { status } = await serving(
      (response) => {
        response.writeHead(503, { 'retry-after': '0' }).end();
      },
      tells(notice('a')),
    );
    const { heard, whys } = await followed(status, 2);
    expect(heard).toEqual(['a']);
    expect(whys[0]).toMatch(/^http:.*\/events\?counters=1 answered 503$/);
  });

  it('is lost when it is cut', async () => {
    const cut: Answer = (response) => {
      response.writeHead(200, HEAD).write(notice('a'), () => response.socket?.destroy());
    };
    const { status } = await serving(cut, tells(notice('b')));
    const { heard, whys } = await followed(status, 2);
    expect(heard).toEqual(['a', 'b']);
    expect(whys[0]).toContain('terminated');
  });

  it('is lost when it falls silent', async () => {
    const { status } = await serving((response) => {
      response.writeHead(200, HEAD).write(notice('a'));
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let onEvent: Following['onEvent'] = () => undefined;
    const heard = new Promise<ServerEvent>((resolve) => (onEvent = resolve));
    const done = followed(status, 1, { onEvent });
    expect(await heard).toMatchObject({ text: 'a' });
    await vi.advanceTimersByTimeAsync(SILENCE + 1000);
    expect((await done).whys).toEqual(['the stream fell silent']);
  });

  it('is none where nobody listens', async () => {
    const { status } = await serving();
    await new Promise((resolve) => server?.close(resolve));
    expect((await followed(status, 2)).whys[1]).toContain('ECONNREFUSED');
    expect((await followed('here', 1)).whys).toEqual(['here is no address']);
  });

  it('ends by the signal, without a word', async () => {
    const stop = new AbortController();
    const { status } = await serving((response) => {
      response.writeHead(200, HEAD).write(notice('a'));
    });
    const onEvent = () => {
      stop.abort();
    };
    expect((await followed(status, 1, { signal: stop.signal, onEvent })).whys).toEqual([]);
  });

  it('is not lost while it says a word now and then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let says: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({ start: (given) => (says = given) });
    const whys: string[] = [];
    const over = {
      fetch: (_url: unknown, options: RequestInit = {}) => {
        options.signal?.addEventListener('abort', () => says?.error(new Error('aborted')));
        return Promise.resolve(new Response(body, { headers: HEAD }));
      },
      onEnd: (why: string) => {
        whys.push(why);
      },
      isThere: () => false,
    };
    const done = followed('http://127.0.0.1:1/status', 1, over);
    for (let turn = 0; turn < 3; turn += 1) {
      await vi.advanceTimersByTimeAsync(SILENCE - 1000);
      expect(whys).toEqual([]);
      says?.enqueue(new TextEncoder().encode(': keep-alive\n\n'));
    }
    await vi.advanceTimersByTimeAsync(SILENCE + 1000);
    await done;
    expect(whys).toEqual(['the stream fell silent']);
  });

  it('ends by the signal during a pause', async () => {
    const stop = new AbortController();
    const { status } = await serving(tells());
    const onEnd = () =>
      setTimeout(() => {
        stop.abort();
      }, 1);
    await followed(status, 1, {
      signal: stop.signal,
      onEnd,
      isThere: () => true,
      firstPause: 15_000,
    });
  });
});

describe('the parts of a stream', () => {
  it('waits longer each time, but not for ever', () => {
    expect([0, 1, 2, 3, 6, 99].map((attempts) => backOff(attempts))).toEqual([
      250, 500, 1000, 2000, 15_000, 15_000,
    ]);
    expect(backOff(0, 250, 1000)).toBe(1000);
    expect(backOff(0, 250, 999_000)).toBe(15_000);
  });

  it('is at the origin of the status page', () => {
    expect(eventsOf('http://[::1]:8091/status')).toBe('http://[::1]:8091/events?counters=1');
    expect(eventsOf('')).toBeUndefined();
  });

  it('understands events of this version only', () => {
    const event: ServerEvent = { version: 1, event: 'stopping', at: 5 };
    expect(understood(JSON.stringify(event))).toEqual(event);
    for (const data of [
      '',
      '{',
      '[]',
      'null',
      '7',
      '{"event":"x","at":1}',
      '{"version":2,"event":"x","at":1}',
      '{"version":1,"at":1}',
    ]) {
      expect(understood(data)).toBeUndefined();
    }
  });
});
