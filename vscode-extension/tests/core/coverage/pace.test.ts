import { describe, expect, it } from 'vitest';
import { type Circumstances, due, INTERVAL, SELDOM } from '../../../src/core/coverage/pace';

const quiet: Circumstances = {
  isSeen: true,
  hasEditor: true,
  hasSigns: true,
  isUnsettled: false,
  isTroubled: false,
  asked: 100_000,
  sign: 50_000,
};
const [soon, later] = [quiet.asked + INTERVAL, quiet.asked + SELDOM];

describe('when the server is asked', () => {
  it.each<[string, Partial<Circumstances>, number | undefined]>([
    ['never while nobody looks', { isSeen: false, isUnsettled: true, sign: 100_000 }, undefined],
    ['seldom while nothing happens', {}, later],
    ['not at all for the status bar alone', { hasEditor: false }, undefined],
    ['soon after a sign', { sign: 100_500 }, soon],
    ['soon after a sign, for the status bar too', { sign: 100_500, hasEditor: false }, soon],
    ['once more, as workers tell a while later', { sign: 99_000 }, soon],
    ['not again when they have told', { sign: 98_400 }, later],
    ['soon while figures are being found out', { isUnsettled: true }, soon],
    ['in each interval where there are no signs', { hasSigns: false }, soon],
    ['but for an editor only', { hasSigns: false, hasEditor: false }, undefined],
    [
      'now and then where it refuses',
      { isTroubled: true, hasEditor: false, hasSigns: false },
      later,
    ],
    ['but soon after a sign', { isTroubled: true, sign: 100_500 }, soon],
  ])('%s', (_, other, at) => {
    expect(due({ ...quiet, ...other })).toBe(at);
  });
});
