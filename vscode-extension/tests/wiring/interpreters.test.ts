import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editor } from './fake/editor';
import { lastMessage, message, Scene } from './launching/scene';
import { Uri } from './vscode';

let scene: Scene;
let path: string | undefined;

beforeEach(() => {
  path = process.env.PATH;
  scene = new Scene();
});

afterEach(async () => {
  process.env.PATH = path;
  await scene.close();
});

function found(): Promise<string | undefined> {
  return scene.launcher.interpreters.checked(editor.folders[0] as never);
}

function pythonEnvs(executable: string | undefined): void {
  const getEnvironment = () => Promise.resolve({ execInfo: { run: { executable } } });
  editor.extensions.set('ms-python.vscode-python-envs', { exports: { getEnvironment } });
}

function msPython(file: string | undefined, known = '/nowhere'): void {
  const environments = {
    getActiveEnvironmentPath: () => ({ path: known }),
    resolveEnvironment: () => Promise.resolve(file && { executable: { uri: Uri.file(file) } }),
  };
  editor.extensions.set('ms-python.python', { exports: { environments } });
}

describe('the interpreter', () => {
  test('is that of the first who knows one', async () => {
    const [set, envs, python, venv, onPath] = [
      'set',
      'envs',
      'python2',
      'shop/.venv/bin/python',
      'bin/python3',
    ].map((name) => scene.interpreter(name));
    editor.set('spawning.interpreterPath', set);
    pythonEnvs(envs);
    msPython(python);
    process.env.PATH = scene.path('bin');
    const answers = [await found()];
    editor.set('spawning.interpreterPath', '');
    answers.push(await found());
    editor.extensions.delete('ms-python.vscode-python-envs');
    answers.push(await found());
    editor.extensions.delete('ms-python.python');
    answers.push(await found());
    scene.remove('shop/.venv');
    answers.push(await found());
    expect(answers).toEqual([set, envs, python, venv, onPath]);
  });

  test.each([
    [
      'nothing',
      () => {
        pythonEnvs(undefined);
      },
    ],
    [
      'what is not there',
      () => {
        pythonEnvs('/nowhere/python');
      },
    ],
    [
      'no more than a name',
      () => {
        pythonEnvs('python');
      },
    ],
    [
      'an exception',
      () => {
        const getEnvironment = () => Promise.reject(new Error('no'));
        editor.extensions.set('ms-python.vscode-python-envs', { exports: { getEnvironment } });
      },
    ],
    [
      'another interface',
      () => {
        editor.extensions.set('ms-python.vscode-python-envs', { exports: undefined });
      },
    ],
  ])('is asked of the next where an extension answers with %s', async (_what, extension) => {
    editor.set('spawning.interpreterPath', '');
    const python = scene.interpreter('python2');
    extension();
    msPython(undefined, python);
    expect(await found()).toBe(python);
  });

  test('may stand relative to the folder, and with variables', async () => {
    const python = scene.interpreter('shop/env/bin/python');
    for (const text of ['env/bin/python', '${workspaceFolder}/env/bin/python']) {
      editor.set('spawning.interpreterPath', text);
      expect(await found()).toBe(python);
    }
  });

  test('that is missing, or none, is told, and another one can be chosen', async () => {
    editor.onMessage = () => 'Select Interpreter';
    editor.set('spawning.interpreterPath', '/nowhere/python');
    expect(await found()).toBeUndefined();
    expect(lastMessage()).toBe(
      'There is no interpreter /nowhere/python (the setting spawning.interpreterPath). [Select Interpreter]',
    );
    expect(editor.executed.at(-1)?.command).toBe('workbench.action.openSettings');
    msPython(undefined);
    editor.set('spawning.interpreterPath', '/bin/false');
    expect(await found()).toBeUndefined();
    expect(lastMessage()).toMatch(/^\/bin\/false \(.*\) is no Python that can be run\. \[Select I/);
    expect(editor.executed.at(-1)?.command).toBe('python.setInterpreter');
  });

  test('that is nowhere is told', async () => {
    editor.set('spawning.interpreterPath', '');
    process.env.PATH = scene.path('nowhere');
    expect(await found()).toBeUndefined();
    expect(lastMessage()).toBe('No Python was found to run Spawning with. [Select Interpreter]');
  });
});

describe('Spawning that is missing', () => {
  const INSTALL = " -m pip install 'Spawning[devtools]'";

  test('is installed by a button, and the start goes on', async () => {
    const python = scene.interpreter('python', ['pip']);
    editor.onMessage = ({ items }) => items.find((item) => item === 'Install');
    const answer = found();
    const execution = await scene.command();
    expect(lastMessage()).toBe(
      `Spawning is not installed in ${python} (the setting spawning.interpreterPath). [Install, Select Interpreter]`,
    );
    expect(execution.commandLine.value).toBe(`${python}${INSTALL}`);
    scene.interpreter('python');
    execution.end(0);
    expect(await answer).toBe(python);
  });

  test('is not asked for again where the installation fails', async () => {
    scene.interpreter('python', ['pip']);
    editor.onMessage = ({ items }) => items.find((item) => item === 'Install');
    const answer = found();
    (await scene.command()).end(1);
    expect(await answer).toBeUndefined();
    expect(editor.messages).toHaveLength(1);
  });

  test('keeps a server from being started', async () => {
    scene.interpreter('python', []);
    expect(await scene.launcher.start({})).toBeUndefined();
    await message(/^Spawning is not installed/);
    expect(editor.terminals).toEqual([]);
  });
});
