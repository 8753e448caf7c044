/** Why Would This File Reload: a list of what follows from a save, and of who imports the file. */

import * as vscode from 'vscode';
import { FOREIGN, NoAnswer } from '../core/code/spawnctl';
import { type Answer, type Entry, answerTo, explanationOf } from '../core/code/why';
import { drawingOf } from '../core/graph/drawing';
import { openFile } from './opening';
import type { Parts, Server } from './parts';
import { ask, serverFor } from './spawnctl';

export function registerWhy(parts: Parts): vscode.Disposable {
  return vscode.commands.registerCommand('spawning.why', (resource: unknown) =>
    why(parts, resource),
  );
}

async function why(parts: Parts, resource: unknown): Promise<void> {
  const uri =
    resource instanceof vscode.Uri ? resource : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== 'file') {
    const said = uri
      ? 'This text is not saved as a file yet: save it, and ask again.'
      : 'No file is open: open the one that you want to know of.';
    void vscode.window.showInformationMessage(said);
    return;
  }
  const server = await serverFor(parts, undefined, 'Of which server?', uri.fsPath);
  if (!server) return;
  try {
    await choose(await answered(server, uri.fsPath), server);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    void vscode.window.showErrorMessage(`${server.note.application}: ${error.message}.`);
  }
}

/** The promise is rejected with NoAnswer. */
async function answered({ note }: Server, file: string): Promise<Answer> {
  const location = vscode.ProgressLocation.Window;
  return vscode.window.withProgress({ location, title: 'Asking the server' }, async () => {
    const [told, drawn] = await Promise.all([
      ask(note, ['why', '--format', 'json', file]),
      ask(note, ['graph', '--format', 'json']).catch(() => undefined),
    ]);
    const explained = explanationOf(told);
    if (!explained) throw new NoAnswer(FOREIGN);
    const nodes = drawingOf(drawn, note.folder)?.nodes ?? [];
    return answerTo(explained, new Map(nodes.map((node) => [node.name, node.file])));
  });
}

interface Item extends vscode.QuickPickItem {
  readonly act?: () => Thenable<unknown>;
}

async function choose(answer: Answer, server: Server): Promise<void> {
  const { module, title } = answer;
  const items = answer.entries.map(itemOf);
  if (module !== undefined) {
    items.push(
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      {
        label: '$(type-hierarchy) Show Module Graph',
        act: () => vscode.commands.executeCommand('spawning.showGraph', { server, module }),
      },
    );
  }
  const placeHolder = 'Choose a module to open it';
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder });
  await chosen?.act?.();
}

function itemOf(entry: Entry): Item {
  switch (entry.is) {
    case 'heading':
      return { label: entry.label, kind: vscode.QuickPickItemKind.Separator };
    case 'fact':
      return { label: `$(${entry.icon}) ${entry.label}`, detail: entry.detail, alwaysShow: true };
    case 'module': {
      const { file, label } = entry;
      const shown = { label: `$(symbol-module) ${label}` };
      if (!file) return shown;
      return {
        ...shown,
        description: vscode.workspace.asRelativePath(file),
        act: () => openFile(file),
      };
    }
  }
}
