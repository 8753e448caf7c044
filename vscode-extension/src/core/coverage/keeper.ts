/**
 * Where the keeper of a server's coverage answers the server's own user, whatever that listens on.
 *
 * It is a unix socket that has a name and no file, and anybody may have taken a name first.  So
 * before each question it is looked whether a process of the server's listens there.
 */

import { readdir, readFile, readlink } from 'node:fs/promises';

/** In the table of unix sockets: one that listens, and no connection of it. */
const LISTENS = '00010000';

/** The socket of the keeper that a controller has started. */
export function socketOf(controller: number): string {
  return `\0${nameOf(controller)}`;
}

/** Whether it is the server's; false where nobody listens. */
export async function isServers(controller: number): Promise<boolean> {
  const inode = listenerIn(await textOf('/proc/net/unix'), `@${nameOf(controller)}`);
  if (inode === undefined) return false;
  const children = await textOf(`/proc/${controller}/task/${controller}/children`);
  const pids = children.split(' ').filter(Boolean);
  return (await Promise.all(pids.map((pid) => has(pid, inode)))).includes(true);
}

/** The number of the socket that listens by this name, in the table that the kernel gives. */
export function listenerIn(table: string, name: string): string | undefined {
  const rows = table.split('\n').map((row) => row.trim().split(/\s+/));
  return rows.find(([, , , flags, , , , path]) => flags === LISTENS && path === name)?.[6];
}

function nameOf(controller: number): string {
  return `spawning/${controller}/coverage`;
}

async function has(pid: string, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = names.map((name) => readlink(`${folder}/${name}`).catch(() => ''));
  return (await Promise.all(targets)).includes(`socket:[${inode}]`);
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
