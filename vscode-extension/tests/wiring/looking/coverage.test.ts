import { afterEach, beforeEach, expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { registerCoverage } from '../../../src/vscode/coverage';
import { LINES, SOURCE, live, row } from '../../core/coverage/examples';
import { Site } from '../../core/coverage/site';
import { child, status } from '../../core/examples';
import { editor, type Pick } from '../fake/editor';
import type { FakeDocument, FakeTextEditor } from '../fake/values';
import { KnownServer } from '../knownServers';
import { until } from '../until';
import { Looking } from './parts';

const TEXT = `${SOURCE.join('\n')}\n`;
let looking: Looking;
let site: Site;
let given: { dispose(): unknown };
let path: string;
let figures = live();

beforeEach(() => {
  looking = new Looking();
  site = new Site();
  path = `${looking.folder}/app.py`;
  figures = live({ files: [row({ path })] });
  site.answer = ({ pathname }) => {
    if (pathname.endsWith('live.json')) return figures;
    if (pathname.endsWith('lines.json')) return { ...LINES, file: figures.files[0] };
    const lines = { path, executed_lines: [1, 2, 4], missing_lines: [5] };
    if (pathname.endsWith('.json')) return { run: 'r1', seq: 7, files: [lines] };
    return { status: 200, text: 'What requests ran is forgotten.\n' };
  };
  given = registerCoverage(looking.parts);
});
afterEach(async () => {
  given.dispose();
  site.close();
  await looking.close();
});

async function measured(): Promise<KnownServer> {
  const base = await site.open();
  const urls = [base.replace('/_coverage', '')];
  return looking.meet({ urls }, { config: { coverage: true } });
}

/** The marked lines of an editor, by the number of the kind. */
function marked({ decorations }: FakeTextEditor): number[][] {
  return editor.decorationTypes.map((type) =>
    (decorations.get(type) ?? []).map((mark) => ('range' in mark ? mark.range : mark).start.line),
  );
}
const MARKED = [[1], [0, 3], [4], []];
const NOTHING = [[], [], [], []];
const item = () => editor.statusBarItems.find(({ id }) => id === 'spawning.coverage');
const documentOf = (shown: FakeTextEditor): FakeDocument => shown.document;

async function choose(label: RegExp): Promise<void> {
  editor.onPick = ({ items }: Pick) =>
    (items as { label: string }[]).find((one) => label.test(one.label));
  await editor.run('spawning.showCoverage');
}

test('lines are marked, and totals told', async () => {
  await measured();
  const shown = editor.openEditor(path, TEXT);
  await until(() => String(marked(shown)) === String(MARKED));
  expect(item()).toMatchObject({ text: '$(shield) 75%', isShown: true });
});

test('marks are dropped by an edit, and are back when it is undone', async () => {
  await measured();
  const shown = editor.openEditor(path, TEXT);
  await until(() => String(marked(shown)) === String(MARKED));
  editor.edit(documentOf(shown), `import os\n${TEXT}`);
  expect(marked(shown)).toEqual(NOTHING);
  editor.edit(documentOf(shown), TEXT);
  expect(marked(shown)).toEqual(MARKED);
});

test('a text that is no Python, or another file, has none', async () => {
  await measured();
  const others = [
    editor.openEditor(path.replace('.py', '.txt'), TEXT, 'plaintext'),
    editor.openEditor(`${looking.folder}/other.py`, TEXT),
  ];
  await until(() => item()?.isShown);
  for (const other of others) expect(marked(other)).toEqual(NOTHING);
});

test('what the server tells of requests is a sign to ask', async () => {
  const server = await measured();
  editor.openEditor(path, TEXT);
  await until(() => item()?.text === '$(shield) 75%');
  figures = live({ ...figures, seq: 8, totals: { ...figures.totals, percent: 100 } });
  const counters = {
    children: { 1: child({ busy: 1 }) },
    totals: { ...status().totals, requests: 1 },
  };
  server.tell({ event: 'counters', ...counters });
  await until(() => item()?.text === '$(shield) 100%');
});

test('nothing is asked while the window has no focus', async () => {
  const { window } = await import('../vscode');
  window.state = { focused: false, active: true };
  try {
    await measured();
    editor.openEditor(path, TEXT);
    // What was asked would have been asked before this.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await fetch(looking.servers.all[0]?.note.urls[0] ?? '');
    expect(site.asked).toEqual(['GET /']);
  } finally {
    window.state = { focused: true, active: true };
  }
  editor.events.windowState.fire({ focused: true });
  await until(() => item()?.isShown);
});

test('it goes with its server', async () => {
  const server = await measured();
  const shown = editor.openEditor(path, TEXT);
  await until(() => String(marked(shown)) === String(MARKED));
  looking.servers.go(server);
  expect(marked(shown)).toEqual(NOTHING);
  expect(item()?.isShown).toBe(false);
});

test('it is shown no more where that is chosen, and again', async () => {
  await measured();
  const shown = editor.openEditor(path, TEXT);
  await until(() => String(marked(shown)) === String(MARKED));
  await choose(/Stop Showing/);
  expect(marked(shown)).toEqual(NOTHING);
  expect(item()?.isShown).toBe(false);
  await choose(/Show Coverage in Editors/);
  expect(marked(shown)).toEqual(MARKED);
});

test('the page of the server is opened where the browser can reach it', async () => {
  await measured();
  editor.externalUri = (uri) => uri.with({ authority: 'tunnel.example' });
  await choose(/Browse/);
  expect(editor.opened.map(String)).toEqual(['http://tunnel.example/_coverage']);
});

test('what is ordered is posted, and the answer told', async () => {
  await measured();
  await choose(/Reset/);
  expect(site.asked).toContain('POST /_coverage/reset');
  expect(editor.statusMessages).toEqual(['$(shield) What requests ran is forgotten.']);
});

test('what the server refuses is told', async () => {
  await measured();
  site.answer = () => ({ status: 403, text: 'Coverage shows source code, to this machine only.' });
  await choose(/Pause/);
  expect(editor.messages.at(-1)?.text).toBe(
    'Coverage of shop.app: Coverage shows source code, to this machine only.',
  );
});

test('a snapshot is a run of tests that has ended', async () => {
  await measured();
  await choose(/Snapshot/);
  await choose(/Snapshot/);
  const controller = editor.testControllers.get('spawning.coverage');
  expect(controller?.runs.map(({ isEnded }) => isEnded)).toEqual([true, true]);
  const [run] = controller?.runs ?? [];
  if (!run) throw new Error('there was no run');
  expect(run.coverage).toMatchObject([
    { uri: { fsPath: path }, statementCoverage: { covered: 3, total: 4 } },
  ]);
  const load = controller?.profiles[0]?.loadDetailedCoverage as (
    ...given: unknown[]
  ) => Promise<vscode.StatementCoverage[]>;
  const details = await load(run, run.coverage[0]);
  expect(details.map(({ executed, location }) => [executed, location])).toMatchObject([
    [true, { line: 0 }],
    [true, { line: 1 }],
    [true, { line: 3 }],
    [false, { line: 4 }],
  ]);
});

test('one without an address for browsers measures all the same', async () => {
  looking.meet({ urls: ['unix:/run/shop'] }, { config: { coverage: true } });
  await choose(/Browse/);
  expect(editor.messages.at(-1)?.text).toBe(
    'shop.app listens on unix:/run/shop, which no browser can open: give it --port to see it in a browser.',
  );
  expect(editor.opened).toEqual([]);
});

test('of one that runs elsewhere it is said where', async () => {
  const server = new KnownServer({ folder: '/srv/other' });
  server.status = status({ config: { coverage: true } });
  editor.onMessage = ({ items }) => items[0];
  await editor.run('spawning.showCoverage', { server });
  expect(editor.messages[0]?.text).toContain('was started in /srv/other');
  expect(editor.executed.at(-1)?.command).toBe('vscode.openFolder');
});

test('without a server that measures, one is offered', async () => {
  editor.onMessage = ({ items }) => items[0];
  await editor.run('spawning.showCoverage');
  expect(editor.messages[0]?.text).toContain('No server');
  expect(editor.executed.map(({ command }) => command)).toContain('spawning.startWithCoverage');
  const server = looking.meet();
  await editor.run('spawning.showCoverage', { server });
  expect(editor.messages[1]?.text).toBe('shop.app was started without --coverage.');
});
