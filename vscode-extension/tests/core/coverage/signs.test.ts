import { expect, it } from 'vitest';
import { Signs } from '../../../src/core/coverage/signs';
import { child, event, status } from '../examples';

function counters(requests: number, busy: number) {
  const { health, sentence, connections, memory, totals } = status();
  return event({
    event: 'counters',
    ...{ health, sentence, connections, memory },
    children: { 1: child({ busy }), 2: child() },
    totals: { ...totals, requests },
  });
}

it('lines may have run where a request was answered, or begun', () => {
  const signs = new Signs();
  const said = [counters(0, 0), counters(1, 0), counters(1, 0), counters(1, 1), counters(2, 1)];
  expect(said.map((one) => signs.of(one))).toEqual([false, false, undefined, true, true]);
});

it('and where code was imported, but not for what else a server tells', () => {
  const signs = new Signs();
  expect(signs.of(event({ event: 'hello', status: status() }))).toBe(false);
  expect(signs.of(event({ event: 'generation-serves', generation: 2, seconds: 1 }))).toBe(false);
  expect(signs.of(event({ event: 'notice', text: 'x' }))).toBeUndefined();
});
