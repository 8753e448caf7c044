/** Opens places in files and settings, and says where that cannot be done. */

import * as vscode from 'vscode';
import { lineOf, spanOf } from '../core/columns';

/** Opens a place in an editor; lines and characters count from 1, as the server counts them. */
export async function openPlace(file: string, line: number, column: number | null): Promise<void> {
  await opened(file, (document) => {
    const { start } = rangeIn(document.getText(), line, column);
    return { selection: new vscode.Range(start, start) };
  });
}

/** Opens a file in an editor. */
export async function openFile(
  file: string,
  options: vscode.TextDocumentShowOptions = {},
): Promise<void> {
  await opened(file, () => options);
}

/** Opens the settings at one of ours. */
export async function openSetting(name: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', name);
}

/** Returns what of a text is meant by a place, as the editor counts. */
export function rangeIn(text: string, line: number, column: number | null): vscode.Range {
  const { start, end } = spanOf(lineOf(text, line), column);
  const number = Math.max(0, line - 1);
  return new vscode.Range(number, start, number, end);
}

async function opened(
  file: string,
  how: (document: vscode.TextDocument) => vscode.TextDocumentShowOptions,
): Promise<void> {
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document, how(document));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`${file} cannot be opened: ${why}`);
  }
}
