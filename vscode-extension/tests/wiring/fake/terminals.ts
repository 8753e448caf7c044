/** Terminals: a shell that runs nothing. */

import { editor } from './editor';
import { TerminalExitReason } from './enums';
import { EventEmitter } from './events';

/** A command that runs in a terminal with shell integration; the test ends it. */
export class FakeShellExecution {
  constructor(
    private readonly terminal: FakeTerminal,
    readonly commandLine: {
      readonly value: string;
      readonly isTrusted: boolean;
      readonly confidence: number;
    },
  ) {}

  private readonly written: string[] = [];
  private hasEnded = false;
  private readonly changed = new EventEmitter<undefined>();

  /** What the command writes, as it comes, until it ends. */
  async *read(): AsyncIterable<string> {
    for (;;) {
      yield* this.written.splice(0);
      if (this.hasEnded) return;
      await new Promise((resolve) => this.changed.event(resolve));
    }
  }

  write(text: string): void {
    this.written.push(text);
    this.changed.fire(undefined);
  }

  end(exitCode: number | undefined): void {
    const { terminal } = this;
    const { shellIntegration } = terminal;
    this.hasEnded = true;
    this.changed.fire(undefined);
    editor.events.endShellExecution.fire({ terminal, shellIntegration, execution: this, exitCode });
  }
}

export class FakeTerminal {
  readonly name: string;
  readonly processId: Promise<number | undefined>;
  readonly sent: string[] = [];
  readonly executions: FakeShellExecution[] = [];
  isShown = false;
  isDisposed = false;
  exitStatus: { code: number | undefined; reason: TerminalExitReason } | undefined;
  shellIntegration: unknown;
  state = { isInteractedWith: false, shell: 'bash' };

  constructor(
    readonly creationOptions: { readonly name?: string },
    processId = 4321,
  ) {
    this.name = creationOptions.name ?? 'bash';
    this.processId = Promise.resolve(processId);
  }

  sendText(text: string): void {
    this.sent.push(text);
  }

  show(): void {
    this.isShown = true;
  }

  /** The shell says that it has integration: commands can be run and their ends are told. */
  integrate(): void {
    this.shellIntegration = {
      cwd: undefined,
      executeCommand: (command: string, args?: readonly string[]) => {
        const value = [command, ...(args ?? [])].join(' ');
        const run = new FakeShellExecution(this, { value, isTrusted: true, confidence: 2 });
        this.executions.push(run);
        return run;
      },
    };
    editor.events.shellIntegration.fire({
      terminal: this,
      shellIntegration: this.shellIntegration,
    });
  }

  /** The process ended, or the user closed the terminal. */
  close(code?: number, reason = TerminalExitReason.Process): void {
    if (this.exitStatus !== undefined) return;
    this.exitStatus = { code, reason };
    editor.terminals = editor.terminals.filter((one) => one !== this);
    editor.events.closeTerminal.fire(this);
  }

  dispose(): void {
    this.isDisposed = true;
    this.close(undefined, TerminalExitReason.Extension);
  }
}
