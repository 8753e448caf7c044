/** The workspace's folders: which one is meant, and what lies in it. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Folder } from '../core/folder';

const LARGEST = 1_000_000;

/** A folder of the disk; what cannot be read is not there. */
export class DiskFolder implements Folder {
  constructor(private readonly root: string) {}

  async list(path: string): Promise<readonly string[]> {
    try {
      const entries = await readdir(join(this.root, path), { withFileTypes: true });
      return entries.map((one) => (one.isDirectory() ? `${one.name}/` : one.name)).sort();
    } catch {
      return [];
    }
  }

  async read(path: string): Promise<string | undefined> {
    try {
      const text = await readFile(join(this.root, path), 'utf8');
      return text.length > LARGEST ? undefined : text;
    } catch {
      return undefined;
    }
  }
}

/**
 * Returns the folder that is meant: that of the resource, the only one, or the one that is picked.
 *
 * The active editor does not decide: somebody who looks at one project may want to start another.
 */
export async function folderFor(
  resource: vscode.Uri | undefined,
): Promise<vscode.WorkspaceFolder | undefined> {
  const [only, ...others] = vscode.workspace.workspaceFolders ?? [];
  if (only === undefined) {
    const open = 'Open Folder';
    const answer = await vscode.window.showWarningMessage(
      'Open the folder of the application first.',
      open,
    );
    if (answer === open) {
      await vscode.commands.executeCommand('workbench.action.files.openFolder');
    }
    return undefined;
  }
  const own = resource && vscode.workspace.getWorkspaceFolder(resource);
  if (own ?? others.length === 0) {
    return own ?? only;
  }
  const active = vscode.window.activeTextEditor?.document.uri;
  const first = active && vscode.workspace.getWorkspaceFolder(active);
  const folders = [only, ...others].sort((one) => (one === first ? -1 : 0));
  const items = folders.map((folder) => ({
    label: folder.name,
    description: folder.uri.fsPath,
    folder,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: 'In which folder is the application?',
  });
  return picked?.folder;
}
