/** Show Module Graph: a panel for each server, drawn anew when a generation takes over. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { NoAnswer } from '../core/code/spawnctl';
import { drawingOf } from '../core/graph/drawing';
import type { FromPage, ToPage } from '../core/graph/messages';
import type { Parts, Server } from './parts';
import { ask, serverFor } from './spawnctl';

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

  constructor(
    parts: Parts,
    private readonly server: Server,
    module: string | undefined,
    gone: () => void,
  ) {
    this.wanted = module;
    const root = parts.context.extensionUri;
    this.panel = vscode.window.createWebviewPanel(
      'spawning.graph',
      `Modules of ${server.note.application}`,
      vscode.ViewColumn.Active,
      {
        enableScripts: true,
        retainContextWhenHidden: true,
        localResourceRoots: [vscode.Uri.joinPath(root, 'dist'), vscode.Uri.joinPath(root, 'media')],
      },
    );
    this.panel.webview.onDidReceiveMessage((message: FromPage) => {
      void this.hear(message);
    });
    this.listening = server.onEvent(({ event }) => {
      if (event === 'generation-serves') void this.draw();
    });
    this.panel.onDidDispose(() => {
      this.listening.dispose();
      gone();
    });
    this.panel.webview.html = page(this.panel.webview, root);
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
        await vscode.window.showTextDocument(vscode.Uri.file(message.file), {
          viewColumn: this.besides(),
          preserveFocus: true,
          preview: true,
        });
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
    try {
      const { note } = this.server;
      const drawing = drawingOf(await ask(note, ['graph', '--format', 'json']), note.folder);
      if (!drawing) throw new NoAnswer('spawnctl answers as this extension does not know');
      this.post({ is: 'drawing', drawing, select: this.wanted ?? '' });
      this.wanted = undefined;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.post({ is: 'trouble', sentence: `${error.message}.` });
    }
  }

  private post(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }
}

function page(webview: vscode.Webview, root: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(root, 'dist', 'graph.js'));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(root, 'media', 'graph.css'));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${style.toString()}">
<title>Modules</title>
</head>
<body>
<header>
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
<footer id="about"></footer>
<script nonce="${nonce}" src="${script.toString()}"></script>
</body>
</html>`;
}
