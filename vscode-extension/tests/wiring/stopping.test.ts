import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/core/processes';
import { editor } from './fake/editor';
import { lastMessage, Scene, serving } from './launching/scene';
import { until } from './until';

/** Heeds no polite word. */
const STUBBORN = "trap '' TERM; echo; sleep 600";

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  await scene.close();
});

describe('Stop', () => {
  test('ends the server that is meant, and waits until it has gone', async () => {
    const running = await scene.process();
    const server = scene.server({ pid: running.pid, started: running.started });
    await editor.run('spawning.stop', { server });
    expect(isAlive(running)).toBe(false);
    expect(editor.messages).toEqual([]);
  });

  test('asks which one, where none is meant', async () => {
    await editor.run('spawning.stop');
    const running = await scene.process();
    scene.servers.picked = scene.server({ pid: running.pid, started: running.started });
    await editor.run('spawning.stop');
    expect(isAlive(running)).toBe(false);
  });

  test('offers force where politeness has not helped, for the whole tree', async () => {
    const running = await scene.process(STUBBORN);
    editor.onMessage = ({ items }) => items.find((item) => item === 'Kill');
    const status = { config: { deadman: -1.9 } };
    const server = scene.server({ pid: running.pid, started: running.started }, status);
    await editor.run('spawning.stop', { server });
    expect(isAlive(running)).toBe(false);
    expect(lastMessage()).toBe(`app:app (process ${running.pid}) has not ended yet. [Kill, Wait]`);
  });

  test('leaves it be where nobody answers', async () => {
    const running = await scene.process(STUBBORN);
    const status = { config: { deadman: -1.9 } };
    const server = scene.server({ pid: running.pid, started: running.started }, status);
    await editor.run('spawning.stop', { server });
    expect(isAlive(running)).toBe(true);
  });

  test('need not be waited for', async () => {
    const running = await scene.process(STUBBORN);
    const server = scene.server({ pid: running.pid, started: running.started });
    const stopped = editor.run('spawning.stop', { server });
    await until(() => editor.progress.length > 0);
    editor.progress[0]?.cancel();
    await stopped;
    expect(lastMessage()).toMatch(/has not ended yet/);
    expect(isAlive(running)).toBe(true);
  });

  test('touches no process that has its number by now', async () => {
    const running = await scene.process();
    await editor.run('spawning.stop', { server: scene.server({ pid: running.pid, started: 1 }) });
    expect(isAlive(running)).toBe(true);
  });
});

describe('a server that was started here', () => {
  async function started(script?: string) {
    const running = await scene.process(script);
    const start = scene.launcher.start({});
    const execution = await scene.command();
    scene.servers.come(scene.server({ pid: running.pid }, { health: 'starting' }));
    execution.write(serving(running.pid));
    await start;
    return { running, execution };
  }

  test('ends with its terminal', async () => {
    const { running } = await started();
    editor.terminals[0]?.close();
    await running.ended;
  });

  test('ends with the window', async () => {
    const { running } = await started();
    await scene.context.close();
    await running.ended;
    expect(editor.terminals).toEqual([]);
  });

  test('that has ended by itself is none any more', async () => {
    const { running, execution } = await started();
    execution.end(0);
    await expect.poll(() => scene.launcher.count).toBe(0);
    editor.terminals[0]?.close();
    expect(isAlive(running)).toBe(true);
    expect(editor.messages).toEqual([]);
  });
});
