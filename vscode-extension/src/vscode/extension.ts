/** Puts the parts together; waits for nothing. */

import * as vscode from 'vscode';
import { registerDebugging } from './debugging';
import { createLauncher } from './launcher';
import { registerLaunchCommands } from './launchCommands';
import { registerPanel } from './panel';
import { registerProblems } from './problems';
import { registerRunButton } from './runButton';
import { registerServerCommands } from './serverCommands';
import { createServers } from './servers';
import { registerStatusBar } from './statusBar';
import { registerTasks } from './tasks';
import { registerTree } from './treeView';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Spawning', { log: true });
  const servers = createServers(log);
  const launcher = createLauncher(context, log, servers);
  const parts = { context, log, servers, launcher };
  const panel = registerPanel(parts);
  context.subscriptions.push(
    log,
    servers,
    panel,
    registerStatusBar(parts),
    registerTree(parts),
    registerProblems(parts),
    registerServerCommands(parts, panel.show),
    launcher,
    registerLaunchCommands(parts, launcher),
    registerDebugging(parts, launcher),
    registerTasks(launcher),
    registerRunButton(),
    vscode.commands.registerCommand('spawning.showLog', () => {
      log.show();
    }),
  );
}
