import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/core/code/nearest';
import { takesKeys } from '../../../src/core/code/modes';
import { answerOf, command } from '../../../src/core/code/spawnctl';
import type { Note } from '../../../src/core/contract';

const note = { pid: 42, python: '/venv/bin/python', folder: '/home/ada/shop' } as Note;

describe('the command line of spawnctl', () => {
  it('is of the interpreter of the server, and looks for modules in no project', () => {
    expect(command(note, ['why', '--format', 'json', '/home/ada/shop/a.py'])).toEqual({
      file: '/venv/bin/python',
      args: [
        '-m',
        'spawning_devtools.ctl',
        'why',
        '--pid',
        '42',
        '--format',
        'json',
        '/home/ada/shop/a.py',
      ],
      cwd: '/',
    });
  });
  it('never is a shell, of a server that does not tell its interpreter', () => {
    expect(command({ ...note, python: '' }, ['attach']).file).toBe('python3');
  });
});

describe('the answer of spawnctl', () => {
  it('counts whatever the exit code', () => {
    expect(answerOf({ code: 1, stdout: '{"kinds": []}\n', stderr: '' }, 'p')).toEqual({
      kinds: [],
    });
  });

  const REFUSED: readonly (readonly [Parameters<typeof answerOf>[0], string])[] = [
    [
      {
        code: 1,
        stdout: '',
        stderr: 'spawnctl: error: server 42 does not watch its code; start it with --reload=dev\n',
      },
      'server 42 does not watch its code; start it with --reload=dev',
    ],
    [
      { code: 1, stdout: '', stderr: '/venv/bin/python: No module named spawning_devtools\n' },
      "the interpreter of the server has no module spawning_devtools; type: pip install 'spawning[devtools]'",
    ],
    [{ code: 3, stdout: '', stderr: '' }, 'spawnctl ended with 3'],
    [{ code: undefined, stdout: '', stderr: 'spawn p ENOENT' }, 'p cannot be run: spawn p ENOENT'],
  ];
  it.each(REFUSED)('may be a complaint: %o', (ended, sentence) => {
    expect(() => answerOf(ended, 'p')).toThrow(sentence);
  });
});

describe('the server of a file', () => {
  const server = (folder: string) => ({ note: { ...note, folder } });
  const servers = [server('/a'), server('/a/b'), server('/a/b'), server('/a/bc'), server('/')];
  it('is the one that was started nearest above it', () => {
    expect(nearest(servers, '/a/x.py')).toEqual([servers[0]]);
    expect(nearest(servers, '/a/b/c/x.py')).toEqual([servers[1], servers[2]]);
    expect(nearest(servers, '/elsewhere/x.py')).toEqual([servers[4]]);
    expect(nearest(servers.slice(0, 4), '/elsewhere/x.py')).toEqual([]);
  });
});

describe('the modes of a terminal', () => {
  it('tell whether a prompt reads its keys', () => {
    expect(takesKeys('speed 38400 baud; -icrnl ixon\nisig -icanon iexten')).toBe(true);
    expect(takesKeys('icrnl ixon\nisig -icanon -echo')).toBe(false);
    expect(takesKeys('-icrnl ixon\nisig icanon echo')).toBe(false);
    expect(takesKeys('')).toBe(false);
  });
});
