import { afterEach, beforeEach, expect, test } from 'vitest';
import { editor } from './fake/editor';
import { FLASK, Scene } from './launching/scene';

const KEY = 'spawning.isApplication';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  await scene.close();
});

test('the run button is there on a file that holds an application', async () => {
  editor.openEditor(scene.path('shop/app.py'), FLASK);
  await expect.poll(() => editor.contexts.get(KEY)).toBe(true);
  editor.openEditor(scene.path('shop/other.py'), 'x = 1\n');
  await expect.poll(() => editor.contexts.get(KEY)).toBe(false);
});

test('what is found in an editor that was left meanwhile is no matter', async () => {
  editor.openEditor(scene.path('shop/app.py'), FLASK);
  editor.openEditor(scene.path('shop/other.py'), 'x = 1\n');
  await expect.poll(() => editor.contexts.get(KEY)).toBe(false);
  const told = editor.executed.filter(({ args }) => args[0] === KEY).map(({ args }) => args[1]);
  expect(told).not.toContain(true);
});

test('and as soon as one is typed', async () => {
  const { document } = editor.openEditor(scene.path('shop/new.py'), '');
  await expect.poll(() => editor.contexts.get(KEY)).toBe(false);
  editor.edit(document, FLASK);
  await expect.poll(() => editor.contexts.get(KEY)).toBe(true);
});

test.each([
  ['no Python', 'shop/app.txt', 'plaintext'],
  ['outside of the workspace', 'elsewhere/app.py', 'python'],
])('not on a file that is %s', async (_what, name, language) => {
  editor.openEditor(scene.path(name), FLASK, language);
  await expect.poll(() => editor.contexts.get(KEY)).toBe(false);
});

test('on the manage.py of Django', async () => {
  const source = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n';
  editor.openEditor(scene.write('shop/manage.py', source), source);
  await expect.poll(() => editor.contexts.get(KEY)).toBe(true);
});
