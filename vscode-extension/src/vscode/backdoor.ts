/** The prompt inside a running server, in a terminal; and what is sent there from an editor. */

import * as vscode from 'vscode';
import { command } from '../core/code/spawnctl';
import { codeToSend, keysFor } from '../core/code/selection';
import { Breakpoints, type Terminals } from './breakpoints';
import type { Parts, Server } from './parts';
import { Prompts } from './prompts';
import { serverFor } from './spawnctl';
import { isTrusted } from './trust';

const RESTART = 'Restart with Backdoor';

/** Whether a terminal has a prompt by now; waits for it. */
export interface Readiness {
  isReady(terminal: vscode.Terminal): Promise<boolean>;
}

export function registerBackdoor(
  parts: Parts,
  prompts: Readiness = new Prompts(),
): vscode.Disposable {
  const backdoor = new Backdoor(parts, prompts);
  const breakpoints = new Breakpoints(parts.servers, backdoor);
  return vscode.Disposable.from(
    backdoor,
    breakpoints,
    vscode.commands.registerCommand('spawning.attachBackdoor', (item: unknown) =>
      backdoor.attach(item),
    ),
    vscode.commands.registerCommand('spawning.sendSelection', () => backdoor.send()),
  );
}

class Backdoor implements Terminals {
  private readonly terminals = new Map<Server, vscode.Terminal>();
  private readonly listening = vscode.window.onDidCloseTerminal((terminal) => {
    for (const [server, known] of this.terminals) {
      if (known === terminal) this.terminals.delete(server);
    }
  });

  constructor(
    private readonly parts: Parts,
    private readonly prompts: Readiness,
  ) {}

  dispose(): void {
    this.listening.dispose();
  }

  async attach(item?: unknown): Promise<void> {
    if (!isTrusted('Attach to Backdoor')) return;
    const meant = await serverFor(this.parts, item, 'Attach to which server?');
    const server = meant && (await this.withBackdoor(meant));
    if (!server) return;
    const there = this.openFor(server);
    if (there) there.show();
    else this.open(server, []);
  }

  async send(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || !isTrusted('Send Selection')) return;
    const { document, selections } = editor;
    const code = codeToSend(document.getText(), selections.map(rangeOf));
    if (code === undefined) {
      void vscode.window.setStatusBarMessage(
        'Spawning: there is no statement here to send.',
        4_000,
      );
      return;
    }
    const file = document.uri.fsPath;
    const meant = await serverFor(this.parts, undefined, 'Send to which server?', file);
    const server = meant && (await this.withBackdoor(meant));
    if (!server) return;
    const terminal = this.openFor(server) ?? this.open(server, [], true);
    terminal.show(true);
    if (await this.prompts.isReady(terminal)) {
      terminal.sendText(keysFor(code), false);
    } else {
      const name = server.note.application;
      void vscode.window.showWarningMessage(
        `Nothing was sent to ${name}, for no prompt came: its terminal may say why.`,
      );
    }
  }

  isOpen(server: Server): boolean {
    return this.openFor(server) !== undefined;
  }

  /** The terminal in a server; one whose prompt has ended stays open, and is none. */
  private openFor(server: Server): vscode.Terminal | undefined {
    const there = this.terminals.get(server);
    return there?.exitStatus === undefined ? there : undefined;
  }

  enter(server: Server, worker: number): void {
    this.open(server, ['--worker', String(worker)]);
  }

  private open(server: Server, words: readonly string[], preserveFocus = false): vscode.Terminal {
    const { file, args } = command(server.note, ['attach', ...words]);
    const [, worker] = words;
    const terminal = vscode.window.createTerminal({
      name: server.note.application + (worker === undefined ? '' : `, worker ${worker}`),
      shellPath: file,
      shellArgs: [...args],
      cwd: '/',
      iconPath: new vscode.ThemeIcon(worker === undefined ? 'terminal' : 'debug-alt'),
      location: { viewColumn: columnOfTerminals(), preserveFocus },
      isTransient: true,
    });
    if (worker === undefined) this.terminals.set(server, terminal);
    return terminal;
  }

  /** The server, or the one that takes its place; says what to do where it has no backdoor. */
  private async withBackdoor(server: Server): Promise<Server | undefined> {
    const { note } = server;
    if (note.backdoor.length > 0) return server;
    const typed = `spawn --backdoor --reload=dev ${note.application}`;
    const chosen = await vscode.window.showWarningMessage(
      `${note.application} was started without a backdoor; start it with one: ${typed}`,
      RESTART,
    );
    if (chosen !== RESTART) return undefined;
    const started = await this.parts.launcher.restart(server, '--backdoor=0');
    return started && started.note.backdoor.length > 0 ? started : undefined;
  }
}

/** Where terminals are already, or else beside what is edited. */
function columnOfTerminals(): vscode.ViewColumn {
  const group = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputTerminal),
  );
  return group?.viewColumn ?? vscode.ViewColumn.Beside;
}

function rangeOf({ start, end }: vscode.Selection): Parameters<typeof codeToSend>[1][number] {
  return {
    firstLine: start.line,
    firstCharacter: start.character,
    lastLine: end.line,
    lastCharacter: end.character,
  };
}
