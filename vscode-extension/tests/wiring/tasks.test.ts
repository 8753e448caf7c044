import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editor } from './fake/editor';
import { FLASK, Scene } from './launching/scene';
import type { ProcessExecution, Task } from './vscode';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  await scene.close();
});

interface Provider {
  provideTasks(): Promise<Task[]>;
  resolveTask(task: unknown): Promise<Task | undefined> | undefined;
}

function provider(): Provider {
  return editor.providers.get('task:spawning') as Provider;
}

function words(task: Task | undefined): string {
  const { process: program, args } = task?.execution as ProcessExecution;
  return [program, ...args].join(' ').replace(scene.python, 'python');
}

const OURS = '--reload=dev --status-port=0 --status-host=127.0.0.1 --backdoor=0';

describe('tasks', () => {
  test('there is one for each folder, in the background, with problems', async () => {
    scene.write('other/wsgi.py', FLASK);
    editor.openFolder(scene.path('other'));
    const tasks = await provider().provideTasks();
    expect(tasks.map(words)).toEqual([
      `python -m spawning --problem-lines ${OURS} app:app`,
      `python -m spawning --problem-lines ${OURS} wsgi:app`,
    ]);
    const [task] = tasks;
    expect(task).toMatchObject({ isBackground: true, name: 'serve', source: 'spawning' });
    expect(task?.problemMatchers).toEqual(['$spawning']);
    expect(task?.definition).toEqual({ type: 'spawning' });
  });

  test('nothing is asked for them, nor installed', async () => {
    scene.interpreter('python', []);
    scene.write('shop/b.py', FLASK);
    scene.write('shop/app.py', '');
    scene.write('shop/a.py', FLASK);
    const [task] = await provider().provideTasks();
    expect(words(task)).toMatch(/ a:app$/);
    expect(editor.picks).toEqual([]);
    expect(editor.messages).toEqual([]);
  });

  test('where nothing is found the server is left to say so', async () => {
    scene.write('shop/app.py', '');
    const [task] = await provider().provideTasks();
    expect(words(task)).toBe(`python -m spawning --problem-lines ${OURS}`);
  });

  test('there are none in a folder that is not trusted', async () => {
    editor.isTrusted = false;
    expect(await provider().provideTasks()).toEqual([]);
  });

  test('tasks.json may say more, and its definition is kept', async () => {
    const definition = {
      type: 'spawning',
      application: 'x:make()',
      arguments: ['-t8'],
      coverage: true,
    };
    const written = { definition, scope: editor.folders[0], name: 'mine' };
    const task = await provider().resolveTask(written);
    expect(task?.definition).toBe(definition);
    expect(task?.name).toBe('mine');
    expect(words(task)).toBe(`python -m spawning --problem-lines ${OURS} --coverage -t8 x:make()`);
  });

  test('end with all that they have started, though they are only hung up', async () => {
    const { pid, ended } = await scene.process("trap '' HUP; echo; sleep 600");
    const execution = { task: { definition: { type: 'spawning' } } };
    editor.events.startTaskProcess.fire({ execution, processId: pid });
    editor.events.endTask.fire({ execution });
    await ended;
  });

  test('end with the window', async () => {
    const { pid, ended } = await scene.process();
    const execution = { task: { definition: { type: 'spawning' } } };
    editor.events.startTaskProcess.fire({ execution, processId: pid });
    await scene.context.close();
    await ended;
  });
});
