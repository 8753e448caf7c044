/** Processes of this machine, as /proc tells of them. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Identity {
  readonly pid: number;
  /** In clock ticks since the machine's start: a process id may be another's by now. */
  readonly started: number;
}

interface Fields extends Identity {
  readonly parent: number;
}

/** Returns whether a process still runs that was started then; one that nobody buries does not. */
export function isAlive({ pid, started }: Identity): boolean {
  return fieldsOf(pid)?.started === started;
}

/** Returns which process has this id now; undefined: none. */
export function processOf(pid: number): Identity | undefined {
  return fieldsOf(pid);
}

/** Returns whether one process descends from another, or is it. */
export function descends(pid: number, ancestor: number): boolean {
  let current: number | undefined = pid;
  while (current !== undefined && current > 1) {
    if (current === ancestor) {
      return true;
    }
    current = fieldsOf(current)?.parent;
  }
  return false;
}

/** Returns a process and all that descend from it, it first. */
export function treeOf(root: Identity): Identity[] {
  const all = everybody();
  const found = all.filter(({ pid, started }) => pid === root.pid && started === root.started);
  for (const one of found) {
    found.push(...all.filter(({ parent }) => parent === one.pid));
  }
  return found;
}

/** Returns who was started by a process; the kernel's own list may lack some while another ends. */
export function childrenOf(pid: number): number[] {
  return everybody()
    .filter(({ parent }) => parent === pid)
    .map((child) => child.pid);
}

/** Returns whether the process belongs to the user whose this one is. */
export function isOurs(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/cwd`);
    return true;
  } catch {
    return false;
  }
}

/** Sends a signal to a process if it is still the same; returns whether it could be sent. */
export function signal(process_: Identity, name: NodeJS.Signals): boolean {
  try {
    return isAlive(process_) && process.kill(process_.pid, name);
  } catch {
    return false;
  }
}

/** Ends a process and all below it, at once. */
export function killTree(root: Identity): void {
  // They are held first, until no new one is found: who is killed while it forks leaves a child.
  const family: Identity[] = [];
  let fresh = treeOf(root);
  while (fresh.length > 0) {
    family.push(...fresh);
    for (const one of fresh) {
      signal(one, 'SIGSTOP');
    }
    fresh = treeOf(root).filter(({ pid }) => !family.some((known) => known.pid === pid));
  }
  for (const one of family) {
    signal(one, 'SIGKILL');
  }
}

function everybody(): Fields[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => fieldsOf(Number(name)))
    .filter((fields) => fields !== undefined);
}

/** Returns the process that a `/proc/PID/stat` tells of; undefined where it has ended. */
export function processIn(stat: string): Fields | undefined {
  // The second field is the name in brackets, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, started] = [fields[0], fields[1], fields[19]];
  return started === undefined || 'ZX'.includes(state)
    ? undefined
    : { pid: Number.parseInt(stat), parent: Number(parent), started: Number(started) };
}

function fieldsOf(pid: number): Fields | undefined {
  try {
    return processIn(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}
