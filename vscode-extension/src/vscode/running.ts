/** A server that runs already: it is shown rather than started once more. */

import * as vscode from 'vscode';
import { realPath } from '../core/paths';
import type { Server, Servers } from './parts';
import type { Plan } from './plans';

export type Answer = 'Show' | 'Restart' | 'Start Another' | undefined;

/** Returns the server that runs the application of a plan where the plan would start it. */
export function runningLike(plan: Plan, servers: Servers): Server | undefined {
  const folder = realPath(plan.cwd);
  return servers.all.find(
    ({ note, isGone, status }) =>
      !isGone &&
      status?.health !== 'stopping' &&
      realPath(note.folder) === folder &&
      note.application === plan.title,
  );
}

/** Asks what is to be done; where it was shown, it has been. */
export async function offerRunning(plan: Plan, server: Server, debug: boolean): Promise<Answer> {
  const { note, status } = server;
  const lacks = [
    ...(debug ? ['without a debugger'] : []),
    ...(plan.wanted.coverage && status && !status.config.coverage ? ['without coverage'] : []),
  ];
  const where = note.urls[0] ? ` on ${note.urls[0]}` : '';
  const how = lacks.length > 0 ? `, ${lacks.join(' and ')}` : '';
  const answer = await vscode.window.showInformationMessage(
    `${note.application} runs already${where}${how}.`,
    ...(['Show', 'Restart', 'Start Another'] as const),
  );
  if (answer === 'Show') {
    await vscode.commands.executeCommand('spawning.showStatus', { server });
  }
  return answer;
}
