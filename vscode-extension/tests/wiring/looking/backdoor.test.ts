import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerBackdoor } from '../../../src/vscode/backdoor';
import { editor } from '../fake/editor';
import { TerminalExitReason } from '../fake/enums';
import { Selection } from '../fake/places';
import type { FakeTerminal } from '../fake/terminals';
import { KnownServer } from '../knownServers';
import { until } from '../until';
import { Looking } from './parts';

let looking: Looking;
let ready: (terminal: unknown) => Promise<boolean>;
let given: { dispose(): unknown };

beforeEach(() => {
  looking = new Looking();
  ready = () => Promise.resolve(true);
  given = registerBackdoor(looking.parts, { isReady: (terminal) => ready(terminal) });
});
afterEach(async () => {
  given.dispose();
  await looking.close();
});

const SOURCE = 'import os\n\ndef f():\n    return os\n';
function openSource(): void {
  editor.openEditor(`${looking.folder}/app.py`, SOURCE).selection = new Selection(3, 6, 3, 6);
}
const PASTED = '\x1b[200~def f():\n    return os\n\x1b[201~\x1b\r';
const terminal = (): FakeTerminal => {
  const [found] = editor.terminals;
  if (!found) throw new Error('no terminal is open');
  return found;
};

test('a terminal of the server is opened once, by the interpreter that runs it', async () => {
  const server = looking.meet({ pid: 42, python: '/venv/bin/python' });
  await editor.run('spawning.attachBackdoor', { server });
  expect(terminal().creationOptions).toMatchObject({
    name: 'shop.app',
    shellPath: '/venv/bin/python',
    shellArgs: ['-m', 'spawning_devtools.ctl', 'attach', '--pid', '42'],
    cwd: '/',
  });
  await editor.run('spawning.attachBackdoor');
  expect(editor.terminals).toHaveLength(1);
  expect(terminal().isShown).toBe(true);
  terminal().close(0);
  await editor.run('spawning.attachBackdoor');
  expect(editor.terminals).toHaveLength(1);
});

test('one whose prompt has ended is none, though it stays open', async () => {
  looking.meet();
  await editor.run('spawning.attachBackdoor');
  terminal().exitStatus = { code: 1, reason: TerminalExitReason.Process };
  await editor.run('spawning.attachBackdoor');
  expect(editor.terminals).toHaveLength(2);
});

test('a statement is pasted into it, which is opened for that', async () => {
  looking.meet();
  openSource();
  await editor.run('spawning.sendSelection');
  await until(() => terminal().sent.length > 0);
  expect(terminal().sent).toEqual([PASTED]);
  await editor.run('spawning.sendSelection');
  await until(() => terminal().sent.length > 1);
  expect(editor.terminals).toHaveLength(1);
});

test('it waits for the prompt, and sends nothing where none comes', async () => {
  looking.meet();
  openSource();
  let come: (is: boolean) => void = () => undefined;
  ready = () => new Promise((resolve) => (come = resolve));
  const sent = editor.run('spawning.sendSelection');
  await until(() => editor.terminals.length > 0);
  expect(terminal().sent).toEqual([]);
  come(false);
  await sent;
  expect(editor.messages[0]?.text).toContain('Nothing was sent to shop.app');
  expect(terminal().sent).toEqual([]);
});

test('nothing is sent from a folder that is not trusted', async () => {
  looking.meet();
  openSource();
  editor.isTrusted = false;
  await editor.run('spawning.sendSelection');
  await until(() => editor.messages.length > 0);
  expect(editor.messages[0]?.text).toContain('trust');
  expect(editor.terminals).toEqual([]);
});

test('nor is one of its servers entered, or stopped for that', async () => {
  looking.meet({ backdoor: [] });
  editor.isTrusted = false;
  editor.onMessage = ({ items }) => items.find((item) => item === 'Restart with Backdoor');
  await editor.run('spawning.attachBackdoor');
  expect(editor.messages[0]?.text).toMatch(/^Attach to Backdoor needs a workspace that you trust/);
  expect(looking.stopped).toEqual([]);
  expect(editor.terminals).toEqual([]);
});

test('where there is no statement, the status bar says so', async () => {
  looking.meet();
  editor.openEditor(`${looking.folder}/app.py`, '\n\n');
  await editor.run('spawning.sendSelection');
  await until(() => editor.statusMessages.length > 0);
  expect(editor.terminals).toEqual([]);
});

test('a server without a backdoor is started anew with one, if the user likes', async () => {
  const server = looking.meet({ backdoor: [] });
  await editor.run('spawning.attachBackdoor');
  expect(editor.messages.at(-1)?.text).toContain('spawn --backdoor --reload=dev shop.app');
  expect(looking.restarted).toEqual([]);

  editor.onMessage = () => 'Restart with Backdoor';
  looking.next = new KnownServer({ pid: 43 });
  await editor.run('spawning.attachBackdoor');
  expect(looking.restarted).toEqual([[server, '--backdoor=0']]);
  expect(terminal().creationOptions).toMatchObject({
    shellArgs: expect.arrayContaining(['43']) as unknown,
  });
});

const HELD = { event: 'worker-held', worker: 3, debugger: 'pdb', request: 'GET /orders/[7](x)' };

test('a breakpoint that waits is told of as long as it does', async () => {
  const server = looking.meet({ pid: 42 });
  server.tell(HELD);
  server.tell(HELD);
  looking.servers.change(server);
  server.tell(HELD);
  expect(editor.progress.map(({ title, isOver }) => [title, isOver])).toEqual([
    [
      'breakpoint() waits in GET /orders/%5b7%5d%28x%29, worker 3: ' +
        '[Attach](command:_spawning.enterBreakpoint?%5B42%2C3%5D)',
      false,
    ],
  ]);
  server.tell({ ...HELD, debugger: null, request: null });
  await until(() => editor.progress[0]?.isOver);
  server.tell(HELD);
  expect(editor.progress).toHaveLength(2);
});

test('its link leads into it, and takes the message away', async () => {
  const server = looking.meet({ pid: 42 });
  server.tell(HELD);
  await editor.run('_spawning.enterBreakpoint', 42, 3);
  expect(terminal().creationOptions).toMatchObject({
    name: 'shop.app, worker 3',
    shellArgs: ['-m', 'spawning_devtools.ctl', 'attach', '--pid', '42', '--worker', '3'],
  });
  await until(() => editor.progress[0]?.isOver);
  server.tell(HELD); // A step of its debugger.
  expect(editor.progress).toHaveLength(1);
});

test('without a backdoor it is to be answered elsewhere', () => {
  looking.meet({ backdoor: [] }).tell(HELD);
  expect(editor.progress[0]?.title).toContain('in the terminal of the server');
});

test('what is no request is told of where the user is not in the server', async () => {
  const server = looking.meet();
  await editor.run('spawning.attachBackdoor', { server });
  server.tell({ ...HELD, request: null });
  expect(editor.progress).toEqual([]);
  terminal().close(0);
  server.tell({ ...HELD, request: null });
  expect(editor.progress[0]?.title).toContain('breakpoint() waits in worker 3: [Attach]');
  expect(editor.progress[0]?.title).toContain('), or go on in the terminal of the server');
});

test('it goes with its server', async () => {
  const server = looking.meet();
  server.tell(HELD);
  looking.servers.go(server);
  await until(() => editor.progress[0]?.isOver);
});
