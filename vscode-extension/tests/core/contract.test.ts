/** What the server really tells, as its own tests have recorded it, is understood here. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Status } from '../../src/core/contract';
import { extended } from '../../src/core/model';
import { parseNote } from '../../src/core/notes';
import { pageOf } from '../../src/core/page';
import { problemOf } from '../../src/core/problems';
import { Parser } from '../../src/core/sse';
import { understood } from '../../src/core/stream';
import { treeOf } from '../../src/core/tree';
import { textOf } from '../../src/core/view';

interface Recorded {
  readonly id: string;
  readonly event: string;
  readonly data: object;
}

const FOLDER = new URL('../../../tests/contract/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(`${name}.json`, FOLDER), 'utf8');

/** What is known after these streams, which came one after the other. */
function after(...streams: string[]): Status {
  return steps(...streams).at(-1) ?? raise();
}

function raise(): never {
  throw new Error('nothing is known');
}

/** What is known after each event. */
function steps(...streams: string[]): Status[] {
  const found: Status[] = [];
  const parser = new Parser();
  let known: Status | undefined;
  for (const name of streams) {
    for (const { id, event, data } of JSON.parse(read(`events-${name}`)) as Recorded[]) {
      const text = `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      const [message] = parser.feed(new TextEncoder().encode(text));
      const told = understood(message?.data ?? '');
      expect(told?.event).toBe(event);
      known = told && extended(known, told);
      expect(parser.lastId).toBe(id);
      found.push(known ?? raise());
    }
  }
  return found;
}

/** What the events say of it, and `/status.json` too. */
function told(status: Status) {
  const { health, sentence, generation, last_failure, totals, children, ready } = status;
  const { reloads, reload_failures } = totals;
  const states = Object.values(children).map(({ worker, state, debugger: held }) => [
    worker,
    state,
    held,
  ]);
  return { health, sentence, generation, last_failure, reloads, reload_failures, states, ready };
}

describe('what the server tells', () => {
  const start = ['start', 'reload'];
  const broken = [...start, 'syntax-error'];
  const raised = [...broken, 'exception'];
  const mended = [...raised, 'recovery'];

  it.each([
    ['status-serving', ['start']],
    ['status-syntax-error', broken],
    ['status-exception', raised],
  ])('by events comes to what %s says', (name, streams) => {
    expect(told(after(...streams))).toEqual(told(JSON.parse(read(name)) as Status));
  });

  it('is at no moment of a reload that nobody answers', () => {
    const all = steps(...start).map(({ health }) => health);
    expect(new Set(all.slice(1))).toEqual(new Set(['healthy']));
  });

  it('is a recovery', () => {
    expect(told(after(...mended))).toMatchObject({
      health: 'healthy',
      reload_failures: 2,
      reloads: 2,
    });
    expect(after(...mended).last_failure?.current).toBe(false);
  });

  it('is a debugger that holds a worker, and lets go', () => {
    expect(told(after(...mended, 'breakpoint')).states).toEqual([[5, 'serving', null]]);
  });

  it('is what a worker is answering', () => {
    const note = parseNote(read('note')) ?? raise();
    const status = JSON.parse(read('status-breakpoint')) as Status;
    const entries = [...treeOf([{ note, status }], []).entries.values()];
    const [request] = entries.filter(({ context }) => context === 'request');
    expect(request).toMatchObject({ label: '0 s', description: 'GET /order' });
  });

  it('is counted', () => {
    const known = after('start', 'counters');
    const { data } = (JSON.parse(read('events-counters')) as [{ data: Status }])[0];
    expect([known.totals, known.children]).toEqual([data.totals, data.children]);
  });

  it('is a problem at its place', () => {
    const note = parseNote(read('note'));
    const problem = note && problemOf(note, after(...broken));
    expect(problem).toMatchObject({ file: '/home/ada/shop/prices.py', code: 'SyntaxError' });
    expect(problem?.message).toContain("SyntaxError: '(' was never closed");
    expect(problem?.related.length).toBeGreaterThan(0);
  });

  it('is shown', () => {
    const note = parseNote(read('note'));
    const text = note && textOf(pageOf({ note, status: after(...raised) }, false));
    expect(text).toContain('there is no price for water');
    expect(text).toContain('goes on serving');
  });
});
