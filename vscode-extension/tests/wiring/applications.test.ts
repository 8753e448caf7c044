import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Question } from '../../src/vscode/plans';
import { editor } from './fake/editor';
import { FLASK, lastMessage, Scene } from './launching/scene';
import { Uri } from './vscode';

const TWO = { 'shop/a.py': FLASK, 'shop/b.py': FLASK };

let scene: Scene;

beforeEach(() => {
  scene = new Scene(TWO);
});

afterEach(async () => {
  await scene.close();
});

async function again(files: Readonly<Record<string, string>>): Promise<void> {
  await scene.close();
  scene = new Scene(files);
}

/** What is started: the words after our own options. */
async function startedWords(file?: string): Promise<string | undefined> {
  const resource = file === undefined ? undefined : Uri.file(scene.path(file));
  const question = { folder: editor.folders[0], resource } as unknown as Question;
  const plan = await scene.launcher.planner.plan(question);
  return plan?.arguments.slice(4).join(' ');
}

/** Picks what begins with this. */
function pick(label: string): void {
  editor.onPick = ({ items }) =>
    (items as { label: string }[]).find((item) => item.label.startsWith(label));
}

function offered(): string[] {
  return (editor.picks.at(-1)?.items as { label: string }[]).map(({ label }) => label);
}

describe('the editor that pages open', () => {
  async function url(): Promise<string | undefined> {
    pick('a:app');
    const plan = await scene.launcher.planner.plan({ folder: editor.folders[0] } as never);
    return plan?.arguments.find((word) => word.startsWith('--editor-url='));
  }

  test('is this one, where it is not the usual one', async () => {
    expect(await url()).toBeUndefined();
    editor.uriScheme = 'vscodium';
    expect(await url()).toBe('--editor-url=vscodium://file{path}:{line}:{column}');
  });

  test('is left to the server where the window is elsewhere', async () => {
    editor.uriScheme = 'vscodium';
    editor.remoteName = 'ssh-remote';
    expect(await url()).toBeUndefined();
  });
});

describe('which application', () => {
  test('is asked for where there are several, and remembered', async () => {
    pick('b:app');
    expect(await startedWords()).toBe('b:app');
    expect(offered()).toEqual(['a:app', 'b:app', '$(edit) Type another…']);
    expect(await startedWords()).toBe('b:app');
    expect(editor.picks).toHaveLength(1);
  });

  test('is nothing where the question is left', async () => {
    expect(await startedWords()).toBeUndefined();
  });

  test('may be typed, and is remembered too', async () => {
    pick('$(edit)');
    editor.onInput = () => "-f x.factory 'the word'";
    expect(await startedWords()).toBe('--factory=x.factory the word');
    pick('nothing');
    expect(await startedWords()).toBe('--factory=x.factory the word');
  });

  test('is what the setting says', async () => {
    editor.set('spawning.application', 'set:app middleware');
    expect(await startedWords()).toBe('set:app middleware');
    editor.onMessage = () => 'Open Settings';
    await editor.run('spawning.selectApplication');
    expect(lastMessage()).toMatch(/^The setting spawning.application names the application/);
    expect(editor.executed.at(-1)?.args).toEqual(['spawning.application']);
  });

  test('is what pyproject.toml says, and is not typed again', async () => {
    await again({ ...TWO, 'shop/pyproject.toml': '[tool.spawning]\napp = "a"\n' });
    expect(await startedWords()).toBe('');
    pick('b:app');
    await editor.run('spawning.selectApplication');
    expect(await startedWords()).toBe('b:app');
    scene.write('shop/pyproject.toml', '[tool.spawning]\napp = "c"\n');
    expect(await startedWords()).toBe('');
  });

  test('is not guessed where pyproject.toml cannot be read', async () => {
    await again({ ...TWO, 'shop/pyproject.toml': '[tool.spawning]\napp = a\n' });
    editor.onMessage = () => 'Open File';
    expect(await startedWords()).toBeUndefined();
    expect(lastMessage()).toBe(
      'pyproject.toml, line 2: a is no value, text stands in quotes. [Open File]',
    );
    expect(editor.activeEditor?.document.uri.fsPath).toBe(scene.path('shop/pyproject.toml'));
  });

  test('is that of the file whose run button was pressed', async () => {
    pick('b:app');
    expect(await startedWords()).toBe('b:app');
    expect(await startedWords('shop/a.py')).toBe('a:app');
    expect(editor.picks).toHaveLength(1);
  });

  test('is the one of pyproject.toml where the file holds just that', async () => {
    await again({ ...TWO, 'shop/pyproject.toml': '[tool.spawning]\napp = "a"\n' });
    expect(await startedWords('shop/a.py')).toBe('');
    expect(await startedWords('shop/b.py')).toBe('b:app');
  });

  test('may be typed where none was found', async () => {
    await again({ 'shop/readme.md': '' });
    editor.onMessage = () => 'Type Its Name…';
    editor.onInput = () => 'elsewhere:app';
    expect(await startedWords()).toBe('elsewhere:app');
    expect(lastMessage()).toMatch(/^No WSGI application was found in shop: /);
  });

  test('can be chosen anew', async () => {
    pick('b:app');
    await startedWords();
    pick('a:app');
    await editor.run('spawning.selectApplication');
    expect(await startedWords()).toBe('a:app');
  });

  test('of another folder is remembered by itself', async () => {
    pick('b:app');
    await startedWords();
    scene.write('other/c.py', FLASK);
    scene.write('other/d.py', FLASK);
    const folder = editor.openFolder(scene.path('other'));
    pick('d:app');
    const found = await scene.launcher.applications.forFolder(folder);
    expect(found?.words).toEqual(['d:app']);
    expect(await startedWords()).toBe('b:app');
  });
});
