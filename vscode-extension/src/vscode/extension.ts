/** Puts the parts together; waits for nothing. */

import * as vscode from 'vscode';
import { registerBackdoor } from './backdoor';
import { registerCoverage } from './coverage';
import { registerDebugging } from './debugging';
import { registerGraph } from './graph';
import { createLauncher } from './launcher';
import { registerLaunchCommands } from './launchCommands';
import { registerMenus } from './menus';
import { registerPanel } from './panel';
import { registerProblems } from './problems';
import { registerRunButton } from './runButton';
import { registerServerCommands } from './serverCommands';
import { createServers } from './servers';
import { registerStatusBar } from './statusBar';
import { registerTasks } from './tasks';
import { registerTree } from './treeView';
import { registerWhy } from './why';

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
    registerCoverage(parts),
    registerBackdoor(parts),
    registerWhy(parts),
    registerGraph(parts),
    registerMenus(parts),
    vscode.commands.registerCommand('spawning.showLog', () => {
      log.show();
    }),
  );
}
