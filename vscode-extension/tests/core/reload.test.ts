import { describe, expect, it } from 'vitest';
import type { ServerEvent, Status } from '../../src/core/contract';
import { Awaited } from '../../src/core/reload';
import { event, failure, status, T, workerFailed } from './examples';

const begun = (generation: number) =>
  event({ event: 'generation-begun', generation, cause: 'SIGHUP' });
const serves = (generation: number) =>
  event({ event: 'generation-serves', generation, seconds: 0.2 });
const failed = (generation: number) => event({ event: 'generation-failed', generation });
const hello = (over: Partial<Status>) => event({ event: 'hello', status: status(over) });
const pending = { generation: 7, cause: 'saved', since: T };

function outcome(before: Partial<Status>, ...events: ServerEvent[]) {
  const awaited = new Awaited(status(before));
  return events.map((one) => awaited.hear(one)).find((one) => one !== undefined);
}

describe('a reload that was asked for', () => {
  it('ends when its generation serves', () => {
    expect(outcome({}, begun(7), serves(7))).toEqual({
      kind: 'serves',
      generation: 7,
      seconds: 0.2,
    });
  });

  it('ends when its generation fails, and says why', () => {
    expect(outcome({}, begun(7), workerFailed(), failed(7))).toMatchObject({
      kind: 'failed',
      generation: 7,
      failure: { line: 3 },
    });
    expect(outcome({}, begun(7), failed(7))).toEqual({
      kind: 'failed',
      generation: 7,
      failure: undefined,
    });
    expect(outcome({}, begun(7), begun(8), workerFailed(), failed(8))).toMatchObject({
      failure: undefined,
    });
  });

  it('is not what was begun before', () => {
    const generation = { ...status().generation, pending };
    expect(outcome({ generation }, serves(7))).toBeUndefined();
    expect(outcome({ generation }, failed(7))).toBeUndefined();
    expect(outcome({ generation }, failed(7), begun(8), serves(8))).toMatchObject({
      kind: 'serves',
      generation: 8,
    });
  });

  it('may be overtaken by a save', () => {
    expect(outcome({}, begun(7), begun(8), failed(7))).toBeUndefined();
    expect(outcome({}, begun(7), begun(8), failed(7), serves(8))).toMatchObject({ generation: 8 });
  });

  it('ends with the server', () => {
    expect(outcome({}, begun(7), event({ event: 'stopping' }))).toEqual({ kind: 'stopping' });
  });

  it('is found in what a new stream begins with', () => {
    const serving = { serving: 7, since: T, after: 0.3, pending: null };
    expect(outcome({}, hello({ generation: serving }))).toEqual({
      kind: 'serves',
      generation: 7,
      seconds: 0.3,
    });
    const last_failure = { ...failure(), current: true };
    expect(outcome({}, hello({ last_failure }))).toMatchObject({ kind: 'failed', generation: 7 });
    expect(outcome({ last_failure }, hello({ last_failure }))).toBeUndefined();
    expect(outcome({}, hello({ generation: { ...status().generation, pending } }))).toBeUndefined();
  });
});
