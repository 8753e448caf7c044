import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { CHECKUP, checkupFrom, complaintAbout, firstOf } from '../../src/core/interpreter';
import { MODULES, modulesWithout } from './examples';

const PYTHON = { path: '/v/bin/python', origin: 'found in .venv' };

test('the first that there is', async () => {
  const asked: string[] = [];
  const source = (name: string, found: boolean) => () => {
    asked.push(name);
    return Promise.resolve(found ? { path: name, origin: '' } : undefined);
  };
  const found = await firstOf([source('a', false), source('b', true), source('c', true)]);
  expect(found?.path).toBe('b');
  expect(asked).toEqual(['a', 'b']);
});

describe('what an interpreter lacks', () => {
  test.each([
    ['nothing', [3, 13, 0], MODULES, true, undefined, undefined],
    [
      'debugpy, which nobody needs',
      [3, 10, 1],
      modulesWithout('debugpy'),
      false,
      undefined,
      undefined,
    ],
    [
      'Spawning',
      [3, 12, 1],
      modulesWithout('spawning', 'spawning_devtools'),
      false,
      'Spawning is not installed in /v/bin/python (found in .venv).',
      '/v/bin/python -m pip install Spawning[devtools]',
    ],
    [
      'the extra',
      [3, 12, 1],
      modulesWithout('watchdog', 'coverage'),
      false,
      'What Spawning needs for development (watchdog, coverage) is not installed in /v/bin/python (found in .venv).',
      '/v/bin/python -m pip install Spawning[devtools]',
    ],
    [
      'Spawning, and pip',
      [3, 12, 1],
      modulesWithout('spawning', 'pip'),
      false,
      'Spawning is not installed in /v/bin/python (found in .venv).',
      'uv pip install --python /v/bin/python Spawning[devtools]',
    ],
    [
      'debugpy',
      [3, 12, 1],
      modulesWithout('debugpy'),
      true,
      'Debugging needs debugpy, which is not installed in /v/bin/python (found in .venv).',
      '/v/bin/python -m pip install debugpy',
    ],
    [
      'years',
      [3, 9, 7],
      [],
      false,
      'Spawning needs Python 3.10 or later, and /v/bin/python (found in .venv) is 3.9.',
      undefined,
    ],
    [
      'decades',
      [2, 7, 18],
      [],
      false,
      'Spawning needs Python 3.10 or later, and /v/bin/python (found in .venv) is 2.7.',
      undefined,
    ],
  ])('%s', (_what, version, has, needsDebugpy, sentence, install) => {
    const complaint = complaintAbout(PYTHON, { version, has }, needsDebugpy);
    expect(complaint?.sentence).toBe(sentence);
    expect(complaint?.install?.join(' ')).toBe(install);
  });
});

test('a Python tells of itself', () => {
  const printed = execFileSync('python3', ['-c', CHECKUP], { cwd: '/', encoding: 'utf8' });
  const checkup = checkupFrom(`a warning of a sitecustomize\n${printed}`);
  expect(checkup?.version[0]).toBe(3);
  expect(checkup?.has).toBeInstanceOf(Array);
});

test.each(['', 'x', '{}', '[1]', '{"version": 3}'])('%j is no checkup', (printed) => {
  expect(checkupFrom(printed)).toBeUndefined();
});
