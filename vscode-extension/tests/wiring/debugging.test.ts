import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { isAlive } from '../../src/core/processes';
import { modulesWithout } from '../core/examples';
import { editor } from './fake/editor';
import { lastMessage, Scene } from './launching/scene';
import { DebugAdapterExecutable, DebugAdapterServer } from './vscode';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
  editor.set('spawning.port', 0);
});

afterEach(async () => {
  await scene.close();
});

const EMPTY = { type: '', request: '', name: '' };

function provider(): vscode.DebugConfigurationProvider {
  return editor.providers.get('debugConfiguration:spawning') as vscode.DebugConfigurationProvider;
}

interface Tracker {
  onWillReceiveMessage?(message: unknown): void;
  onDidSendMessage(message: unknown): void;
  onWillStopSession(): void;
  onExit(): void;
}

function tracked(session: { readonly type: string; readonly [key: string]: unknown }): Tracker {
  const factory = editor.providers.get(`debugTracker:${session.type}`) as {
    createDebugAdapterTracker(session: unknown): Tracker;
  };
  return factory.createDebugAdapterTracker(session);
}

/** The configuration of the first session that was started. */
function debugged(): Readonly<Record<string, unknown>> {
  return { ...(editor.debugStarted[0]?.configuration as object) };
}

function resolved(written: vscode.DebugConfiguration) {
  return provider().resolveDebugConfiguration?.(editor.folders[0], written);
}

function words(configuration: vscode.DebugConfiguration | null | undefined): string {
  return (configuration?.args as string[]).join(' ');
}

function adapter(configuration: unknown): unknown {
  const factory = editor.providers.get('debugAdapter:spawning') as {
    createDebugAdapterDescriptor(session: unknown): unknown;
  };
  return factory.createDebugAdapterDescriptor({ configuration });
}

describe('F5 without launch.json', () => {
  test('debugs the application of the folder', async () => {
    const configuration = await resolved(EMPTY);
    expect(configuration).toMatchObject({
      type: 'spawning',
      request: 'launch',
      name: 'Spawning',
      module: 'spawning',
      python: scene.python,
      cwd: scene.path('shop'),
      subProcess: true,
    });
    expect(words(configuration)).toMatch(/ app:app$/);
    expect(adapter(configuration)).toEqual(
      new DebugAdapterExecutable(scene.python, ['-m', 'debugpy.adapter']),
    );
  });

  test("leaves it to Microsoft's extension where that is there, which brings debugpy", async () => {
    editor.extensions.set('ms-python.debugpy', { exports: undefined });
    scene.interpreter('python', modulesWithout('debugpy', 'pip'));
    expect(await resolved(EMPTY)).toMatchObject({ type: 'debugpy', module: 'spawning' });
  });

  test('says what is missing', async () => {
    scene.interpreter('python', modulesWithout('debugpy'));
    expect(await resolved(EMPTY)).toBeUndefined();
    expect(lastMessage()).toMatch(/^Debugging needs debugpy, .* \[Install, Select Interpreter\]$/);
  });

  test('launch.json may say more', async () => {
    const written = {
      type: 'spawning',
      request: 'launch',
      name: 'Other',
      application: 'other:make()',
      arguments: ['-t', '8'],
      coverage: true,
      justMyCode: false,
    };
    const configuration = await resolved(written);
    expect(configuration).toMatchObject({ name: 'Other', justMyCode: false });
    expect(words(configuration)).toMatch(/--coverage -t 8 --port=0 other:make\(\)$/);
  });

  test('what is resolved already is left alone', async () => {
    const ours = { type: 'spawning', request: 'launch', name: 'x', module: 'spawning' };
    const child = { type: 'spawning', request: 'attach', name: 'x' };
    expect(await resolved(ours)).toBe(ours);
    expect(await resolved(child)).toBe(child);
  });

  test('nothing is debugged in a folder that is not trusted', async () => {
    editor.isTrusted = false;
    expect(await resolved(EMPTY)).toBeUndefined();
    expect(lastMessage()).toMatch(/^Debugging needs a workspace that you trust/);
  });

  test('is offered for launch.json', async () => {
    const offered = await provider().provideDebugConfigurations?.(undefined);
    expect(offered).toEqual([{ type: 'spawning', request: 'launch', name: 'Spawning' }]);
  });
});

describe('Start with Debugger', () => {
  test('starts a session, and returns the server when it is there', async () => {
    const started = scene.launcher.start({ debug: true });
    await expect.poll(() => editor.debugStarted).toHaveLength(1);
    const configuration = debugged();
    expect(configuration).toMatchObject({ name: 'Spawning: app:app', module: 'spawning' });
    scene.servers.come(scene.server({ application: 'another' }));
    const server = scene.servers.come(scene.server());
    expect(await started).toBe(server);
  });

  test('waits no longer than the session lasts', async () => {
    const started = scene.launcher.start({ debug: true });
    await expect.poll(() => editor.debugStarted).toHaveLength(1);
    editor.events.terminateDebug.fire({ name: 'Spawning: app:app' });
    expect(await started).toBeUndefined();
    editor.debugStarts = false;
    expect(await scene.launcher.start({ debug: true })).toBeUndefined();
  });

  test('says first that the port is busy, which a debugger would not', async () => {
    const listening = createServer().listen(0);
    await once(listening, 'listening');
    const { port } = listening.address() as { port: number };
    editor.set('spawning.port', port);
    editor.onMessage = ({ items }) => items.find((item) => item === 'Use Another Port');
    const started = scene.launcher.start({ debug: true });
    await expect.poll(() => editor.debugStarted).toHaveLength(1);
    expect(lastMessage()).toBe(`Port ${port} is in use by another process. [Use Another Port]`);
    const configuration = debugged();
    expect(configuration.args).not.toContain(`--port=${port}`);
    const server = scene.servers.come(scene.server());
    expect(await started).toBe(server);
    listening.close();
  });

  test('knows a server of ours that has the port, and shows it', async () => {
    const listening = createServer().listen(0);
    await once(listening, 'listening');
    const { port } = listening.address() as { port: number };
    editor.set('spawning.port', port);
    const { pid, started } = await scene.process();
    const urls = [`http://127.0.0.1:${port}`];
    const server = scene.servers.come(scene.server({ pid, started, urls, application: 'other' }));
    editor.onMessage = ({ items }) => items.find((item) => item === 'Use It');
    expect(await scene.launcher.start({ debug: true })).toBe(server);
    expect(lastMessage()).toMatch(/^Port \d+ is in use by the Spawning server of other in /);
    listening.close();
  });
});

describe('a server that a debugger has started', () => {
  const configuration = { module: 'spawning' };

  async function debuggedProcess(session: Readonly<Record<string, unknown>>) {
    const running = await scene.process();
    const tracker = tracked({ type: 'spawning', configuration, ...session });
    const body = { systemProcessId: running.pid };
    tracker.onDidSendMessage({ type: 'event', event: 'process', body });
    return { running, tracker };
  }

  test.each(['spawning', 'debugpy'])('ends with its session, of %s', async (type) => {
    const { running, tracker } = await debuggedProcess({ type });
    tracker.onExit();
    await running.ended;
  });

  test('ends with the window', async () => {
    const { running } = await debuggedProcess({});
    await scene.context.close();
    await running.ended;
  });

  test.each([{ parentSession: {} }, { configuration: { module: 'flask' } }])(
    'is no worker, and nothing else that is debugged: %j',
    async (session) => {
      const { running, tracker } = await debuggedProcess(session);
      tracker.onWillStopSession();
      await scene.context.close();
      expect(isAlive(running)).toBe(true);
    },
  );
});

describe('a worker of new code', () => {
  const body = {
    name: 'Subprocess 7',
    type: 'python',
    request: 'attach',
    connect: { host: '127.0.0.1', port: 5678 },
    subProcessId: 7,
    purpose: ['debug-test'],
  };

  test('is attached, as a child of the session', () => {
    const session = { type: 'spawning', workspaceFolder: editor.folders[0] };
    editor.events.customDebug.fire({ session, event: 'debugpyAttach', body });
    expect(editor.debugStarted).toMatchObject([
      {
        folder: editor.folders[0],
        configuration: { subProcessId: 7, type: 'spawning', request: 'attach' },
        options: { parentSession: session, lifecycleManagedByParent: true },
      },
    ]);
    const configuration = debugged();
    expect(configuration).not.toHaveProperty('purpose');
    expect(adapter(configuration)).toEqual(new DebugAdapterServer(5678, '127.0.0.1'));
  });

  test('is announced to us: the editor itself would not end it with its server', () => {
    const tracker = tracked({ type: 'spawning', configuration: {} });
    const heard = (command: string) => {
      const message = { command, arguments: { supportsStartDebuggingRequest: true } };
      tracker.onWillReceiveMessage?.(message);
      return message.arguments.supportsStartDebuggingRequest;
    };
    expect([heard('initialize'), heard('launch')]).toEqual([false, true]);
  });

  test('is a child of the session that the user started, whoever forked it', () => {
    const root = { type: 'spawning', workspaceFolder: editor.folders[0] };
    const snapshot = { type: 'spawning', parentSession: root };
    editor.events.customDebug.fire({ session: snapshot, event: 'debugpyAttach', body });
    expect(editor.debugStarted).toMatchObject([{ options: { parentSession: root } }]);
  });

  test("of somebody else's session, or another event, is not", () => {
    editor.events.customDebug.fire({ session: { type: 'debugpy' }, event: 'debugpyAttach', body });
    editor.events.customDebug.fire({ session: { type: 'spawning' }, event: 'other', body });
    editor.events.customDebug.fire({
      session: { type: 'spawning' },
      event: 'debugpyAttach',
      body: {},
    });
    expect(editor.debugStarted).toEqual([]);
    expect(adapter({ type: 'spawning', request: 'launch' })).toBeUndefined();
  });
});
