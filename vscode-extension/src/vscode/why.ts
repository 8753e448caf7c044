/** Why Would This File Reload: a list of what follows from a save, and of who imports the file. */

import * as vscode from 'vscode';
import { NoAnswer } from '../core/code/spawnctl';
import { type Answer, type Entry, answerTo, explanationOf } from '../core/code/why';
import { drawingOf } from '../core/graph/drawing';
import type { Parts, Server } from './parts';
import { ask, serverFor } from './spawnctl';

const GRAPH: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('type-hierarchy'),
  tooltip: 'Show Module Graph',
};
const FOREIGN = 'spawnctl answers as this version of the extension does not know';

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
    const nodes = drawingOf(drawn)?.nodes ?? [];
    return answerTo(explained, new Map(nodes.map((node) => [node.name, node.file])));
  });
}

interface Item extends vscode.QuickPickItem {
  readonly file?: string;
}

async function choose(answer: Answer, server: Server): Promise<void> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = answer.title;
  pick.placeholder = 'Choose a module to open it';
  pick.items = answer.entries.map(itemOf);
  pick.matchOnDescription = true;
  if (answer.module !== undefined) pick.buttons = [GRAPH];
  pick.onDidTriggerButton(() => {
    pick.hide();
    void vscode.commands.executeCommand('spawning.showGraph', { server, module: answer.module });
  });
  const over = new Promise<void>((resolve) =>
    pick.onDidHide(() => {
      resolve();
    }),
  );
  pick.onDidAccept(() => {
    const file = pick.selectedItems[0]?.file;
    if (file === undefined) return;
    pick.hide();
    void vscode.window.showTextDocument(vscode.Uri.file(file));
  });
  pick.show();
  await over;
  pick.dispose();
}

function itemOf(entry: Entry): Item {
  switch (entry.is) {
    case 'heading':
      return { label: entry.label, kind: vscode.QuickPickItemKind.Separator };
    case 'fact':
      return { label: `$(${entry.icon}) ${entry.label}`, detail: entry.detail, alwaysShow: true };
    case 'module':
      return entry.file
        ? {
            label: `$(symbol-module) ${entry.label}`,
            description: vscode.workspace.asRelativePath(entry.file),
            file: entry.file,
          }
        : { label: `$(symbol-module) ${entry.label}` };
  }
}
