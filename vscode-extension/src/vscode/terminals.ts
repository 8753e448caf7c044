/**
 * Terminals in which commands run whose end is known.
 *
 * Shell integration tells what a command writes and how it ends.  Where a shell has none five
 * seconds after its start, the command is typed all the same, and only the terminal's own end is
 * known.  A terminal whose command has ended is used again for the next one like it.
 */

import * as vscode from 'vscode';
import { commandLine } from '../core/words';

export const PATIENCE = 5000;
const CTRL_C = '\x03';

export interface Command {
  /** Of the terminal. */
  readonly title: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

/** How a command ended: `code` is undefined where the shell does not know it. */
export type End =
  { readonly kind: 'exit'; readonly code: number | undefined } | { readonly kind: 'closed' };

export class Execution {
  constructor(
    readonly terminal: vscode.Terminal,
    /** What it writes; undefined where the shell has no integration. */
    readonly output: AsyncIterable<string> | undefined,
    readonly ended: Promise<End>,
  ) {}

  interrupt(): void {
    this.terminal.sendText(CTRL_C, false);
  }
}

interface Known {
  readonly terminal: vscode.Terminal;
  readonly kind: string;
  isBusy: boolean;
}

export class Terminals implements vscode.Disposable {
  private readonly known: Known[] = [];
  private readonly listening: vscode.Disposable;

  constructor() {
    this.listening = vscode.window.onDidCloseTerminal((closed) => {
      const place = this.known.findIndex(({ terminal }) => terminal === closed);
      if (place >= 0) {
        this.known.splice(place, 1);
      }
    });
  }

  /** Runs a command in a terminal of its own, or one that is free; undefined: it was closed. */
  async run(command: Command, token?: vscode.CancellationToken): Promise<Execution | undefined> {
    const used = this.free(command) ?? this.opened(command);
    used.isBusy = true;
    used.terminal.show(true);
    const integration = await integrationOf(used.terminal, token);
    if (token?.isCancellationRequested || used.terminal.exitStatus !== undefined) {
      used.isBusy = false;
      return undefined;
    }
    const line = commandLine(command.words, used.terminal.state.shell);
    const execution = integration
      ? executed(used.terminal, integration, line)
      : typed(used.terminal, line);
    void execution.ended.then(() => {
      used.isBusy = false;
    });
    return execution;
  }

  /** A command that was typed has ended, as somebody else knows. */
  release(terminal: vscode.Terminal): void {
    for (const one of this.known.filter((known) => known.terminal === terminal)) {
      one.isBusy = false;
    }
  }

  dispose(): void {
    this.listening.dispose();
    for (const { terminal } of this.known.splice(0)) {
      terminal.dispose();
    }
  }

  private free(command: Command): Known | undefined {
    const kind = kindOf(command);
    return this.known.find((one) => !one.isBusy && one.kind === kind);
  }

  private opened(command: Command): Known {
    const terminal = vscode.window.createTerminal({
      name: command.title,
      cwd: command.cwd,
      env: { ...command.environment },
      iconPath: new vscode.ThemeIcon('server-process'),
      // Its server ends with the window, so a terminal that comes back would be an empty one.
      isTransient: true,
    });
    const opened = { terminal, kind: kindOf(command), isBusy: false };
    this.known.push(opened);
    return opened;
  }
}

function kindOf({ title, cwd, environment }: Command): string {
  return JSON.stringify([title, cwd, environment]);
}

/** Returns the integration of a terminal's shell, undefined where there is none in time. */
async function integrationOf(
  terminal: vscode.Terminal,
  token: vscode.CancellationToken | undefined,
): Promise<vscode.TerminalShellIntegration | undefined> {
  if (terminal.shellIntegration) {
    return terminal.shellIntegration;
  }
  const listening: vscode.Disposable[] = [];
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
    const isOver = (): void => {
      resolve();
    };
    vscode.window.onDidChangeTerminalShellIntegration(
      (event) => {
        if (event.terminal === terminal) {
          resolve();
        }
      },
      undefined,
      listening,
    );
    vscode.window.onDidCloseTerminal(
      (closed) => {
        if (closed === terminal) {
          resolve();
        }
      },
      undefined,
      listening,
    );
    token?.onCancellationRequested(isOver, undefined, listening);
  });
  clearTimeout(timer);
  vscode.Disposable.from(...listening).dispose();
  return terminal.shellIntegration;
}

function executed(
  terminal: vscode.Terminal,
  integration: vscode.TerminalShellIntegration,
  line: string,
): Execution {
  const listening: vscode.Disposable[] = [];
  const execution = integration.executeCommand(line);
  const ended = new Promise<End>((resolve) => {
    vscode.window.onDidEndTerminalShellExecution(
      (event) => {
        if (event.execution === execution) {
          resolve({ kind: 'exit', code: event.exitCode });
        }
      },
      undefined,
      listening,
    );
    whenClosed(terminal, resolve, listening);
  });
  void ended.then(() => {
    vscode.Disposable.from(...listening).dispose();
  });
  return new Execution(terminal, execution.read(), ended);
}

function typed(terminal: vscode.Terminal, line: string): Execution {
  const listening: vscode.Disposable[] = [];
  const ended = new Promise<End>((resolve) => {
    whenClosed(terminal, resolve, listening);
  });
  void ended.then(() => {
    vscode.Disposable.from(...listening).dispose();
  });
  terminal.sendText(line);
  return new Execution(terminal, undefined, ended);
}

function whenClosed(
  terminal: vscode.Terminal,
  tell: (end: End) => void,
  listening: vscode.Disposable[],
): void {
  vscode.window.onDidCloseTerminal(
    (closed) => {
      if (closed === terminal) {
        tell({ kind: 'closed' });
      }
    },
    undefined,
    listening,
  );
}
