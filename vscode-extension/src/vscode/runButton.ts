/** The run button of a Python file that holds an application: a context key shows it. */

import * as vscode from 'vscode';
import { applicationsInFile } from './applications';

const KEY = 'spawning.isApplication';
/** After the last key: the text is looked through, and nobody waits for a button. */
const PAUSE = 400;

export function registerRunButton(): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  let shown: boolean | undefined;
  const look = async (): Promise<void> => {
    const document = vscode.window.activeTextEditor?.document;
    const isApplication = document !== undefined && (await holdsApplication(document));
    const isActive = document === vscode.window.activeTextEditor?.document;
    if (isActive && isApplication !== shown) {
      shown = isApplication;
      await vscode.commands.executeCommand('setContext', KEY, isApplication);
    }
  };
  void look();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === vscode.window.activeTextEditor?.document) {
        clearTimeout(timer);
        timer = setTimeout(() => void look(), PAUSE);
      }
    }),
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  );
}

async function holdsApplication(document: vscode.TextDocument): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const isPython = document.languageId === 'python' && document.uri.scheme === 'file';
  return isPython && folder !== undefined
    ? (await applicationsInFile(folder, document.uri)).length > 0
    : false;
}
