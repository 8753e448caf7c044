/** Says to the menus of files whether there is a server that could be asked of them. */

import * as vscode from 'vscode';
import type { Parts } from './parts';

export function registerMenus({ servers }: Parts): vscode.Disposable {
  let was: boolean | undefined;
  const tell = (): void => {
    const serves = servers.ofWorkspace().length > 0;
    if (serves === was) return;
    was = serves;
    void vscode.commands.executeCommand('setContext', 'spawning.serves', serves);
  };
  tell();
  return servers.onDidChange(tell);
}
