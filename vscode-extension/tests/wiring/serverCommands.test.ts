import { describe, expect, it } from 'vitest';
import * as vscode from 'vscode';
import { registerProblems } from '../../src/vscode/problems';
import { registerServerCommands } from '../../src/vscode/serverCommands';
import { workerFailed } from '../core/examples';
import { editor } from './fake/editor';
import { begun, failed, onStage, ready, serves, stage } from './stage/onStage';
import type { Actor } from './stage/stage';
import { until } from './until';

onStage((parts) => [registerProblems(parts), registerServerCommands(parts, () => undefined)]);

describe('Reload', () => {
  const reload = async (actor: Actor) => {
    const done = editor.run('spawning.reload');
    await until(() => actor.output.join('').includes('hup'));
    return { done };
  };

  it('tells the controller, and waits for what comes of it', async () => {
    const actor = await stage.meet();
    const { done } = await reload(actor);
    actor.tell(begun, ready, serves);
    await done;
    expect(editor.messages).toEqual([]);
  });

  it('says why the new generation failed, and leads there', async () => {
    const file = stage.broken();
    const actor = await stage.meet();
    editor.onMessage = () => 'Show Problem';
    const { done } = await reload(actor);
    actor.tell(begun, workerFailed({ file }), failed);
    await done;
    expect(editor.messages.map(({ text }) => text)).toEqual([
      "shop.app: generation 7 failed: NameError: name 'x' is not defined",
    ]);
    await until(() => editor.activeEditor?.document.uri.fsPath === file);
  });

  it('is over when the server ends', async () => {
    const actor = await stage.meet();
    const { done } = await reload(actor);
    await actor.leave();
    await done;
    expect(editor.messages[0]?.text).toBe('shop.app ended before the new generation served.');
  });

  it('does not wait where nobody would tell', async () => {
    const actor = await stage.meet({ status: '' });
    const { done } = await reload(actor);
    await done;
    expect(editor.messages).toEqual([]);
  });

  it('says that there is no such server any more', async () => {
    const actor = await stage.meet({ status: '' });
    // It is soon found to be gone, and then it is none to be picked.
    const server = stage.server(actor);
    await actor.die();
    await editor.run('spawning.reload', { server });
    expect(editor.messages[0]?.text).toContain('cannot be told to reload: it has just ended');
  });
});

describe('a process that has the number of a server by now', () => {
  it('is told nothing: without a handler, it would end', async () => {
    const actor = await stage.meet({ status: '' });
    const server = stage.server(actor);
    const { pid } = actor.note;
    await editor.run('spawning.reload', {
      server: { ...server, note: { ...actor.note, started: actor.note.started - 1 } },
    });
    expect(editor.messages[0]?.text).toBe(
      `shop.app (process ${pid}) cannot be told to reload: it has just ended.`,
    );
    expect(actor.output.join('')).not.toContain('hup');
  });
});

describe('Open in Browser', () => {
  it('asks the editor where the page is for the browser', async () => {
    await stage.meet();
    editor.externalUri = () => vscode.Uri.parse('https://editor.example/proxy/8090/') as never;
    await editor.run('spawning.openInBrowser');
    expect(editor.opened.map((uri) => uri.authority)).toEqual(['editor.example']);
  });

  it('lets choose among several pages', async () => {
    await stage.meet({ urls: ['http://127.0.0.1:1', 'unix:/run/shop.sock', 'http://[::1]:2'] });
    editor.onPick = ({ items }) => items.at(-1);
    await editor.run('spawning.openInBrowser');
    expect(editor.picks[0]?.items).toEqual(['http://127.0.0.1:1', 'http://[::1]:2']);
    expect(editor.opened).toHaveLength(1);
  });

  it('says that no browser opens a unix socket', async () => {
    await stage.meet({ urls: ['unix:/run/shop.sock'] });
    await editor.run('spawning.openInBrowser');
    expect(editor.messages[0]?.text).toContain('unix:/run/shop.sock, which no browser can open');
  });
});
