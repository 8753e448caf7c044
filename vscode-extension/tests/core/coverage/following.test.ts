import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Address } from '../../../src/core/coverage/address';
import { asker, order } from '../../../src/core/coverage/asking';
import { Follower } from '../../../src/core/coverage/follower';
import { socketOf } from '../../../src/core/coverage/keeper';
import { marksFor } from '../../../src/core/coverage/known';
import { APP, LINES, SOURCE, live } from './examples';
import { Site } from './site';

let site = new Site();
let follower: Follower | undefined;
afterEach(() => {
  vi.useRealTimers();
  follower?.dispose();
  site.close();
  site = new Site();
});

/** The application's own. */
const at = (base: string): Address => ({ page: base, base, controller: undefined });

async function following(hasSigns = true) {
  const base = at(await site.open());
  let changed: () => void = () => undefined;
  const made = (follower = new Follower(
    asker(base),
    () => hasSigns,
    () => {
      changed();
    },
  ));
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      changed = () => {
        if (isSo()) resolve();
      };
      changed();
    });
  return { made, until, base };
}

describe('a follower', () => {
  it('asks for all files, and for the lines of those that somebody looks at', async () => {
    site.answer = ({ pathname }) => (pathname.endsWith('live.json') ? live() : LINES);
    const { made, until } = await following();
    made.look({ isSeen: true, paths: [APP, '/elsewhere.py'] });
    await until(() => made.known.sheets.size === 1);
    expect(site.asked).toEqual(['GET /_coverage/live.json', 'GET /_coverage/lines.json']);
    expect(marksFor(made.known, APP, SOURCE.join('\n'))).toHaveLength(4);
  });

  it('plans no question while nobody looks', () => {
    vi.useFakeTimers();
    const made = (follower = new Follower(
      () => new Promise(() => undefined),
      () => true,
      () => undefined,
    ));
    made.look({ isSeen: false, paths: [APP] });
    made.hear(true);
    expect(vi.getTimerCount()).toBe(0);
    made.look({ isSeen: true, paths: [APP] });
    expect(vi.getTimerCount()).toBe(1);
    made.look({ isSeen: false, paths: [APP] });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is over when it is let go, though a question is on its way', async () => {
    vi.useFakeTimers();
    let answer: (told: unknown) => void = () => undefined;
    const made = (follower = new Follower(
      () => new Promise((resolve) => (answer = resolve)),
      () => true,
      () => undefined,
    ));
    made.look({ isSeen: true, paths: [] });
    await vi.advanceTimersByTimeAsync(0);
    made.dispose();
    answer(live());
    await vi.advanceTimersByTimeAsync(0);
    made.hear(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says in a sentence what is wrong, and goes on', async () => {
    site.answer = () => ({
      status: 403,
      text: 'Coverage shows source code, to this machine only.\n',
    });
    const { made, until } = await following();
    made.look({ isSeen: true, paths: [] });
    await until(() => made.trouble !== '');
    expect(made.trouble).toBe('Coverage shows source code, to this machine only.');
    site.answer = () => live();
    made.now();
    await until(() => made.trouble === '' && made.known.totals !== undefined);
  });

  it('goes on without a file that is not measured any more', async () => {
    site.answer = ({ pathname }) =>
      pathname.endsWith('live.json') ? live() : { status: 404, text: 'This file is not measured.' };
    const { made, until } = await following();
    made.look({ isSeen: true, paths: [APP] });
    await until(() => made.known.totals !== undefined);
    expect(made.trouble).toBe('');
    expect(made.known.rows.size).toBe(0);
  });

  it.each([
    [
      'a page',
      { status: 200, text: '<html>' },
      'it is not measured here: start the server with --coverage.',
    ],
    [
      'JSON',
      { hello: 1 },
      'the server speaks of coverage as this version of the extension does not know.',
    ],
  ])('knows %s of an application from an answer', async (_, answer, sentence) => {
    site.answer = () => answer;
    const { made, until } = await following();
    made.look({ isSeen: true, paths: [] });
    await until(() => made.trouble !== '');
    expect(made.trouble).toBe(sentence);
  });

  it('says that a server does not answer', async () => {
    const { made, until } = await following();
    site.close();
    made.look({ isSeen: true, paths: [] });
    await until(() => made.trouble !== '');
    expect(made.trouble).toBe('the server does not answer.');
  });
});

describe('an order', () => {
  it('is posted, and the server says how that went', async () => {
    const base = at(await site.open());
    site.answer = () => ({ status: 202, text: 'What requests ran is forgotten.\n' });
    expect(await order(base, 'reset')).toBe('What requests ran is forgotten.');
    expect(site.asked).toEqual(['POST /_coverage/reset']);
  });
});

describe('a keeper', () => {
  const address = { page: undefined, base: 'http://localhost/_coverage' };

  it('is asked at its socket', async () => {
    // Whoever has started this process stands for the controller.
    const controller = process.ppid;
    site.answer = () => live();
    await site.open(socketOf(controller));
    const ask = asker({ ...address, controller });
    expect(await ask('/live.json')).toMatchObject({ run: 'r1' });
    expect(site.asked).toEqual(['GET /_coverage/live.json']);
  });

  it('is told nothing where a process that is none of its server has taken its name', async () => {
    const controller = process.pid;
    await site.open(socketOf(controller));
    const ask = asker({ ...address, controller });
    await expect(ask('/live.json')).rejects.toThrow('the server does not answer.');
    expect(site.asked).toEqual([]);
  });

  it('does not answer where there is none', async () => {
    const ask = asker({ ...address, controller: process.ppid });
    await expect(ask('/live.json')).rejects.toThrow('the server does not answer.');
  });
});
