import { describe, expect, it } from 'vitest';
import * as vscode from 'vscode';
import { registerPanel } from '../../src/vscode/panel';
import { registerServerCommands } from '../../src/vscode/serverCommands';
import { event, failure, status } from '../core/examples';
import { editor } from './fake/editor';
import { begun, onStage, stage } from './stage/onStage';
import { until } from './until';

onStage((parts) => {
  const panels = registerPanel(parts);
  return [vscode.Disposable.from(panels), registerServerCommands(parts, panels.show)];
});

describe('Show Status', () => {
  const panel = () => {
    const found = editor.panels.at(-1);
    if (found === undefined) throw new Error('there is none');
    return found;
  };
  const posted = () => JSON.stringify(panel().posted.at(-1) ?? '');

  it('shows the server, and posts only what is new', async () => {
    const actor = await stage.meet();
    await editor.run('spawning.showStatus');
    expect(panel().posted).toEqual([]);
    panel().received.fire({ kind: 'ready' });
    expect(posted()).toContain('Generation 6 serves.');
    actor.tell(event({ event: 'hello', status: status() }), begun);
    await until(() => posted().includes('saved views.py'));
    expect(panel().posted).toHaveLength(2);
    await actor.leave();
    await until(() => posted().includes('The server has ended.'));
  });

  it('lets nothing in but its own script', async () => {
    await stage.meet();
    await editor.run('spawning.showStatus');
    const { html } = panel().webview;
    const nonce = /script-src 'nonce-([^']{20,})'/.exec(html)?.[1] ?? 'none';
    expect(html).toContain("default-src 'none'");
    expect(html).toContain(`<script nonce="${nonce}" src="`);
    expect(html).not.toMatch(/unsafe|https?:/);
  });

  it('is one for an application, also when that is started anew', async () => {
    const first = await stage.meet();
    await editor.run('spawning.showStatus');
    await editor.run('spawning.showStatus');
    expect([editor.panels.length, panel().reveals]).toEqual([1, 1]);
    panel().received.fire({ kind: 'ready' });
    await first.leave();
    await until(() => posted().includes('The server has ended.'));
    await stage.meet({}, { sentence: 'Generation 1 serves.' });
    await until(() => posted().includes('Generation 1 serves.'));
  });

  it('goes on showing the one that was asked for, beside another of the application', async () => {
    const first = await stage.meet();
    await editor.run('spawning.showStatus', { server: stage.server(first) });
    panel().received.fire({ kind: 'ready' });
    await stage.meet({}, { sentence: 'Another one serves.' });
    first.tell(begun);
    await until(() => posted().includes('saved views.py'));
    expect(JSON.stringify(panel().posted)).not.toContain('Another one serves.');
  });

  it('opens the places that it shows, and no others', async () => {
    const file = stage.broken();
    await stage.meet(
      {},
      { last_failure: { ...failure({ file, line: 3, column: 6 }), current: true } },
    );
    await editor.run('spawning.showStatus');
    for (const message of [
      { kind: 'open', place: 7 },
      { kind: 'open', place: '/etc/passwd' },
      'x',
      null,
    ]) {
      panel().received.fire(message);
    }
    panel().received.fire({ kind: 'open', place: 0 });
    await until(() => editor.activeEditor);
    expect(editor.documents.map(({ uri }) => uri.fsPath)).toEqual([file]);
  });
});
