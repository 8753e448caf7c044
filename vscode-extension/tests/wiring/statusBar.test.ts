import { describe, expect, it } from 'vitest';
import type * as vscode from 'vscode';
import { registerProblems } from '../../src/vscode/problems';
import { registerServerCommands } from '../../src/vscode/serverCommands';
import { registerStatusBar } from '../../src/vscode/statusBar';
import { registerTree } from '../../src/vscode/treeView';
import { child, event, status, workerFailed } from '../core/examples';
import { editor } from './fake/editor';
import { begun, failed, onStage, stage } from './stage/onStage';
import { until } from './until';

onStage((parts) => [
  registerStatusBar(parts),
  registerTree(parts),
  registerProblems(parts),
  registerServerCommands(parts, () => undefined),
]);

describe('the status bar', () => {
  const item = () => {
    const [found] = editor.statusBarItems;
    if (found === undefined) throw new Error('there is none');
    return found;
  };

  it('tells how the server of the workspace fares', async () => {
    expect([item().text, item().isShown]).toEqual(['$(play) Spawning', true]);
    const actor = await stage.meet();
    await until(() => item().text === '$(check) Spawning · gen 6 · 12 ms');
    actor.tell(begun, workerFailed());
    await until(() => item().text === '$(sync~spin) Spawning · gen 6 → 7');
    actor.tell(failed);
    await until(
      () => item().text === '$(error) Spawning · reload failed · still serving generation 6',
    );
    expect(item().backgroundColor).toEqual({ id: 'statusBarItem.errorBackground' });
    expect((item().accessibilityInformation as { label: string }).label).toContain(
      'still serving generation 6: NameError',
    );
    await actor.leave();
    await until(() => item().text === '$(play) Spawning');
    expect(item().backgroundColor).toBeUndefined();
  });

  it('leads to what can be done', async () => {
    const actor = await stage.meet();
    editor.onPick = ({ items }) =>
      items.find((one) => (one as { label: string }).label.includes('Open in Browser'));
    await editor.run(String(item().command));
    expect(editor.opened.map(String)).toEqual([expect.stringContaining('127.0.0.1')]);
    expect(editor.executed[0]?.args).toEqual([{ server: stage.server(actor) }]);
  });
});

const now = () => Date.now() / 1000;

describe('the tree', () => {
  interface Branch {
    readonly item: vscode.TreeItem;
    readonly children: Branch[];
  }
  const view = () => {
    const found = editor.trees.get('spawning.servers');
    if (found === undefined) throw new Error('there is none');
    return found;
  };
  const lines = (branches: Branch[], indent = ''): string[] =>
    branches.flatMap(({ item, children }) => [
      indent + (typeof item.label === 'string' ? item.label : ''),
      ...lines(children, `${indent} `),
    ]);
  const unfolded = async () => (await view().unfold()) as Branch[];

  it('shows servers down to what they answer, and redraws only what changed', async () => {
    const actor = await stage.meet({}, { time: now() });
    const drawn: unknown[] = [];
    (view().provider as vscode.TreeDataProvider<{ id: string }>).onDidChangeTreeData?.((changed) =>
      drawn.push(changed),
    );
    const children = {
      4001: child({ busy: 1, in_flight: [{ line: 'GET /slow', seconds: 2 }] }),
    };
    const { health, sentence, connections, memory, totals } = status();
    actor.tell(
      event({
        event: 'counters',
        at: now(),
        health,
        sentence,
        children,
        connections,
        memory,
        totals,
      }),
    );
    await until(() => drawn.length > 0);
    expect(drawn[0]).toMatchObject([{ id: `${actor.note.pid}:${actor.note.started}/6` }]);
    expect(lines(await unfolded())).toEqual([
      'shop.app',
      ' Generation 6',
      '  Worker 1',
      expect.stringMatching(/^   \d s$/),
    ]);
    // It grows older by itself, and nothing else is drawn for that.
    await until(() => drawn.some((one) => JSON.stringify(one).includes('/request/0')));
  });

  it('stands still while nobody looks', async () => {
    view().visible = false;
    const children = {
      4001: child({ busy: 1, in_flight: [{ line: 'GET /slow', seconds: 2 }] }),
    };
    await stage.meet({}, { children, time: now() });
    const drawn: unknown[] = [];
    (view().provider as vscode.TreeDataProvider<unknown>).onDidChangeTreeData?.((changed) =>
      drawn.push(changed),
    );
    view().visible = true;
    view().visibility.fire({ visible: true });
    await until(() => drawn.length > 0);
  });

  it('hands its server to the commands of its menus', async () => {
    const actor = await stage.meet();
    const [root] = (await view().provider.getChildren()) as object[];
    expect(root).toMatchObject({ server: stage.server(actor) });
    await editor.run('spawning.openInBrowser', root);
    expect(editor.opened).toHaveLength(1);
  });

  it('leads from a failure to its place', async () => {
    const file = stage.broken();
    const actor = await stage.meet();
    actor.tell(begun, workerFailed({ file, line: 3, column: 6 }), failed);
    await until(() => stage.server(actor)?.status?.last_failure);
    const [, entry] =
      (await unfolded())[0]?.children[0]?.children.map(({ item }) => item.command) ?? [];
    expect(entry).toBeUndefined();
    const [first] =
      (await unfolded())[0]?.children[0]?.children.map(({ item }) => item.command) ?? [];
    await editor.run(String(first?.command), ...((first?.arguments ?? []) as unknown[]));
    expect(editor.activeEditor?.document.uri.fsPath).toBe(file);
  });
});
