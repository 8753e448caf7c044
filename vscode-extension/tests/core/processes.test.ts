import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { isFree, nextFreePort } from '../../src/core/ports';
import {
  descends,
  isAlive,
  isOurs,
  killTree,
  processIn,
  processOf,
  signal,
  treeOf,
} from '../../src/core/processes';

let root: ChildProcess | undefined;

afterEach(() => {
  root?.kill('SIGKILL');
  root = undefined;
});

/** A shell that waits for a shell that waits for a sleep, and heeds no SIGTERM. */
async function family(): Promise<{ pid: number; started: number }> {
  const inner = "trap '' TERM; sleep 600 & echo; wait";
  root = spawn('/bin/sh', ['-c', `trap '' TERM; /bin/sh -c "${inner}" & wait`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(root.stdout as NodeJS.EventEmitter, 'data');
  const found = processOf(root.pid ?? 0);
  if (found === undefined) {
    throw new Error('it has ended');
  }
  return found;
}

describe('what the kernel tells of a process', () => {
  const fields = (state: string) =>
    `${state} 17 ${Array.from({ length: 17 }, (_, index) => index + 5).join(' ')} 987654 rest`;
  const told = { pid: 4000, parent: 17, started: 987654 };

  test.each([
    ['spawn', 'S', told],
    ['a (b) c) 1 2 3', 'R', told],
    ['spawn', 'Z', undefined],
    ['spawn', 'X', undefined],
  ])('of (%s) in state %s', (name, state, expected) => {
    expect(processIn(`4000 (${name}) ${fields(state)}\n`)).toEqual(expected);
  });

  test('where there is none', () => {
    expect(processIn('')).toBeUndefined();
  });
});

test('a process is the one that was started then', () => {
  const self = processOf(process.pid);
  expect(self && isAlive(self)).toBe(true);
  expect(isAlive({ pid: process.pid, started: 1 })).toBe(false);
  expect(isAlive({ pid: 2 ** 22 + 1, started: 0 })).toBe(false);
  expect(signal({ pid: process.pid, started: 1 }, 'SIGKILL')).toBe(false);
  expect(processOf(2 ** 22 + 1)).toBeUndefined();
  expect(isOurs(process.pid)).toBe(true);
  expect(isOurs(2 ** 22 + 1)).toBe(false);
});

test('a tree ends with its root, whatever it does not heed', async () => {
  const top = await family();
  const tree = treeOf(top);
  expect(tree).toHaveLength(3);
  expect(tree.every(({ pid }) => descends(pid, process.pid))).toBe(true);
  expect(descends(process.pid, top.pid)).toBe(false);
  signal(top, 'SIGTERM');
  expect(tree.every(isAlive)).toBe(true);
  const ended = once(root as NodeJS.EventEmitter, 'exit');
  killTree(top);
  await ended;
  await expect.poll(() => tree.some(isAlive)).toBe(false);
});

test('the next free port', async () => {
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  expect(await isFree(port)).toBe(false);
  const next = await nextFreePort(port - 1);
  expect(next).not.toBe(port);
  server.close();
  await once(server, 'close');
  expect(await nextFreePort(65535)).toBe(0);
});
