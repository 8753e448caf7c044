import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Note } from '../../src/core/contract';
import { editor } from './fake/editor';
import type { KnownServer } from './knownServers';
import { Scene, serving } from './launching/scene';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.close());

/** Restarts a server with this command line; returns the command that is run for it. */
async function restarted(note: Partial<Note>): Promise<string> {
  const { pid, started, ended } = await scene.process();
  const server: KnownServer = scene.servers.come(scene.server({ pid, started, ...note }));
  const starting = scene.launcher.restart(server, '--backdoor=0');
  await ended;
  const execution = await scene.command();
  execution.end(0);
  await starting;
  return execution.commandLine.value;
}

test('a server that was started elsewhere gets its own command line, and one more option', async () => {
  const argv = ['/venv/python', '-X', 'dev', '/venv/bin/spawn', '-p', '9000', 'app:other'];
  const note = { application: 'app:other', python: '/venv/python', argv };
  expect(await restarted(note)).toBe('/venv/python -m spawning --backdoor=0 -p 9000 app:other');
  expect(editor.terminals[0]?.creationOptions).toMatchObject({ cwd: scene.path('shop') });
});

test('one that was started here keeps all by which it was', async () => {
  editor.set('spawning.backdoor', false);
  editor.set('spawning.environment', { SHOP: 'open' });
  const { pid, started, ended } = await scene.process();
  const server = scene.servers.come(scene.server({ pid, started, application: 'shop.app' }));
  scene.servers.all = [];
  const starting = scene.launcher.start({ coverage: true });
  const first = await scene.command();
  scene.servers.come(server);
  first.write(serving(pid));
  await starting;
  editor.set('spawning.environment', {});
  const again = scene.launcher.restart(server, '--backdoor=0');
  await ended;
  first.end(0);
  const second = await scene.command(2);
  second.end(0);
  await again;
  expect(second.commandLine.value).toBe(
    first.commandLine.value.replace('spawning ', 'spawning --backdoor=0 '),
  );
  expect(editor.terminals).toHaveLength(1);
});

test('one that a debugger has started is started by the settings', async () => {
  const argv = ['/venv/python', '-m', 'debugpy', '--listen', '0', '-m', 'spawning', 'app:app'];
  expect(await restarted({ application: 'app:app', python: '/venv/python', argv })).toBe(
    '/venv/python -m spawning --reload=dev --status-port=0 --status-host=127.0.0.1 --backdoor=0 app:app',
  );
});

test('none is stopped from a folder that is not trusted', async () => {
  editor.isTrusted = false;
  const { pid, started } = await scene.process();
  const server = scene.servers.come(scene.server({ pid, started }));
  expect(await scene.launcher.restart(server, '--backdoor=0')).toBeUndefined();
  expect(editor.terminals).toEqual([]);
  process.kill(pid, 0);
});
