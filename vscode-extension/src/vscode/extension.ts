/** Puts the parts together; waits for nothing. */

import * as vscode from 'vscode';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Spawning', { log: true });
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand('spawning.showLog', () => {
      log.show();
    }),
  );
}
