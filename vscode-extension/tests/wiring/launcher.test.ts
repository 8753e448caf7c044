import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { editor } from './fake/editor';
import { lastMessage, message, FLASK, Scene, serving } from './launching/scene';
import { until } from './until';

const FIRST = '--reload=dev --status-port=0 --status-host=127.0.0.1 --backdoor=0';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  vi.useRealTimers();
  await scene.close();
});

describe('Start', () => {
  test('runs the server in a terminal of the application', async () => {
    const { started, execution } = await scene.begun([], 0);
    const [terminal] = editor.terminals;
    expect(terminal?.name).toBe('app:app (Spawning)');
    expect(terminal?.isShown).toBe(true);
    expect(terminal?.creationOptions).toMatchObject({ cwd: scene.path('shop'), isTransient: true });
    expect(execution.commandLine.value).toBe(`${scene.python} -m spawning ${FIRST} app:app`);
    expect(await started).toBeUndefined();
  });

  test('returns the server that says that it serves', async () => {
    const { pid } = await scene.process();
    const { started, execution } = await scene.begun([]);
    const server = scene.servers.come(scene.server({ pid }, { health: 'starting' }));
    execution.write(serving(pid));
    expect(await started).toBe(server);
    expect(editor.messages).toEqual([]);
  });

  test('tells by its note where the shell tells nothing', async () => {
    const { started } = await scene.typed();
    expect(editor.terminals[0]?.sent).toEqual([`${scene.python} -m spawning ${FIRST} app:app`]);
    const { pid } = await scene.process();
    const server = scene.server({ pid }, { health: 'starting', ready: false });
    scene.servers.come(server);
    expect(await Promise.race([started, Promise.resolve('it starts')])).toBe('it starts');
    Object.assign(server.status ?? {}, { health: 'healthy', ready: true });
    scene.servers.change(server);
    expect(await started).toBe(server);
  });

  test('listens to nothing more where the terminal tells of its shell too late', async () => {
    const started = scene.launcher.start({});
    await expect.poll(() => editor.terminals.length).toBe(1);
    const [terminal] = editor.terminals;
    let tell: (pid: number) => void = () => undefined;
    const shell = new Promise<number>((resolve) => (tell = resolve));
    Object.assign(terminal ?? {}, { processId: shell });
    terminal?.integrate();
    await expect.poll(() => terminal?.executions.length).toBe(1);
    terminal?.executions[0]?.end(0);
    await started;
    const before = scene.servers.listeners;
    tell(process.pid);
    await shell;
    expect(scene.servers.listeners).toBe(before);
  });

  test('that is called off is interrupted', async () => {
    const { started } = await scene.begun([]);
    await until(() => editor.progress.length > 0);
    editor.progress[0]?.cancel();
    expect(await started).toBeUndefined();
    expect(editor.terminals[0]?.sent).toEqual(['\x03']);
    expect(editor.messages).toEqual([]);
  });

  test('opens the browser where the setting says so', async () => {
    editor.set('spawning.openBrowser', true);
    const { pid } = await scene.process();
    const server = scene.servers.come(scene.server({ pid, application: 'x' }));
    const { started } = await scene.begun([serving(pid)]);
    await started;
    expect(editor.executed).toContainEqual({
      command: 'spawning.openInBrowser',
      args: [{ server }],
    });
  });

  test('uses the terminal again, but for another environment', async () => {
    const first = await scene.begun([], 0);
    await first.started;
    const second = await scene.begun([], 0, 2);
    await second.started;
    expect(editor.terminals).toHaveLength(1);
    editor.set('spawning.environment', { COLOUR: 'blue' });
    const third = scene.launcher.start({});
    await expect.poll(() => editor.terminals.length).toBe(2);
    editor.terminals[1]?.close();
    await third;
  });

  test('has the environment, and source folders on the path', async () => {
    await scene.close();
    scene = new Scene({ 'shop/src/site.py': 'from flask import Flask\napp = Flask("x")' });
    editor.set('spawning.environment', { COLOUR: 'blue', PYTHONPATH: '/x' });
    const { started } = await scene.begun([], 0);
    await started;
    expect(creationOptions().env).toEqual({
      COLOUR: 'blue',
      PYTHONPATH: `${scene.path('shop/src')}:/x`,
    });
  });

  test('starts no second server while the first one is on its way', async () => {
    const { planner } = scene.launcher;
    const planned = vi.spyOn(planner, 'plan');
    const twice = [scene.launcher.start({}), scene.launcher.start({})];
    const execution = await scene.command();
    await expect.poll(() => planned.mock.results).toHaveLength(2);
    await Promise.all(planned.mock.results.map(({ value }) => value as Promise<unknown>));
    execution.end(0);
    expect(await Promise.all(twice)).toEqual([undefined, undefined]);
    expect(editor.terminals).toHaveLength(1);
    expect(editor.terminals[0]?.executions).toHaveLength(1);
  });

  test('can be called off by closing the terminal', async () => {
    const started = scene.launcher.start({});
    (await scene.terminal()).close();
    expect(await started).toBeUndefined();
    expect(editor.messages).toEqual([]);
  });

  test('does nothing in a folder that is not trusted, and says so', async () => {
    editor.isTrusted = false;
    editor.onMessage = () => 'Manage Workspace Trust';
    expect(await scene.launcher.start({})).toBeUndefined();
    await message(/^Spawning needs a workspace that you trust: it runs the code in it\. \[Manage/);
    expect(editor.executed.at(-1)?.command).toBe('workbench.trust.manage');
    expect(editor.terminals).toEqual([]);
  });

  test('asks which folder, where there are several', async () => {
    scene.write('other/app.py', 'from flask import Flask\napp = Flask("x")');
    editor.openFolder(scene.path('other'));
    editor.onPick = ({ items }) => items[1];
    const { started } = await scene.begun([], 0);
    await started;
    expect(creationOptions().cwd).toBe(scene.path('other'));
  });

  test('offers the folder of the active editor first', async () => {
    scene.write('other/app.py', FLASK);
    editor.openFolder(scene.path('other'));
    editor.openEditor(scene.path('other/app.py'), FLASK);
    expect(await scene.launcher.start({})).toBeUndefined();
    const labels = (editor.picks[0]?.items as { label: string }[]).map(({ label }) => label);
    expect(labels).toEqual(['other', 'shop']);
  });

  test('says what to do where no folder is open', async () => {
    editor.folders = [];
    expect(await scene.launcher.start({})).toBeUndefined();
    expect(lastMessage()).toBe('Open the folder of the application first. [Open Folder]');
  });
});

describe('a start without shell integration', () => {
  const failure = {
    ...{ generation: 1, at: 1, type: 'SyntaxError', message: 'invalid syntax', hint: null },
    ...{ line: 3, column: 3, frames: [], current: true },
  };

  test('tells of broken code by the status of its server', async () => {
    const { started } = await scene.typed();
    const { pid } = await scene.process();
    const last_failure = { ...failure, file: scene.path('shop/app.py') };
    const told = { health: 'down', ready: false, last_failure } as const;
    const server = scene.servers.come(scene.server({ pid }, told));
    expect(await started).toBe(server);
    await message(/^app:app could not be started: SyntaxError: invalid syntax\. \[Open File/);
  });
});

describe('a start that fails', () => {
  const ENDS: readonly (readonly [string, number, string])[] = [
    [
      'spawn: error: there is no option --x\r\n',
      2,
      'There is no option --x. [Open Settings, Show Terminal]',
    ],
    ['no word of ours\r\n', 1, 'app:app ended with exit code 1 before it served. [Show Terminal]'],
    [
      "spawn: \x1b[31merror:\x1b[0m there is no 'ap' in /a.py (looked for 'a:ap')\r\n",
      3,
      "There is no 'ap' in /a.py (looked for 'a:ap'). [Select Application, Show Terminal]",
    ],
  ];
  test.each(ENDS)('%j', async (output, code, expected) => {
    const { started } = await scene.begun([output], code);
    expect(await started).toBeUndefined();
    expect(lastMessage()).toBe(expected);
  });

  test('another application can be chosen then', async () => {
    editor.onMessage = ({ items }) => items.find((item) => item === 'Select Application');
    const line = "spawn: error: there is no 'ap' in /a.py (looked for 'a:ap')\r\n";
    await (
      await scene.begun([line], 3)
    ).started;
    await expect.poll(() => editor.picks).toHaveLength(1);
    expect(editor.picks[0]?.options.placeHolder).toBe('Which application is to be served?');
  });

  test('a server that waits for better code can be stopped', async () => {
    editor.onMessage = ({ items }) => items.find((item) => item === 'Stop');
    const { started } = await scene.begun(['spawn: error: /a.py:3:3: SyntaxError: no\r\n']);
    const { pid, started: since, ended } = await scene.process();
    scene.servers.come(scene.server({ pid, started: since }, { health: 'starting' }));
    await started;
    await ended;
  });

  test('one that somebody interrupts says nothing', async () => {
    await (
      await scene.begun([], 130)
    ).started;
    expect(editor.messages).toEqual([]);
  });

  test('broken code is shown where it is broken, and the server waits', async () => {
    const file = scene.write(
      'shop/app.py',
      'from flask import Flask\napp = Flask(__name__)\nx y\n',
    );
    editor.onMessage = ({ items }) => items.find((item) => item === 'Open File');
    const { started } = await scene.begun([
      `spawn: error: ${file}:3:3: SyntaxError: invalid syntax\r\n`,
    ]);
    const { pid } = await scene.process();
    const server = scene.servers.come(scene.server({ pid }, { health: 'starting' }));
    await message(/^app:app could not be started: .* \[Open File, Show Terminal, Stop\]/);
    expect(await started).toBe(server);
    await expect.poll(() => editor.activeEditor?.document.uri.fsPath).toBe(file);
  });
});

function creationOptions(): Readonly<Record<string, unknown>> {
  return { ...editor.terminals[0]?.creationOptions };
}
