/** Puts the parts together; waits for nothing. */

import * as vscode from 'vscode';
import { registerPanel } from './panel';
import { registerProblems } from './problems';
import { registerServerCommands } from './serverCommands';
import { createServers } from './servers';
import { registerStatusBar } from './statusBar';
import { registerTree } from './treeView';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Spawning', { log: true });
  const servers = createServers(log);
  const parts = { context, log, servers };
  const panel = registerPanel(parts);
  context.subscriptions.push(
    log,
    servers,
    panel,
    registerStatusBar(parts),
    registerTree(parts),
    registerProblems(parts),
    registerServerCommands(parts, panel.show),
    vscode.commands.registerCommand('spawning.showLog', () => {
      log.show();
    }),
  );
}
