/** Which application of a folder is to be served: asked for where it is not clear, and remembered. */

import { relative } from 'node:path';
import * as vscode from 'vscode';
import { isSame, isTarget, titleOf, typedApplication, type Application } from '../core/application';
import {
  applicationsOf,
  configuredApplication,
  findApplications,
  projectIn,
} from '../core/applications';
import { chosen, said, type Remembered } from '../core/choice';
import { djangoIn } from '../core/django';
import { nameOf, parentOf } from '../core/folder';
import { splitWords } from '../core/words';
import { openFile, openSetting } from './opening';
import { settingsOf } from './settings';
import { DiskFolder } from './workspaceFolders';

interface Item extends vscode.QuickPickItem {
  readonly application?: Application;
}

export class Applications {
  constructor(private readonly memory: vscode.Memento) {}

  /** Returns the application that is to be served; undefined after the user left the question. */
  async forFolder(
    folder: vscode.WorkspaceFolder,
    resource?: vscode.Uri,
  ): Promise<Application | undefined> {
    const project = await this.projectOf(folder);
    if (project === undefined) {
      return undefined;
    }
    const configured = configuredApplication(project);
    const inFile = resource ? await applicationsInFile(folder, resource) : [];
    if (inFile.length > 0) {
      const same = inFile.some((one) => configured && isTarget(configured, one));
      return same ? configured : this.oneOf(folder, inFile);
    }
    const wishes = { setting: settingOf(folder), remembered: this.recall(folder), configured };
    return said(wishes) ?? this.oneOf(folder, await this.found(folder));
  }

  /** Returns what would most likely be served, without a question; no words where nothing is known. */
  async likeliest(folder: vscode.WorkspaceFolder): Promise<Application> {
    const project = await projectIn(new DiskFolder(folder.uri.fsPath));
    const configured = 'table' in project ? configuredApplication(project.table) : undefined;
    const remembered = this.recall(folder);
    const known = said({ setting: settingOf(folder), remembered, configured });
    if (known) {
      return known;
    }
    const found = await this.found(folder);
    const choice = chosen(found, remembered);
    return choice.kind === 'chosen' ? choice.application : (found[0] ?? typedApplication([], ''));
  }

  /** Has the user choose another one, and remembers it. */
  async select(folder: vscode.WorkspaceFolder): Promise<Application | undefined> {
    if (settingOf(folder)) {
      const open = 'Open Settings';
      const answer = await vscode.window.showInformationMessage(
        'The setting spawning.application names the application.',
        open,
      );
      if (answer === open) {
        await openSetting('spawning.application');
      }
      return undefined;
    }
    const found = await this.found(folder);
    return this.ask(folder, found);
  }

  private async projectOf(folder: vscode.WorkspaceFolder) {
    const project = await projectIn(new DiskFolder(folder.uri.fsPath));
    if ('table' in project) {
      return project.table;
    }
    const open = 'Open File';
    const answer = await vscode.window.showErrorMessage(`${project.problem}.`, open);
    if (answer === open) {
      await openFile(vscode.Uri.joinPath(folder.uri, 'pyproject.toml').fsPath);
    }
    return undefined;
  }

  private found(folder: vscode.WorkspaceFolder): Promise<Application[]> {
    const environment = { ...process.env, ...settingsOf(folder).environment };
    return findApplications(new DiskFolder(folder.uri.fsPath), environment);
  }

  private async oneOf(
    folder: vscode.WorkspaceFolder,
    found: readonly Application[],
  ): Promise<Application | undefined> {
    const choice = chosen(found, this.recall(folder));
    switch (choice.kind) {
      case 'chosen':
        return choice.application;
      case 'several':
        return this.ask(folder, choice.applications);
      case 'none':
        return this.askWhereNone(folder);
    }
  }

  private async askWhereNone(folder: vscode.WorkspaceFolder): Promise<Application | undefined> {
    const type = 'Type Its Name…';
    const answer = await vscode.window.showWarningMessage(
      `No WSGI application was found in ${folder.name}: no Flask, Django or Pyramid, and no 'application' or 'app' in app.py or wsgi.py.`,
      type,
    );
    return answer === type ? this.askForName(folder, undefined) : undefined;
  }

  private async ask(
    folder: vscode.WorkspaceFolder,
    found: readonly Application[],
  ): Promise<Application | undefined> {
    const items: Item[] = found.map((application) => ({
      label: titleOf(application),
      description: [application.reason, application.folder && `in ${application.folder}`]
        .filter(Boolean)
        .join(', '),
      application,
    }));
    const another: Item = { label: '$(edit) Type another…', alwaysShow: true };
    const picked = await vscode.window.showQuickPick<Item>([...items, another], {
      placeHolder: 'Which application is to be served?',
      matchOnDescription: true,
    });
    const configured = found.find((one) => one.isConfigured && one.folder === '');
    if (picked === another) {
      return this.askForName(folder, configured);
    }
    const application = picked?.application;
    if (application) {
      await this.remember(folder, application, false, configured);
    }
    return application;
  }

  private async askForName(
    folder: vscode.WorkspaceFolder,
    configured: Application | undefined,
  ): Promise<Application | undefined> {
    const typed = await vscode.window.showInputBox({
      title: 'Application',
      prompt: 'As after spawn: shop.app, shop.app:site, shop.app:make(), -f FACTORY WORD',
      validateInput: (text) => (splitWords(text).length > 0 ? undefined : 'Type a name'),
    });
    const words = splitWords(typed ?? '');
    if (words.length === 0) {
      return undefined;
    }
    const application = typedApplication(words, 'typed');
    await this.remember(folder, application, true, configured);
    return application;
  }

  private recall(folder: vscode.WorkspaceFolder): Remembered | undefined {
    return this.memory.get<Remembered>(keyOf(folder));
  }

  private async remember(
    folder: vscode.WorkspaceFolder,
    application: Application,
    isTyped: boolean,
    configured: Application | undefined,
  ): Promise<void> {
    const isInstead = configured && !isSame(configured, application);
    const remembered: Remembered = {
      application,
      isTyped,
      ...(isInstead ? { isInsteadOf: configured.words } : {}),
    };
    await this.memory.update(keyOf(folder), remembered);
  }
}

/** Returns the applications of a file that is open or on the disk. */
export async function applicationsInFile(
  folder: vscode.WorkspaceFolder,
  file: vscode.Uri,
): Promise<Application[]> {
  const path = relative(folder.uri.fsPath, file.fsPath);
  if (!path.endsWith('.py') || path.startsWith('..')) {
    return [];
  }
  const disk = new DiskFolder(folder.uri.fsPath);
  if (nameOf(path) === 'manage.py') {
    return djangoIn(disk, parentOf(path), process.env);
  }
  const open = vscode.workspace.textDocuments.find((one) => one.uri.fsPath === file.fsPath);
  const source = open?.getText() ?? (await disk.read(path));
  return source === undefined ? [] : applicationsOf(disk, path, source);
}

function settingOf(folder: vscode.WorkspaceFolder): Application | undefined {
  const words = splitWords(settingsOf(folder).application);
  return words.length > 0 ? typedApplication(words, 'the setting spawning.application') : undefined;
}

function keyOf(folder: vscode.WorkspaceFolder): string {
  return `application:${folder.uri.toString()}`;
}
