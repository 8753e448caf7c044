/**
 * Tasks of the type `spawning`: servers that other tasks can depend on, with the problems of their
 * log.
 *
 * Tasks are listed often and by nobody's wish, so nothing is asked here: where the application is
 * not clear, the likeliest is taken, and tasks.json can name another.
 */

import * as vscode from 'vscode';
import { typedApplication } from '../core/application';
import { processOf, type Identity } from '../core/processes';
import { PROBLEM_LINES, definitionFrom } from '../core/taskDefinition';
import { splitWords } from '../core/words';
import type { TerminalLauncher } from './launcher';
import { endOrphan } from './stopping';

const TYPE = 'spawning';
const MATCHER = '$spawning';

export function registerTasks(launcher: TerminalLauncher): vscode.Disposable {
  const provider = vscode.tasks.registerTaskProvider(TYPE, {
    async provideTasks() {
      const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
      const made = folders.map((folder) => taskFrom(launcher, { type: TYPE }, folder, 'serve'));
      return (await Promise.all(made)).filter((task) => task !== undefined);
    },
    resolveTask(task) {
      const { scope } = task;
      const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
      // With the very definition: the editor takes no other for an answer.
      return folder && taskFrom(launcher, task.definition, folder, task.name);
    },
  });
  return vscode.Disposable.from(provider, endWithTasks());
}

async function taskFrom(
  launcher: TerminalLauncher,
  definition: vscode.TaskDefinition,
  folder: vscode.WorkspaceFolder,
  name: string,
): Promise<vscode.Task | undefined> {
  const written = definitionFrom(definition);
  const application = written.application
    ? typedApplication(splitWords(written.application), 'tasks.json')
    : undefined;
  const plan = await launcher.planner.quietly({
    folder,
    application,
    arguments: written.arguments,
    coverage: written.coverage,
  });
  if (plan === undefined) {
    return undefined;
  }
  const execution = new vscode.ProcessExecution(
    plan.python,
    ['-m', 'spawning', PROBLEM_LINES, ...plan.arguments],
    { cwd: plan.cwd, env: { ...plan.environment } },
  );
  const task = new vscode.Task(definition, folder, name, TYPE, execution, MATCHER);
  task.isBackground = true;
  task.detail = plan.title ? `Serve ${plan.title}` : 'Serve the application';
  return task;
}

/** The end of a task is a hang-up to its process, which means a reload to a server. */
function endWithTasks(): vscode.Disposable {
  const running = new Map<vscode.TaskExecution, Identity>();
  return vscode.Disposable.from(
    vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
      const started = execution.task.definition.type === TYPE ? processOf(processId) : undefined;
      if (started) {
        running.set(execution, started);
      }
    }),
    vscode.tasks.onDidEndTask(({ execution }) => {
      const started = running.get(execution);
      running.delete(execution);
      void (started && endOrphan(started));
    }),
    new vscode.Disposable(() => {
      for (const started of running.values()) {
        void endOrphan(started);
      }
    }),
  );
}
