/**
 * The notes by which running servers are found; `spawning/whereabouts.py` writes them.
 *
 * Rules:
 * 1. A folder is believed only if it is a folder of this user's with mode 0700: anybody can
 *    put something at /tmp first.
 * 2. A process id may be another process's by now: a note holds only for the process that
 *    started when the note says, in the kernel's words.
 * 3. A note of a format that is not known is no note.  Nothing is ever written or removed.
 */

import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Note } from './contract';
import { isFields, text, texts } from './json';
import { isAlive } from './processes';

const FORMAT = 1;
const NAME = 'spawning';
const NOTE_NAME = /^([1-9]\d*)\.json$/;

/** As `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A folder is not this user's alone; the message says how. */
export class Refused extends Error {}

/** Where notes of a user may be, whether something is there or not. */
export async function noteFolders(environment: Environment, user: number): Promise<string[]> {
  const found: string[] = [];
  const runtime = environment.XDG_RUNTIME_DIR ?? '';
  if (isAbsolute(runtime) && (await ownerOf(runtime)) === user) {
    found.push(join(runtime, NAME));
  }
  return [...found, `/tmp/${NAME}-${user}`];
}

/** What `lstat` says of a folder, as far as it matters here. */
export interface FolderFacts {
  readonly uid: number;
  readonly mode: number;
  isDirectory(): boolean;
}

/** Why a folder is not to be believed; undefined where it is. */
export function folderFault(facts: FolderFacts, user: number): string | undefined {
  if (!facts.isDirectory()) {
    return 'is no folder';
  }
  if (facts.uid !== user) {
    return 'belongs to another user';
  }
  return (facts.mode & 0o077) === 0 ? undefined : 'is open to others';
}

/** The notes that hold, by process id; rejects with Refused where the folder is not to be believed. */
export async function readNotes(folder: string, user: number): Promise<Note[]> {
  const facts = await lstat(folder).catch(() => undefined);
  if (facts === undefined) {
    return [];
  }
  const fault = folderFault(facts, user);
  if (fault !== undefined) {
    throw new Refused(`${folder} ${fault}: the servers that left notes there are not shown`);
  }
  const names = await readdir(folder).catch(() => []);
  const notes = await Promise.all(names.map((name) => readNote(folder, name)));
  return notes.filter((note) => note !== undefined).sort((a, b) => a.pid - b.pid);
}

/** What stands in a note; undefined where that is none, or of another version. */
export function parseNote(written: string): Note | undefined {
  const value = parsed(written);
  if (!isFields(value) || value.format !== FORMAT) {
    return undefined;
  }
  const { pid, started, folder, application } = value;
  if (typeof pid !== 'number' || typeof started !== 'number') {
    return undefined;
  }
  if (typeof folder !== 'string' || typeof application !== 'string') {
    return undefined;
  }
  return {
    ...{ format: FORMAT, pid, started, folder, application },
    urls: texts(value.urls),
    backdoor: texts(value.backdoor),
    status: text(value.status),
    secret: text(value.secret),
    version: text(value.version),
    python: text(value.python),
    argv: texts(value.argv),
  };
}

async function readNote(folder: string, name: string): Promise<Note | undefined> {
  const pid = NOTE_NAME.exec(name)?.[1];
  if (pid === undefined) {
    return undefined;
  }
  const note = parseNote(await readFile(join(folder, name), 'utf8').catch(() => ''));
  return note?.pid === Number(pid) && isAlive(note) ? note : undefined;
}

async function ownerOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (facts) => facts.uid,
    () => undefined,
  );
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
