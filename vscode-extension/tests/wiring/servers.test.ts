import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode';
import type { Server } from '../../src/vscode/parts';
import { event } from '../core/examples';
import { editor } from './fake/editor';
import { Stage } from './stage/stage';
import { until } from './until';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(async () => {
  await stage.close();
});

describe('the servers of this machine', () => {
  it('are found though the folder of their notes is not there yet', async () => {
    expect(stage.servers.all).toEqual([]);
    const actor = await stage.meet();
    expect(stage.server(actor)).toMatchObject({
      note: actor.note,
      isGone: false,
      status: { sentence: 'Generation 6 serves.' },
    });
  });

  it('are found again after the folder was removed', async () => {
    const first = await stage.meet();
    rmSync(stage.notes, { recursive: true });
    await until(() => stage.server(first) === undefined);
    const second = await stage.meet();
    expect(stage.servers.all.map(({ note }) => note.pid)).toEqual([second.note.pid]);
  });

  it('go with their notes', async () => {
    const actor = await stage.meet();
    const server = stage.server(actor);
    const told: (Server | undefined)[] = [];
    stage.servers.onDidChange((changed) => told.push(changed));
    await actor.leave();
    await until(() => stage.servers.all.length === 0);
    expect(server?.isGone).toBe(true);
    expect(told.at(-1)).toBe(server);
  });

  it('go when they are killed, though their notes stay', async () => {
    const actor = await stage.meet();
    await actor.die();
    await until(() => stage.servers.all.length === 0);
  });

  it('go when they are killed though nobody tells: those that have no status page', async () => {
    const actor = await stage.meet({ status: '' });
    await actor.die();
    await until(() => stage.servers.all.length === 0);
  });

  it('are not followed any more when they have gone', async () => {
    const actor = await stage.meet();
    expect(actor.followers).toBe(1);
    actor.hide();
    await until(() => stage.servers.all.length === 0);
    await until(() => actor.followers === 0);
  });

  it('are followed as they live', async () => {
    const actor = await stage.meet();
    const server = stage.server(actor);
    const heard: string[] = [];
    server?.onEvent(({ event: name }) => heard.push(name));
    actor.tell(
      event({ event: 'generation-begun', generation: 7, cause: 'saved' }),
      event({ event: 'notice', text: 'x' }),
    );
    await until(() => heard.length === 2);
    expect(server?.status?.generation.pending?.generation).toBe(7);
  });

  it('are known by their notes alone where they have no status page', async () => {
    const actor = await stage.meet({ status: '' });
    expect(stage.server(actor)?.status).toBeUndefined();
  });

  it('are not believed in a folder that is open to others, which the log says once', async () => {
    mkdirSync(stage.notes, { mode: 0o755 });
    await stage.enter();
    await stage.enter();
    await until(() => editor.logged.some((line) => line.includes('is open to others')));
    expect(stage.servers.all).toEqual([]);
    chmodSync(stage.notes, 0o700);
    await until(() => stage.servers.all.length === 2);
    expect(editor.logged.filter((line) => line.includes('is open to others'))).toHaveLength(1);
  });

  it('are others of the workspace when that has other folders', async () => {
    const actor = await stage.meet();
    const told: (Server | undefined)[] = [];
    stage.servers.onDidChange((changed) => told.push(changed));
    expect(stage.servers.ofWorkspace()).toEqual([]);
    editor.openFolder(stage.folder);
    expect(stage.servers.ofWorkspace()).toEqual([stage.server(actor)]);
    expect(told).toEqual([undefined]);
  });

  it('are let go with the window', async () => {
    const actor = await stage.meet();
    const server = stage.server(actor);
    stage.servers.dispose();
    expect([stage.servers.all, server?.isGone, editor.listeners]).toEqual([[], true, 0]);
    await actor.leave();
  });
});

describe('the server that is meant', () => {
  const shown = () =>
    editor.picks.map(({ items }) => items.map((item) => (item as { detail: string }).detail));

  it('is the only one of the workspace', async () => {
    editor.openFolder(`${stage.folder}/shop`);
    const own = await stage.meet({ folder: `${stage.folder}/shop/web` });
    await stage.meet({ folder: `${stage.folder}/shopping` });
    expect(stage.servers.ofWorkspace()).toEqual([stage.server(own)]);
    expect(await stage.servers.pick('Which?')).toBe(stage.server(own));
    expect(editor.picks).toEqual([]);
  });

  it('is picked from several', async () => {
    editor.openFolder(stage.folder);
    await stage.meet({ folder: `${stage.folder}/a` });
    const second = await stage.meet({ folder: `${stage.folder}/b` });
    editor.onPick = ({ items }) =>
      items.find((item) => (item as { detail: string }).detail.endsWith('/b'));
    expect(await stage.servers.pick('Which?')).toBe(stage.server(second));
    expect(editor.picks[0]?.options.placeHolder).toBe('Which?');
  });

  it('is shown first where it was started elsewhere', async () => {
    editor.openFolder('/home/ann/other');
    await stage.meet();
    expect(await stage.servers.pick('Which?')).toBeUndefined();
    expect(shown()).toEqual([[stage.folder]]);
  });

  it('is offered to be started where there is none', async () => {
    editor.onMessage = () => 'Start';
    expect(await stage.servers.pick('Which?')).toBeUndefined();
    expect(editor.executed.map(({ command }) => command)).toEqual(['spawning.start']);
    editor.isTrusted = false;
    await stage.servers.pick('Which?');
    expect(editor.messages.map(({ items }) => items)).toEqual([['Start'], []]);
  });

  it('is awaited by its process id', async () => {
    const cancellation = new CancellationTokenSource();
    const none = stage.servers.withPid(1, cancellation.token);
    const actor = await stage.enter();
    const found = await stage.servers.withPid(actor.note.pid, cancellation.token);
    expect(found?.note).toEqual(actor.note);
    expect(await stage.servers.withPid(actor.note.pid, cancellation.token)).toBe(found);
    cancellation.cancel();
    expect(await none).toBeUndefined();
    expect(await stage.servers.withPid(1, cancellation.token)).toBeUndefined();
  });
});
