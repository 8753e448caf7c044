import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerGraph } from '../../../src/vscode/graph';
import { registerWhy } from '../../../src/vscode/why';
import { editor, type Pick } from '../fake/editor';
import { Uri } from '../fake/places';
import { until } from '../until';
import { Looking } from './parts';

const WHY = {
  path: 'shop/views.py',
  kinds: ['a module'],
  names: ['shop.views'],
  importers: ['shop.app'],
  chain: ['shop.views', 'shop.app'],
  effect: 'reload',
  affected: ['shop.app', 'shop.views'],
  modules: 2,
};
const GRAPH = {
  application: 'shop.app',
  nodes: [
    { name: 'shop.app', file: 'shop/app.py', cycle: 0 },
    { name: 'shop.views', file: 'shop/views.py', cycle: 0 },
  ],
  edges: [{ importer: 'shop.app', imported: 'shop.views' }],
};
const REFUSED = 'spawnctl: error: server 42 does not watch its code; start it with --reload=dev\n';

let looking: Looking;
let given: { dispose(): unknown }[];
beforeEach(() => {
  looking = new Looking();
  given = [registerWhy(looking.parts), registerGraph(looking.parts)];
});
afterEach(async () => {
  for (const one of given) one.dispose();
  await looking.close();
});

const serving = (answers: Record<string, object | string> = { why: WHY, graph: GRAPH }) =>
  looking.meet({ pid: 42, python: looking.interpreter(answers) });
const labels = ({ items }: Pick): string[] =>
  (items as { label: string }[]).map(({ label }) => label);
const panel = () => {
  const found = editor.panels.at(-1);
  if (!found) throw new Error('no panel is open');
  return found;
};

test('why a file would reload is a list, whose modules can be opened', async () => {
  serving();
  editor.openEditor(`${looking.folder}/shop/views.py`, '');
  editor.onPick = ({ items }) =>
    (items as { label: string }[]).find(({ label }) => label.includes('shop.app'));
  await editor.run('spawning.why');
  await until(() => editor.messages.length > 0);
  expect(editor.messages[0]?.text).toMatch(
    new RegExp(`^${looking.folder}/shop/app.py cannot be opened: .*no such file`),
  );
  expect(editor.picks[0]?.options.title).toBe('views.py is watched: a module');
  expect(editor.picks.map(labels)).toEqual([
    [
      '$(refresh) A save starts a new generation; it concerns 2 of 2 modules of the project.',
      'imported by',
      '$(symbol-module) shop.app',
      '',
      '$(type-hierarchy) Show Module Graph',
    ],
  ]);
  expect(looking.asked).toContain(
    `-m spawning_devtools.ctl why --pid 42 --format json ${looking.folder}/shop/views.py`,
  );
});

test('it leads to the graph', async () => {
  serving();
  editor.onPick = ({ items }) => items.at(-1);
  await editor.run('spawning.why', Uri.file(`${looking.folder}/shop/views.py`));
  panel().received.fire({ is: 'ready' });
  await until(() => panel().posted.length > 0);
  expect(panel().posted[0]).toMatchObject({ is: 'drawing', select: 'shop.views' });
});

test('why cannot be asked of what is no file', async () => {
  serving();
  await editor.run('spawning.why');
  await editor.run('spawning.why', Uri.parse('untitled:Untitled-1'));
  expect(editor.messages.map(({ text }) => text)).toEqual([
    'No file is open: open the one that you want to know of.',
    'This text is not saved as a file yet: save it, and ask again.',
  ]);
});

test('what spawnctl complains of is told', async () => {
  serving({ why: REFUSED, graph: REFUSED });
  await editor.run('spawning.why', Uri.file(`${looking.folder}/app.py`));
  expect(editor.messages.at(-1)?.text).toBe(
    'shop.app: server 42 does not watch its code; start it with --reload=dev.',
  );
  await editor.run('spawning.showGraph');
  panel().received.fire({ is: 'ready' });
  await until(() => panel().posted.length > 0);
  expect(panel().posted[0]).toEqual({
    is: 'trouble',
    sentence: 'server 42 does not watch its code; start it with --reload=dev.',
  });
});

test('the graph is drawn when its page is ready, and anew when a generation takes over', async () => {
  const server = serving();
  await editor.run('spawning.showGraph');
  server.tell({ event: 'generation-serves', generation: 2, seconds: 0.1 });
  expect(panel().posted).toEqual([]);
  panel().received.fire({ is: 'ready' });
  await until(() => panel().posted.length === 1);
  expect(panel().posted[0]).toMatchObject({
    drawing: { nodes: [{ file: `${looking.folder}/shop/app.py` }, { name: 'shop.views' }] },
  });
  server.tell({ event: 'generation-serves', generation: 3, seconds: 0.1 });
  await until(() => panel().posted.length === 2);
});

test('its page has the files opened that it shows, and no others', async () => {
  serving();
  const shown = `${looking.folder}/shop/app.py`;
  await editor.run('spawning.showGraph');
  panel().received.fire({ is: 'ready' });
  await until(() => panel().posted.length > 0);
  mkdirSync(`${looking.folder}/shop`);
  writeFileSync(shown, 'app = 1\n');
  panel().received.fire({ is: 'open', file: '/etc/passwd' });
  panel().received.fire({ is: 'open', file: shown });
  await until(() => editor.activeEditor);
  expect(editor.documents.map(({ uri }) => uri.fsPath)).toEqual([shown]);
});

test('they are opened beside it', async () => {
  serving();
  editor.groups = [
    { viewColumn: 1, tabs: [] },
    { viewColumn: 2, tabs: [] },
  ];
  mkdirSync(`${looking.folder}/shop`);
  writeFileSync(`${looking.folder}/shop/app.py`, '');
  await editor.run('spawning.showGraph');
  panel().received.fire({ is: 'ready' });
  await until(() => panel().posted.length > 0);
  panel().received.fire({ is: 'open', file: `${looking.folder}/shop/app.py` });
  await until(() => editor.activeEditor);
  expect(editor.activeEditor?.viewColumn).toBe(2);
});

test('what is told of it after it was closed is lost', async () => {
  const server = serving();
  await editor.run('spawning.showGraph');
  const closed = panel();
  closed.received.fire({ is: 'ready' });
  closed.dispose();
  await until(() => looking.asked.length > 0);
  await editor.run('spawning.showGraph', { server });
  panel().received.fire({ is: 'ready' });
  await until(() => panel().posted.length > 0);
  expect(closed.posted).toEqual([]);
});

test('each server has one panel', async () => {
  serving();
  await editor.run('spawning.showGraph');
  await editor.run('spawning.showGraph');
  expect(editor.panels).toHaveLength(1);
  expect(panel().reveals).toBe(1);
  panel().dispose();
  await editor.run('spawning.showGraph');
  expect(editor.panels).toHaveLength(2);
});

test('its page loads nothing from elsewhere, and runs its own script only', async () => {
  serving();
  await editor.run('spawning.showGraph');
  const { html } = panel().webview;
  const [, nonce] = /script-src 'nonce-([^']+)'/.exec(html) ?? [];
  expect(html).toContain(`default-src 'none'`);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain(`<script nonce="${nonce ?? '?'}" src="vscode-resource:`);
  expect(html).not.toMatch(/https?:/);
});
