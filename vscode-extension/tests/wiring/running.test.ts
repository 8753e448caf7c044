import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editor } from './fake/editor';
import { lastMessage, Scene, serving } from './launching/scene';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  await scene.close();
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
    const { started, execution } = await scene.begun([], 0);
    await started;
    expect(execution.commandLine.value).toMatch(/ --port=80(8[1-9]|9\d) app:app$/);
  });

  test('but no other one where the user has said where it listens', async () => {
    editor.set('spawning.arguments', ['--bind=127.0.0.1:8000']);
    scene.servers.come(scene.server());
    editor.onMessage = () => 'Start Another';
    const { started, execution } = await scene.begun([], 0);
    await started;
    expect(execution.commandLine.value).toMatch(/ --bind=127\.0\.0\.1:8000 app:app$/);
  });

  test('Start Another leaves the terminal of the first alone', async () => {
    const { pid } = await scene.process();
    const first = await scene.begun([serving(pid)]);
    scene.servers.come(scene.server({ pid }));
    await first.started;
    editor.onMessage = () => 'Start Another';
    const second = scene.launcher.start({});
    (await scene.command(1, 2)).end(0);
    await second;
    expect(editor.terminals.map(({ executions }) => executions.length)).toEqual([1, 1]);
  });

  test('Restart stops it first', async () => {
    const { pid, started: since, ended } = await scene.process();
    scene.servers.come(scene.server({ pid, started: since }));
    editor.onMessage = () => 'Restart';
    const { started } = await scene.begun([], 0);
    await ended;
    await started;
  });

  test('is none if it stops, or serves something else', async () => {
    scene.servers.come(scene.server({}, { health: 'stopping' }));
    scene.servers.come(scene.server({ application: 'app:other' }));
    scene.servers.come(scene.server({ folder: scene.root }));
    await (
      await scene.begun([], 0)
    ).started;
    expect(editor.messages).toEqual([]);
  });
});
