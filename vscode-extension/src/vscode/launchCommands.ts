/** The commands that start and stop servers. */

import * as vscode from 'vscode';
import { titleOf } from '../core/application';
import { folderFor } from './workspaceFolders';
import type { TerminalLauncher } from './launcher';
import type { LaunchOptions, Parts } from './parts';
import { taken } from './taken';

/** Registers Start, its two sisters, Stop and Select Application. */
export function registerLaunchCommands(
  { log, servers }: Parts,
  launcher: TerminalLauncher,
): vscode.Disposable {
  const start = (options: LaunchOptions) => async (what?: unknown) => {
    await launcher.start(options, what instanceof vscode.Uri ? what : undefined);
  };
  const commands: Readonly<Record<string, (what?: unknown) => Promise<void>>> = {
    start: start({}),
    startWithCoverage: start({ coverage: true }),
    startWithDebugger: start({ debug: true }),
    async stop(what) {
      const server = taken(what) ?? (await servers.pick('Which server is to be stopped?'));
      await (server && launcher.stop(server));
    },
    async selectApplication(what) {
      const folder = await folderFor(what instanceof vscode.Uri ? what : undefined);
      const application = folder && (await launcher.applications.select(folder));
      if (folder && application) {
        log.info(`${folder.name}: ${titleOf(application)} is to be served`);
      }
    },
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, handler]) =>
      vscode.commands.registerCommand(`spawning.${name}`, handler),
    ),
  );
}
