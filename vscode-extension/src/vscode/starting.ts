/** One try to start a server in a terminal: how it went is known at once. */

import * as vscode from 'vscode';
import { broken, failureOf, type Failure } from '../core/failure';
import { Ear, type Busy, type Heard } from '../core/output';
import { descends } from '../core/processes';
import type { Server, Servers } from './parts';
import type { Plan } from './plans';
import type { Tell } from './progress';
import type { Execution, Terminals } from './terminals';

/** For the rest of what a command has written, after it has ended. */
const REST = 500;
/** For the note of a server that has said a word already. */
const NOTE = 3000;

export type Outcome =
  | { readonly kind: 'serving'; readonly pid: number; readonly server: Server | undefined }
  /** The code is broken, and the server waits for a better one. */
  | { readonly kind: 'waiting'; readonly server: Server | undefined; readonly failure: Failure }
  | { readonly kind: 'busy'; readonly busy: Busy; readonly holder: Server | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure | undefined }
  | { readonly kind: 'cancelled' };

export interface Tried {
  readonly outcome: Outcome;
  readonly execution: Execution | undefined;
}

export class Try {
  private readonly ear = new Ear();
  private readonly listening: vscode.Disposable[] = [];
  private readonly before: ReadonlySet<number>;
  private isSettled = false;
  private settle: (outcome: Outcome) => void = () => undefined;
  private readonly outcome = new Promise<Outcome>((resolve) => {
    this.settle = resolve;
  });

  private tellFound: (server: Server) => void = () => undefined;
  /** The server by its note, which it leaves before it loads the application. */
  private readonly found = new Promise<Server>((resolve) => {
    this.tellFound = resolve;
  });

  constructor(
    private readonly plan: Plan,
    private readonly servers: Servers,
    private readonly token: vscode.CancellationToken,
    private readonly tell: Tell,
  ) {
    this.before = new Set(servers.all.map(({ note }) => note.pid));
  }

  async run(terminals: Terminals): Promise<Tried> {
    const { plan, token } = this;
    const execution = await terminals.run(
      {
        // Of several tabs, only the beginning is seen.
        title: `${plan.title} (Spawning)`,
        cwd: plan.cwd,
        environment: plan.environment,
        words: [plan.python, '-m', 'spawning', ...plan.arguments],
      },
      token,
    );
    if (execution === undefined) {
      return { outcome: { kind: 'cancelled' }, execution };
    }
    token.onCancellationRequested(
      () => {
        execution.interrupt();
        this.settle({ kind: 'cancelled' });
      },
      undefined,
      this.listening,
    );
    this.follow(execution);
    try {
      return { outcome: await this.outcome, execution };
    } finally {
      this.isSettled = true;
      vscode.Disposable.from(...this.listening).dispose();
    }
  }

  private follow(execution: Execution): void {
    const heard = this.listen(execution);
    void execution.ended.then(async (end) => {
      if (end.kind === 'closed') {
        this.settle({ kind: 'cancelled' });
        return;
      }
      await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, REST))]);
      this.settle(this.ended(end.code));
    });
    const look = (shell: number): void => {
      const found = this.servers.all.find(
        ({ note }) => !this.before.has(note.pid) && descends(note.pid, shell),
      );
      if (found) {
        this.tellFound(found);
        this.judge(found);
      }
    };
    void Promise.resolve(execution.terminal.processId).then((shell) => {
      if (shell !== undefined && !this.isSettled) {
        look(shell);
        this.servers.onDidChange(
          () => {
            look(shell);
          },
          undefined,
          this.listening,
        );
      }
    });
  }

  /** By its note: the only way where the terminal tells nothing. */
  private judge(server: Server): void {
    const { status, note } = server;
    if (note.status && (status === undefined || status.health === 'starting')) {
      return;
    }
    const failure = status?.last_failure;
    if (failure?.current && !status?.ready) {
      const { file, line, column, type, message } = failure;
      const text = [type, message].filter(Boolean).join(': ');
      const heard = {
        kind: 'broken',
        file: file ?? '',
        line: line ?? 1,
        column: column ?? 1,
        text,
      } as const;
      this.settle({ kind: 'waiting', server, failure: broken(this.plan.title, heard) });
      return;
    }
    this.settle({ kind: 'serving', pid: note.pid, server });
  }

  private async listen(execution: Execution): Promise<void> {
    if (execution.output === undefined) {
      return;
    }
    for await (const piece of execution.output) {
      for (const heard of this.ear.hear(piece)) {
        await this.take(heard, execution);
      }
    }
  }

  private async take(heard: Heard, execution: Execution): Promise<void> {
    if (heard.kind === 'serving') {
      const server = await inTime(this.servers.withPid(heard.pid, this.token));
      this.settle({ kind: 'serving', pid: heard.pid, server });
    } else if (heard.kind === 'broken' && this.plan.reloads) {
      const server = await inTime(this.found);
      this.settle({ kind: 'waiting', server, failure: broken(this.plan.title, heard) });
    } else if (heard.kind === 'busy' && !heard.isFinal) {
      const holder = this.holderOf(heard);
      // One that is about to end is waited for, as the server does.
      if (holder && holder.status?.health !== 'stopping') {
        execution.interrupt();
        this.settle({ kind: 'busy', busy: heard, holder });
      } else {
        this.tell(`${heard.address} is in use by ${heard.by}; waiting for it`);
      }
    }
  }

  private ended(code: number | undefined): Outcome {
    const last = this.ear.lastError;
    if (last?.kind === 'busy') {
      return { kind: 'busy', busy: last, holder: this.holderOf(last) };
    }
    return { kind: 'failed', failure: failureOf(this.plan.title, code, last) };
  }

  private holderOf({ pid }: Busy): Server | undefined {
    return this.servers.all.find(({ note, isGone }) => note.pid === pid && !isGone);
  }
}

/** Returns what is awaited, undefined where it does not come in time. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, NOTE, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
