/** Show Module Graph: a panel for each server, drawn anew when a generation takes over. */

import * as vscode from 'vscode';
import { FOREIGN, NoAnswer } from '../core/code/spawnctl';
import { drawingOf } from '../core/graph/drawing';
import type { FromPage, ToPage } from '../core/graph/messages';
import { nameOf } from '../core/phrases';
import { openFile } from './opening';
import type { Parts, Server } from './parts';
import { ask, serverFor } from './spawnctl';
import { fill, openPanel } from './webviews';

const BODY = `<header>
  <input id="search" type="search" placeholder="Find a module" aria-label="Find a module" spellcheck="false">
  <span id="said" role="status"></span>
  <span class="buttons">
    <button id="close" title="Close all packages">Close Packages</button>
    <button id="open" title="Open all packages">Open Packages</button>
    <button id="smaller" title="Zoom out (-)" aria-label="Zoom out">−</button>
    <button id="fit" title="Show all (0)">Fit</button>
    <button id="larger" title="Zoom in (+)" aria-label="Zoom in">+</button>
  </span>
</header>
<main id="stage"></main>
<footer id="about" role="status"></footer>`;

export function registerGraph(parts: Parts): vscode.Disposable {
  const panels = new Map<Server, Graph>();
  return vscode.Disposable.from(
    vscode.commands.registerCommand('spawning.showGraph', async (item: unknown) => {
      const file = vscode.window.activeTextEditor?.document.uri;
      const near = file?.scheme === 'file' ? file.fsPath : undefined;
      const server = await serverFor(parts, item, 'The modules of which server?', near);
      if (!server) return;
      const module = (item as { module?: string } | undefined)?.module;
      const there = panels.get(server);
      if (there) {
        there.show(module);
        return;
      }
      const made = new Graph(parts, server, module, () => panels.delete(server));
      panels.set(server, made);
    }),
    new vscode.Disposable(() => {
      for (const panel of panels.values()) panel.dispose();
    }),
  );
}

class Graph implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly listening: vscode.Disposable;
  private isReady = false;
  private wanted: string | undefined;
  /** The files that the page may have opened: those that it shows. */
  private files: ReadonlySet<string> = new Set();
  private asked = 0;

  constructor(
    parts: Parts,
    private readonly server: Server,
    module: string | undefined,
    gone: () => void,
  ) {
    this.wanted = module;
    const root = parts.context.extensionUri;
    const title = `Modules of ${nameOf(server.note)}`;
    // What was opened and moved in it is to be there again.
    this.panel = openPanel(root, 'spawning.graph', title, { retainContextWhenHidden: true });
    this.panel.webview.onDidReceiveMessage((message: FromPage) => {
      void this.hear(message);
    });
    this.listening = server.onEvent(({ event }) => {
      if (event === 'generation-serves') void this.draw();
    });
    this.panel.onDidDispose(() => {
      this.listening.dispose();
      this.asked += 1; // no answer is awaited any more
      gone();
    });
    fill(this.panel.webview, root, { title: 'Modules', name: 'graph', body: BODY });
  }

  show(module: string | undefined): void {
    this.panel.reveal();
    this.wanted = module;
    if (this.isReady) void this.draw();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async hear(message: FromPage): Promise<void> {
    switch (message.is) {
      case 'ready':
        this.isReady = true;
        await this.draw();
        break;
      case 'open':
        if (this.files.has(message.file)) {
          const viewColumn = this.besides();
          await openFile(message.file, { viewColumn, preserveFocus: true, preview: true });
        }
    }
  }

  /** A group that the panel is not in. */
  private besides(): vscode.ViewColumn {
    const own = this.panel.viewColumn ?? vscode.ViewColumn.One;
    const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== own);
    return other?.viewColumn ?? vscode.ViewColumn.Beside;
  }

  private async draw(): Promise<void> {
    if (!this.isReady) return;
    const turn = ++this.asked;
    const message = await this.drawn();
    // A newer question has the newer answer, whichever comes first.
    if (turn !== this.asked) return;
    this.post(message);
    if (message.is === 'drawing') {
      this.files = new Set(message.drawing.nodes.map(({ file }) => file));
      this.wanted = undefined;
    }
  }

  private async drawn(): Promise<ToPage> {
    const { note } = this.server;
    try {
      const drawing = drawingOf(await ask(note, ['graph', '--format', 'json']), note.folder);
      if (!drawing) throw new NoAnswer(FOREIGN);
      return { is: 'drawing', drawing, select: this.wanted ?? '' };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { is: 'trouble', sentence: `${error.message}.` };
    }
  }

  private post(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }
}
