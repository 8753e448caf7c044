import { describe, expect, test } from 'vitest';
import { typedApplication, type Application } from '../../src/core/application';
import { chosen, said, type Remembered } from '../../src/core/choice';

function named(name: string, rest: Partial<Application> = {}): Application {
  return { ...typedApplication([name], 'a test'), ...rest };
}

const CONFIGURED = named('shop.web', { isConfigured: true });
const TYPED: Remembered = { application: named('typed'), isTyped: true };
const PICKED: Remembered = { application: named('picked'), isTyped: false };

describe('what was said', () => {
  const none = { setting: undefined, remembered: undefined, configured: undefined };
  test.each([
    ['nothing', none, undefined],
    [
      'the setting wins',
      { setting: named('set'), remembered: TYPED, configured: CONFIGURED },
      'set',
    ],
    ['pyproject.toml', { ...none, configured: CONFIGURED }, 'shop.web'],
    [
      'pyproject.toml over an old choice',
      { ...none, remembered: PICKED, configured: CONFIGURED },
      'shop.web',
    ],
    [
      'a choice instead of pyproject.toml',
      { ...none, remembered: { ...PICKED, isInsteadOf: ['shop.web'] }, configured: CONFIGURED },
      'picked',
    ],
    [
      'pyproject.toml that is another since',
      { ...none, remembered: { ...PICKED, isInsteadOf: ['shop.old'] }, configured: CONFIGURED },
      'shop.web',
    ],
    ['what was typed', { ...none, remembered: TYPED }, 'typed'],
    ['what was picked has to be found', { ...none, remembered: PICKED }, undefined],
  ])('%s', (_what, wishes, expected) => {
    expect(said(wishes)?.words[0]).toBe(expected);
  });
});

describe('what was found', () => {
  const minor = { isMinor: true };
  test.each([
    ['nothing', [], undefined, 'none'],
    ['one', [named('a')], undefined, 'a'],
    ['one that is likely', [named('a'), named('b', minor)], undefined, 'a'],
    ['one, though it is unlikely', [named('a', minor)], undefined, 'a'],
    ['several', [named('a'), named('b'), named('c', minor)], undefined, 'several: a b c'],
    [
      'several that are unlikely',
      [named('a', minor), named('b', minor)],
      undefined,
      'several: a b',
    ],
    ['several, one of them picked before', [named('a'), named('picked')], PICKED, 'picked'],
    ['one picked before that is gone', [named('a'), named('b')], PICKED, 'several: a b'],
    [
      'one picked before in another folder',
      [named('a'), named('picked', { folder: 'x' })],
      PICKED,
      'several: a picked',
    ],
  ])('%s', (_what, found, remembered, expected) => {
    const choice = chosen(found, remembered);
    const shown = {
      chosen: () => ('application' in choice ? choice.application.words[0] : ''),
      several: () =>
        `several: ${'applications' in choice ? choice.applications.map((one) => one.words[0]).join(' ') : ''}`,
      none: () => 'none',
    };
    expect(shown[choice.kind]()).toBe(expected);
  });
});
