/** The status bar's item, and the list of actions that a click on it shows. */

import * as vscode from 'vscode';
import { ACTIONS, type Action, actionsOf } from '../core/actions';
import { type Bar, barOf } from '../core/bar';
import { nameOf } from '../core/phrases';
import { taken } from './taken';
import type { Parts, Server } from './parts';

const BACKGROUNDS: Readonly<Record<Bar['tone'], string | undefined>> = {
  plain: undefined,
  warning: 'statusBarItem.warningBackground',
  error: 'statusBarItem.errorBackground',
};
const PRIORITY = 50;

export function registerStatusBar(parts: Pick<Parts, 'servers'>): vscode.Disposable {
  const { servers } = parts;
  const item = vscode.window.createStatusBarItem(
    'spawning.status',
    vscode.StatusBarAlignment.Left,
    PRIORITY,
  );
  item.name = 'Spawning';
  item.command = ACTIONS;
  let shown = '';
  const draw = () => {
    const own = servers.ofWorkspace();
    const bar = barOf(own, othersOf(servers.all, own));
    const drawn = JSON.stringify(bar);
    if (drawn !== shown) {
      shown = drawn;
      paint(item, bar);
    }
  };
  draw();
  item.show();
  return vscode.Disposable.from(
    item,
    servers.onDidChange(draw),
    vscode.commands.registerCommand(ACTIONS, (given: unknown) => showActions(parts, taken(given))),
  );
}

function paint(item: vscode.StatusBarItem, bar: Bar): void {
  const background = BACKGROUNDS[bar.tone];
  item.text = bar.text;
  item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
  item.tooltip = new vscode.MarkdownString().appendText(bar.lines.join('\n'));
  item.accessibilityInformation = { label: ['Spawning', ...bar.lines].join(': '), role: 'button' };
}

async function showActions(
  { servers }: Pick<Parts, 'servers'>,
  asked: Server | undefined,
): Promise<void> {
  const own = servers.ofWorkspace();
  const server = asked ?? own[0];
  const others = servers.all.filter((one) => one !== server);
  const actions = actionsOf(server, others, vscode.workspace.isTrusted);
  const items = actions.map((action) => ({
    ...action,
    kind:
      action.command === undefined
        ? vscode.QuickPickItemKind.Separator
        : vscode.QuickPickItemKind.Default,
  }));
  const placeHolder =
    server === undefined ? 'No server of this workspace runs' : nameOf(server.note);
  await perform(await vscode.window.showQuickPick(items, { title: 'Spawning', placeHolder }));
}

async function perform(action: Action | undefined): Promise<void> {
  if (action?.command !== undefined) {
    const given = action.server === undefined ? [] : [{ server: action.server }];
    await vscode.commands.executeCommand(action.command, ...given);
  }
}

function othersOf(all: readonly Server[], own: readonly Server[]): Server[] {
  return all.filter((server) => !own.includes(server));
}
