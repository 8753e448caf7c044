import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PATIENCE } from '../../src/vscode/terminals';
import { editor } from './fake/editor';
import { belowThis, lastMessage, message, Scene, serving } from './launching/scene';

const FIRST = '--reload=dev --status-port=0 --status-host=127.0.0.1 --backdoor=0';
const BUSY = 'spawn: 127.0.0.1:8080 is in use by';

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
    const { started, execution } = await begun([], 0);
    const [terminal] = editor.terminals;
    expect(terminal?.name).toBe('app:app (Spawning)');
    expect(terminal?.isShown).toBe(true);
    expect(terminal?.creationOptions).toMatchObject({ cwd: scene.path('shop'), isTransient: true });
    expect(execution.commandLine.value).toBe(`${scene.python} -m spawning ${FIRST} app:app`);
    expect(await started).toBeUndefined();
  });

  test('returns the server that says that it serves', async () => {
    const { pid } = await scene.process();
    const { started, execution } = await begun([]);
    const server = scene.servers.come(scene.server({ pid }, { health: 'starting' }));
    execution.write(serving(pid));
    expect(await started).toBe(server);
    expect(editor.messages).toEqual([]);
  });

  test('tells by its note where the shell tells nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const started = scene.launcher.start({});
    await vi.waitFor(() => {
      expect(editor.terminals).toHaveLength(1);
    });
    belowThis(editor.terminals[0]);
    await vi.advanceTimersByTimeAsync(PATIENCE);
    expect(editor.terminals[0]?.sent).toEqual([`${scene.python} -m spawning ${FIRST} app:app`]);
    vi.useRealTimers();
    const { pid } = await scene.process();
    const server = scene.server({ pid }, { health: 'starting', ready: false });
    scene.servers.come(server);
    expect(await Promise.race([started, Promise.resolve('it starts')])).toBe('it starts');
    Object.assign(server.status ?? {}, { health: 'healthy', ready: true });
    scene.servers.change(server);
    expect(await started).toBe(server);
  });

  test('opens the browser where the setting says so', async () => {
    editor.set('spawning.openBrowser', true);
    const { pid } = await scene.process();
    const server = scene.servers.come(scene.server({ pid, application: 'x' }));
    const { started } = await begun([serving(pid)]);
    await started;
    expect(editor.executed).toContainEqual({
      command: 'spawning.openInBrowser',
      args: [{ server }],
    });
  });

  test('uses the terminal again, but for another environment', async () => {
    const first = await begun([], 0);
    await first.started;
    const second = await begun([], 0, 2);
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
    const { started } = await begun([], 0);
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
    const { started } = await begun([], 0);
    await started;
    expect(creationOptions().cwd).toBe(scene.path('other'));
  });

  test('says what to do where no folder is open', async () => {
    editor.folders = [];
    expect(await scene.launcher.start({})).toBeUndefined();
    expect(lastMessage()).toBe('Open the folder of the application first. [Open Folder]');
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
    const { started } = await begun([output], code);
    expect(await started).toBeUndefined();
    expect(lastMessage()).toBe(expected);
  });

  test('one that somebody interrupts says nothing', async () => {
    await (
      await begun([], 130)
    ).started;
    expect(editor.messages).toEqual([]);
  });

  test('broken code is shown where it is broken, and the server waits', async () => {
    const file = scene.write(
      'shop/app.py',
      'from flask import Flask\napp = Flask(__name__)\nx y\n',
    );
    editor.onMessage = ({ items }) => items.find((item) => item === 'Open File');
    const { started } = await begun([`spawn: error: ${file}:3:3: SyntaxError: invalid syntax\r\n`]);
    const { pid } = await scene.process();
    const server = scene.servers.come(scene.server({ pid }, { health: 'starting' }));
    await message(/^app:app could not be started: .* \[Open File, Show Terminal, Stop\]/);
    expect(await started).toBe(server);
    await expect.poll(() => editor.activeEditor?.document.uri.fsPath).toBe(file);
  });
});

describe('a busy port', () => {
  test('another one is taken', async () => {
    editor.onMessage = ({ items }) => items.find((item) => item === 'Use Another Port');
    const line = `${BUSY} x (pid 4194400, user ada); trying for 3 s\r\nspawn: error: ${BUSY.slice(7)} x (pid 4194400, user ada); stop it, or choose another port with --port (0 picks a free one)\r\n`;
    const { started } = await begun([line], 4);
    await message(
      /^127\.0\.0\.1:8080 is in use by x \(pid 4194400, user ada\)\. \[Use Another Port, Sh/,
    );
    const again = await scene.command(2);
    expect(again.commandLine.value).toMatch(/ --port=80(8[1-9]|9\d) app:app$/);
    again.end(0);
    await started;
  });

  test('a server of ours is told at once, and can be used', async () => {
    editor.onMessage = ({ items }) => items.find((item) => item === 'Use It');
    const { pid } = await scene.process();
    const server = scene.servers.come(scene.server({ pid, application: 'other' }));
    const by = `the Spawning server of other in /x (pid ${pid}, user ada)`;
    const { started, execution } = await begun([`${BUSY} ${by}; trying for 3 s\r\n`]);
    await expect.poll(() => editor.terminals[0]?.sent).toEqual(['\x03']);
    execution.end(130);
    expect(await started).toBe(server);
    expect(lastMessage()).toMatch(
      /Spawning server of other in \/x .* \[Use It, Stop It, Use Another Port/,
    );
    expect(editor.executed.at(-1)).toEqual({ command: 'spawning.showStatus', args: [{ server }] });
  });

  test('whoever has it is stopped, if that is what is wanted, and the server started', async () => {
    const { pid, ended } = await scene.process();
    const asked: string[] = [];
    editor.onMessage = ({ items, text, modal }) => {
      asked.push(modal ? `modal: ${text}` : text);
      return items.find((item) => item === 'Stop It' || item === 'Stop');
    };
    const by = `sleep 600 (pid ${pid}, user ada)`;
    const { started } = await begun(
      [`spawn: error: ${BUSY.slice(7)} ${by}; stop it, or choose another port\r\n`],
      4,
    );
    await ended;
    expect(asked[1]).toBe('modal: Stop a process that is none of Spawning’s?');
    (await scene.command(2)).end(0);
    await started;
  });
});

describe('a server that runs already', () => {
  test.each([
    ['Show', {}, 'app:app runs already on http://127.0.0.1:8080. [Show, Restart, Start Another]'],
    [
      'Show',
      { coverage: true },
      'app:app runs already on http://127.0.0.1:8080, without coverage. [Show, Restart, Start Another]',
    ],
  ])('%s', async (answer, options, expected) => {
    const server = scene.servers.come(scene.server());
    editor.onMessage = () => answer;
    expect(await scene.launcher.start(options)).toBe(server);
    expect(lastMessage()).toBe(expected);
    expect(editor.executed.at(-1)).toEqual({ command: 'spawning.showStatus', args: [{ server }] });
    expect(editor.terminals).toEqual([]);
  });

  test('Start Another takes the next port', async () => {
    scene.servers.come(scene.server());
    editor.onMessage = () => 'Start Another';
    const { started, execution } = await begun([], 0);
    await started;
    expect(execution.commandLine.value).toMatch(/ --port=80(8[1-9]|9\d) app:app$/);
  });

  test('Restart stops it first', async () => {
    const { pid, started: since, ended } = await scene.process();
    scene.servers.come(scene.server({ pid, started: since }));
    editor.onMessage = () => 'Restart';
    const { started } = await begun([], 0);
    await ended;
    await started;
  });

  test('is none if it stops, or serves something else', async () => {
    scene.servers.come(scene.server({}, { health: 'stopping' }));
    scene.servers.come(scene.server({ application: 'app:other' }));
    scene.servers.come(scene.server({ folder: scene.root }));
    await (
      await begun([], 0)
    ).started;
    expect(editor.messages).toEqual([]);
  });
});

/** Starts, and has the command write this; ends it where a code is given. */
async function begun(output: readonly string[], code?: number, count = 1) {
  const started = scene.launcher.start({});
  const terminal = await scene.terminal();
  await expect.poll(() => terminal.executions.length).toBe(count);
  const execution = await scene.command(count);
  output.forEach((piece) => {
    execution.write(piece);
  });
  if (code !== undefined) {
    execution.end(code);
  }
  return { started, execution };
}

function creationOptions(): Readonly<Record<string, unknown>> {
  return { ...editor.terminals[0]?.creationOptions };
}
