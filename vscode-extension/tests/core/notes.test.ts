import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderFault, noteFolders, parseNote, readNotes, Refused } from '../../src/core/notes';
import { processOf } from '../../src/core/processes';
import { NOTE } from './examples';

const USER = process.geteuid?.() ?? -1;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notes-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A note of this very process, which runs for as long as the test does. */
function ownNote() {
  return { ...NOTE, pid: process.pid, started: processOf(process.pid)?.started ?? 0 };
}

describe('a note', () => {
  it('is read', () => {
    expect(parseNote(JSON.stringify(NOTE))).toEqual(NOTE);
  });

  it('may have fields that are not known, and lack those of newer servers', () => {
    const { python, argv, ...older } = NOTE;
    expect([python, argv].length).toBe(2);
    expect(parseNote(JSON.stringify({ ...older, colour: 'blue' }))).toEqual({
      ...NOTE,
      python: '',
      argv: [],
    });
  });

  it.each([
    ['', 'nothing'],
    ['{"format": 1', 'half of one'],
    ['[1]', 'a list'],
    ['null', 'null'],
    [JSON.stringify({ ...NOTE, format: 2 }), 'another format'],
    [JSON.stringify({ ...NOTE, pid: '4000' }), 'a pid that is no number'],
    [JSON.stringify({ ...NOTE, folder: 7 }), 'a folder that is no text'],
  ])('%s is none: %s', (text) => {
    expect(parseNote(text)).toBeUndefined();
  });

  it('has text where text is expected', () => {
    const strange = { ...NOTE, urls: 'http://x', backdoor: [1, 'unix:/a'], status: null };
    expect(parseNote(JSON.stringify(strange))).toMatchObject({
      urls: [],
      backdoor: ['unix:/a'],
      status: '',
    });
  });
});

describe('the folder of notes', () => {
  const facts = (mode: number, uid = USER, isFolder = true) => ({
    mode,
    uid,
    isDirectory: () => isFolder,
  });

  it.each([
    [facts(0o40700), undefined],
    [facts(0o40500), undefined],
    [facts(0o40750), 'is open to others'],
    [facts(0o40701), 'is open to others'],
    [facts(0o40700, USER + 1), 'belongs to another user'],
    [facts(0o120777, USER, false), 'is no folder'],
  ])('%o: %s', (found, fault) => {
    expect(folderFault(found, USER)).toBe(fault);
  });

  it('is in the runtime directory if that is the user’s, and in /tmp', async () => {
    expect(await noteFolders({ XDG_RUNTIME_DIR: folder }, USER)).toEqual([
      join(folder, 'spawning'),
      `/tmp/spawning-${USER}`,
    ]);
    expect(await noteFolders({ XDG_RUNTIME_DIR: folder }, USER + 1)).toEqual([
      `/tmp/spawning-${USER + 1}`,
    ]);
    expect(await noteFolders({ XDG_RUNTIME_DIR: 'here' }, USER)).toEqual([`/tmp/spawning-${USER}`]);
    expect(await noteFolders({ XDG_RUNTIME_DIR: join(folder, 'none') }, USER)).toEqual([
      `/tmp/spawning-${USER}`,
    ]);
    expect(await noteFolders({}, USER)).toEqual([`/tmp/spawning-${USER}`]);
  });

  it('gives the notes that hold, and nothing else', async () => {
    const note = ownNote();
    const write = (name: string, text: string) =>
      writeFile(join(folder, name), text, { mode: 0o600 });
    await write(`${note.pid}.json`, JSON.stringify(note));
    await write(`${note.pid}.secret`, 'secret');
    await write(`${note.pid}.json.new`, JSON.stringify(note));
    await write('1.json', JSON.stringify({ ...note, pid: 1, started: 5 }));
    await write('2.json', JSON.stringify(note)); // another process's
    await write('x.json', JSON.stringify(note));
    expect(await readNotes(folder, USER)).toEqual([note]);
  });

  it('is empty where there is none', async () => {
    expect(await readNotes(join(folder, 'none'), USER)).toEqual([]);
  });

  it('is refused where others can write', async () => {
    await chmod(folder, 0o755);
    await expect(readNotes(folder, USER)).rejects.toThrow(Refused);
    await expect(readNotes(folder, USER)).rejects.toThrow(`${folder} is open to others`);
  });

  it('is refused where it is a link', async () => {
    await mkdir(join(folder, 'real'), { mode: 0o700 });
    await symlink('real', join(folder, 'link'));
    await expect(readNotes(join(folder, 'link'), USER)).rejects.toThrow('is no folder');
  });
});
