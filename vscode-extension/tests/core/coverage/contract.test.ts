/** What the server's own tests check against its real answers is what is read here. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../src/core/code/holds';
import type { ServerEvent } from '../../../src/core/contract';
import { fileLinesOf, linesOf, liveOf } from '../../../src/core/coverage/answers';
import { NOTHING, marksFor, withLines, withLive } from '../../../src/core/coverage/known';
import { snapshotOf } from '../../../src/core/coverage/snapshot';

const CONTRACT = new URL('../../../../tests/contract/', import.meta.url);
const told = (name: string): unknown => JSON.parse(readFileSync(new URL(name, CONTRACT), 'utf8'));

describe('the answers of a server', () => {
  const live = liveOf(told('coverage-live.json'));
  const answer = linesOf(told('coverage-lines.json'));
  if (!live || !answer) throw new Error('the examples are not understood');
  const { path } = answer.file;

  it('become marks beside the source', () => {
    const known = withLines(withLive(NOTHING, live), path, answer);
    const text = `${(answer.source ?? []).join('\n')}\n`;
    expect(marksFor(known, path, text).map(({ kind, line }) => `${line} ${kind}`)).toEqual([
      '0 import',
      '3 import',
      '4 request',
      '5 missing',
      '6 request',
    ]);
  });

  it('become a snapshot', () => {
    const files = fileLinesOf(told('coverage-since.json')) ?? [];
    const found = snapshotOf(live.files, files, new Map());
    expect(found.map((file) => file.path).sort()).toEqual(
      live.files.map((file) => file.path).sort(),
    );
    for (const { statements, lines } of found) {
      expect(statements.total).toBe(lines.length);
      expect(statements.covered).toBe(lines.filter(({ ran }) => ran).length);
    }
  });

  it('tell of a breakpoint that waits, and of its end', () => {
    const events = told('events-breakpoint.json') as { data: ServerEvent }[];
    const [begin, end] = events.map(({ data }) => data);
    if (!begin || !end) throw new Error('the example has two events');
    expect(changesOf(begin, [])).toEqual([
      { is: 'held', hold: { worker: 5, request: 'GET /order' } },
    ]);
    expect(changesOf(end, [5])).toEqual([{ is: 'released', worker: 5 }]);
  });
});
