import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/core/processes';
import { busyPort } from '../../src/vscode/busyPort';
import { editor } from './fake/editor';
import { lastMessage, message, Scene } from './launching/scene';
import { until } from './until';

const BUSY = 'spawn: 127.0.0.1:8080 is in use by';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  await scene.close();
});

describe('a busy port', () => {
  test('another one is taken', async () => {
    editor.onMessage = ({ items }) => items.find((item) => item === 'Use Another Port');
    const line = `${BUSY} x (pid 4194400, user ada); trying for 3 s\r\nspawn: error: ${BUSY.slice(7)} x (pid 4194400, user ada); stop it, or choose another port with --port (0 picks a free one)\r\n`;
    const { started } = await scene.begun([line], 4);
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
    const { started, execution } = await scene.begun([`${BUSY} ${by}; trying for 3 s\r\n`]);
    await expect.poll(() => editor.terminals[0]?.sent).toEqual(['\x03']);
    // The next one would be typed into a terminal that is busy still.
    await new Promise((resolve) => setTimeout(resolve));
    expect(editor.messages).toEqual([]);
    execution.end(130);
    expect(await started).toBe(server);
    expect(lastMessage()).toMatch(
      /Spawning server of other in \/x .* \[Use It, Stop It, Use Another Port/,
    );
    expect(editor.executed.at(-1)).toEqual({ command: 'spawning.showStatus', args: [{ server }] });
  });

  test('a server that is about to end is waited for, and that is said', async () => {
    const { pid } = await scene.process();
    scene.servers.come(scene.server({ pid, application: 'other' }, { health: 'stopping' }));
    const line = `${BUSY} the Spawning server of other in /x (pid ${pid}, user ada); trying for 3 s`;
    const { started, execution } = await scene.begun([`${line}\r\n`]);
    await until(() => editor.progress[0]?.said.some((text) => text !== ''));
    expect(editor.progress[0]?.said).toEqual([
      `127.0.0.1:8080 is in use by the Spawning server of other in /x (pid ${pid}, user ada); waiting for it`,
    ]);
    expect([editor.messages, editor.terminals[0]?.sent]).toEqual([[], []]);
    execution.end(0);
    await started;
  });

  test('a stranger is not stopped where that is not confirmed', async () => {
    const running = await scene.process();
    editor.onMessage = ({ items }) => items.find((item) => item === 'Stop It');
    const by = `sleep 600 (pid ${running.pid}, user ada)`;
    const line = `spawn: error: ${BUSY.slice(7)} ${by}; stop it, or choose another port\r\n`;
    expect(await (await scene.begun([line], 4)).started).toBeUndefined();
    expect(editor.messages.map(({ modal }) => modal)).toEqual([false, true]);
    expect(isAlive(running)).toBe(true);
  });

  test('is not that of a server that has gone', () => {
    const server = scene.servers.come(scene.server());
    expect(busyPort(8080, scene.servers)).toMatchObject({ holder: server });
    server.isGone = true;
    expect(busyPort(8080, scene.servers).busy.by).toBe('another process');
  });

  test('whoever has it is stopped, if that is what is wanted, and the server started', async () => {
    const { pid, ended } = await scene.process();
    const asked: string[] = [];
    editor.onMessage = ({ items, text, modal }) => {
      asked.push(modal ? `modal: ${text}` : text);
      return items.find((item) => item === 'Stop It' || item === 'Stop');
    };
    const by = `sleep 600 (pid ${pid}, user ada)`;
    const { started } = await scene.begun(
      [`spawn: error: ${BUSY.slice(7)} ${by}; stop it, or choose another port\r\n`],
      4,
    );
    await ended;
    expect(asked[1]).toBe('modal: Stop a process that is none of Spawning’s?');
    (await scene.command(2)).end(0);
    await started;
  });
});
