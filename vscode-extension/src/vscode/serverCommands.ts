/** Reload, Open in Browser, Show Status. */

import * as vscode from 'vscode';
import type { ServerEvent, Status } from '../core/contract';
import { errorOf, nameOf, noPageOf, took } from '../core/phrases';
import { isAlive, signal } from '../core/processes';
import { Awaited, type Outcome } from '../core/reload';
import type { ShowStatus } from './panel';
import { PROBLEM } from './problems';
import { taken } from './taken';
import type { Parts, Server, Servers } from './parts';

export function registerServerCommands(
  { servers }: Pick<Parts, 'servers'>,
  showStatus: ShowStatus,
): vscode.Disposable {
  const command = (name: string, question: string, act: (server: Server) => unknown) =>
    vscode.commands.registerCommand(name, async (given: unknown) => {
      const server = taken(given) ?? (await servers.pick(question));
      if (server !== undefined) {
        await act(server);
      }
    });
  return vscode.Disposable.from(
    command('spawning.reload', 'Which server is to reload?', (server) => reload(server, servers)),
    command('spawning.openInBrowser', 'Which server is to be opened?', open),
    command('spawning.showStatus', 'Which server is to be shown?', showStatus),
  );
}

/** Tells the controller to start a new generation, and says what has come of it. */
async function reload(server: Server, servers: Servers): Promise<void> {
  const { note, status } = server;
  const name = nameOf(note);
  if (status === undefined) {
    if (signalled(server)) {
      vscode.window.setStatusBarMessage(
        `${name} was told to reload; what comes of it stands in its log`,
        5000,
      );
    }
    return;
  }
  const options = { location: vscode.ProgressLocation.Window, title: `${name} reloads` };
  const outcome = await vscode.window.withProgress(options, () =>
    reloaded(server, status, servers),
  );
  await tell(name, server, outcome);
}

type End = Outcome | { readonly kind: 'gone' } | { readonly kind: 'refused' };

/** Listens before it tells the server, so that nothing is missed. */
function reloaded(server: Server, status: Status, servers: Servers): Promise<End> {
  const awaited = new Awaited(status);
  return new Promise((resolve) => {
    const settle = (end: End | undefined) => {
      if (end !== undefined) {
        listeners.forEach((one) => void one.dispose());
        resolve(end);
      }
    };
    const listeners = [
      server.onEvent((event: ServerEvent) => {
        settle(awaited.hear(event));
      }),
      servers.onDidChange((changed) => {
        settle(changed === server && server.isGone ? { kind: 'gone' } : undefined);
      }),
    ];
    if (!signalled(server)) {
      settle({ kind: 'refused' });
    }
  });
}

function signalled({ note }: Server): boolean {
  if (signal(note, 'SIGHUP')) {
    return true;
  }
  const why = isAlive(note) ? 'it is not yours to command' : 'it has just ended';
  void vscode.window.showErrorMessage(
    `${nameOf(note)} (process ${note.pid}) cannot be told to reload: ${why}.`,
  );
  return false;
}

async function tell(name: string, server: Server, end: End): Promise<void> {
  switch (end.kind) {
    case 'serves':
      vscode.window.setStatusBarMessage(
        `${name}: generation ${end.generation} in ${took(end.seconds)}`,
        5000,
      );
      return;
    case 'failed': {
      const why =
        end.failure === undefined ? 'the log of the server may say why' : errorOf(end.failure);
      const chosen = await vscode.window.showErrorMessage(
        `${name}: generation ${end.generation} failed: ${why}`,
        'Show Problem',
      );
      if (chosen !== undefined) {
        await vscode.commands.executeCommand(PROBLEM, { server });
      }
      return;
    }
    case 'gone':
    case 'stopping':
      void vscode.window.showWarningMessage(`${name} ended before the new generation served.`);
      return;
    case 'refused':
      return;
  }
}

async function open(server: Server): Promise<void> {
  const { note } = server;
  const pages = note.urls.filter((url) => url.startsWith('http'));
  const name = nameOf(note);
  if (pages.length === 0) {
    void vscode.window.showInformationMessage(noPageOf(note));
    return;
  }
  const page =
    pages.length === 1
      ? pages[0]
      : await vscode.window.showQuickPick(pages, { placeHolder: `Where ${name} is` });
  if (page !== undefined) {
    // In a container, or behind a proxy, the browser reaches it elsewhere.
    await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(page)));
  }
}
