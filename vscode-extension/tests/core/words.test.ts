import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { substituted } from '../../src/core/variables';
import { commandLine, splitWords } from '../../src/core/words';

test.each([
  ['', []],
  ['  a  b ', ['a', 'b']],
  ["'a b' c", ['a b', 'c']],
  ['"a \\"b\\" $c" d', ['a "b" $c', 'd']],
  ['a\\ b', ['a b']],
  ["x='1 2'3", ['x=1 23']],
  ["''", ['']],
  ["it's", ["it's"]],
])('the words of %j', (text, expected) => {
  expect(splitWords(text)).toEqual(expected);
});

describe('a command line', () => {
  const HARD = ['plain', 'a b', "it's", '$HOME', '`x`', '"q"', 'a\\b', '', 'é!', '*', '~', '--x=~'];

  test('sh takes it apart into the same words', () => {
    const line = commandLine(['printf', '%s\\n', ...HARD], 'bash');
    const printed = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
    expect(printed.split('\n').slice(0, -1)).toEqual(HARD);
  });

  test.each([
    ['bash', ['python', '-m', 'spawning', '--port=0'], 'python -m spawning --port=0'],
    ['bash', ["it's"], "'it'\\''s'"],
    ['fish', ["it's\\"], "'it\\'s\\\\'"],
    ['pwsh', ['/a b/python', "it's"], "& '/a b/python' 'it''s'"],
    ['', ['a:make()'], "'a:make()'"],
  ])('%s: %j', (shell, words, expected) => {
    expect(commandLine(words, shell)).toBe(expected);
  });
});

test.each([
  ['${workspaceFolder}/.venv/bin/python', '/home/ada/shop/.venv/bin/python'],
  ['${workspaceFolderBasename}', 'shop'],
  ['~/python', '/home/ada/python'],
  ['~ada/python', '~ada/python'],
  ['a~', 'a~'],
  ['${userHome}/x', '/home/ada/x'],
  ['${env:COLOUR}${env:NONE}', 'blue'],
  ['${unknown}', '${unknown}'],
])('%s', (text, expected) => {
  const around = { folder: '/home/ada/shop', home: '/home/ada', environment: { COLOUR: 'blue' } };
  expect(substituted(text, around)).toBe(expected);
});
