/** A port that somebody else has: the user decides what becomes of it. */

import * as vscode from 'vscode';
import { DEFAULT_PORT } from '../core/commandLine';
import { busy as failureOfBusy } from '../core/failure';
import type { Busy } from '../core/output';
import { nextFreePort } from '../core/ports';
import { isOurs, processOf, type Identity } from '../core/processes';
import type { Server, Servers } from './parts';
import { withPort, type Plan } from './plans';
import { stopProcess, stopServer } from './stopping';

/** What is to be done then. */
export type Resolution =
  | { readonly kind: 'use'; readonly server: Server }
  | { readonly kind: 'again'; readonly plan: Plan }
  | { readonly kind: 'nothing' };

/** Says who has the port, and returns what the user wants; stops whoever has it, if that is it. */
export async function resolveBusy(
  plan: Plan,
  busy: Busy,
  holder: Server | undefined,
  terminal: vscode.Terminal | undefined,
): Promise<Resolution> {
  const process_ = busy.pid === undefined ? undefined : processOf(busy.pid);
  const { sentence, remedies } = failureOfBusy(busy, {
    isServer: holder !== undefined,
    canChangePort: busy.port !== undefined && plan.canChangePort,
    canStop: process_ !== undefined && isOurs(process_.pid),
    hasTerminal: terminal !== undefined,
  });
  const answer = await vscode.window.showErrorMessage(sentence, ...remedies);
  switch (answer) {
    case 'Use It':
      await vscode.commands.executeCommand('spawning.showStatus', { server: holder });
      return holder ? { kind: 'use', server: holder } : { kind: 'nothing' };
    case 'Stop It': {
      const hasGone = holder
        ? await stopServer(holder)
        : process_ !== undefined && (await stopStranger(process_, busy.by));
      return hasGone ? { kind: 'again', plan } : { kind: 'nothing' };
    }
    case 'Use Another Port': {
      const port = await nextFreePort(busy.port ?? DEFAULT_PORT);
      return { kind: 'again', plan: withPort(plan, port) };
    }
    case 'Show Terminal':
      terminal?.show();
      return { kind: 'nothing' };
    default:
      return { kind: 'nothing' };
  }
}

/** Returns what is known of a port that has not been asked for yet, and who of ours has it. */
export function busyPort(
  port: number,
  servers: Servers,
): { busy: Busy; holder: Server | undefined } {
  const holder = servers.all.find(
    ({ note, isGone }) => !isGone && note.urls.some((url) => url.endsWith(`:${port}`)),
  );
  const by = holder
    ? `the Spawning server of ${holder.note.application} in ${holder.note.folder}`
    : 'another process';
  const address = `Port ${port}`;
  return {
    busy: { kind: 'busy', address, port, by, pid: holder?.note.pid, isFinal: true },
    holder,
  };
}

async function stopStranger(process_: Identity, by: string): Promise<boolean> {
  const stop = 'Stop';
  const answer = await vscode.window.showWarningMessage(
    'Stop a process that is none of Spawning’s?',
    { modal: true, detail: by },
    stop,
  );
  return answer === stop && stopProcess(process_, by);
}
