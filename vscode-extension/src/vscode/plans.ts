/** What is to be started: found out, asked for, and checked, before anything is. */

import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { titleOf, typedApplication, type Application } from '../core/application';
import { projectIn } from '../core/applications';
import { argumentsIn, canChangePort, serverArguments, type Wanted } from '../core/commandLine';
import { measures } from '../core/coverage/address';
import type { Table } from '../core/toml';
import { splitWords } from '../core/words';
import type { Applications } from './applications';
import { DiskFolder } from './workspaceFolders';
import type { Interpreters } from './interpreters';
import type { Server } from './parts';
import { settingsOf, type Settings } from './settings';

/** Of a debugger of ours: Microsoft's brings its own. */
export const DEBUGPY = 'ms-python.debugpy';

export interface Plan {
  readonly folder: vscode.WorkspaceFolder;
  readonly application: Application;
  /** What the server's note will say. */
  readonly title: string;
  readonly python: string;
  /** What stands after `python -m spawning`. */
  readonly arguments: readonly string[];
  /** Where it is started. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly table: Table;
  readonly wanted: Wanted;
  readonly reloads: boolean;
  readonly canChangePort: boolean;
}

export interface Question {
  readonly folder: vscode.WorkspaceFolder;
  /** The file, where one is meant. */
  readonly resource?: vscode.Uri | undefined;
  /** Instead of the folder's own. */
  readonly application?: Application | undefined;
  /** Instead of `spawning.arguments`. */
  readonly arguments?: readonly string[] | undefined;
  readonly coverage?: boolean | undefined;
  readonly debug?: boolean | undefined;
}

export class Planner {
  constructor(
    private readonly applications: Applications,
    private readonly interpreters: Interpreters,
  ) {}

  /** Returns the plan; undefined after the user was told, or has left a question. */
  async plan(question: Question): Promise<Plan | undefined> {
    const { folder, resource } = question;
    const application =
      question.application ?? (await this.applications.forFolder(folder, resource));
    if (application === undefined) {
      return undefined;
    }
    const python = await this.interpreters.checked(folder, question.debug && !hasDebugpy());
    if (python === undefined) {
      return undefined;
    }
    return this.planFor(question, application, python);
  }

  /** Returns the plan without asking and without looking whether it can be: for lists. */
  async quietly(question: Question): Promise<Plan | undefined> {
    const { folder } = question;
    const application = question.application ?? (await this.applications.likeliest(folder));
    const python = await this.interpreters.find(folder);
    return python && this.planFor(question, application, python.path);
  }

  /** Returns the plan by which a server that was started elsewhere runs, with one more option. */
  async again({ note, status }: Server, option: string): Promise<Plan> {
    const uri = vscode.Uri.file(note.folder);
    const folder = vscode.workspace.getWorkspaceFolder(uri) ?? { uri, name: note.folder, index: 0 };
    const application = typedApplication(splitWords(note.application), 'it runs');
    const words = [...settingsOf(folder).arguments, option];
    const question = { folder, arguments: words, coverage: measures(note, status) };
    const plan = { ...(await this.planFor(question, application, note.python)), cwd: note.folder };
    const given = argumentsIn(note.argv);
    return given === undefined ? plan : withArguments(plan, [option, ...given]);
  }

  private async planFor(
    question: Question,
    application: Application,
    python: string,
  ): Promise<Plan> {
    const { folder } = question;
    const found = settingsOf(folder);
    const settings = { ...found, arguments: question.arguments ?? found.arguments };
    const project = await projectIn(new DiskFolder(folder.uri.fsPath), application.folder);
    const table = 'table' in project ? project.table : {};
    const wanted = { coverage: question.coverage === true, editorUrl: editorUrl() };
    return planned({ folder, application, python, settings, table, wanted });
  }
}

type Facts = Pick<Plan, 'folder' | 'application' | 'python' | 'settings' | 'table' | 'wanted'>;

/** Returns the same plan with another port. */
export function withPort(plan: Plan, port: number): Plan {
  return planned({ ...plan, wanted: { ...plan.wanted, port } });
}

/** Returns the same plan with another command line, which is to be left alone. */
export function withArguments(plan: Plan, words: readonly string[]): Plan {
  const reloads = 'reload' in plan.table || words.some(isReload);
  return { ...plan, arguments: words, reloads, canChangePort: false };
}

function planned(facts: Facts): Plan {
  const { folder, application, settings, table, wanted } = facts;
  const root = folder.uri.fsPath;
  const paths = application.paths.map((path) => join(root, path));
  const before = settings.environment.PYTHONPATH ?? process.env.PYTHONPATH;
  const words = serverArguments(application, settings, table, wanted);
  return {
    ...facts,
    title: titleOf(application),
    arguments: words,
    cwd: application.folder ? join(root, application.folder) : root,
    environment: {
      ...settings.environment,
      ...(paths.length > 0
        ? { PYTHONPATH: [...paths, ...(before ? [before] : [])].join(delimiter) }
        : {}),
    },
    reloads: 'reload' in table || words.some(isReload),
    canChangePort: canChangePort(settings),
  };
}

function isReload(word: string): boolean {
  return /^(-r|--reload)/.test(word);
}

/** Returns whether Microsoft's extension for debugpy is there. */
export function hasDebugpy(): boolean {
  return vscode.extensions.getExtension(DEBUGPY) !== undefined;
}

/** How a page of the server opens this editor; '' where the server's own way is right, or none is. */
function editorUrl(): string {
  const { uiKind, remoteName, uriScheme } = vscode.env;
  const isOwn = uiKind === vscode.UIKind.Desktop && remoteName === undefined;
  return isOwn && uriScheme && uriScheme !== 'vscode'
    ? `${uriScheme}://file{path}:{line}:{column}`
    : '';
}
