/** Folders, files, settings; files are those of the disk. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { editor, type Folder } from './editor';
import { Uri } from './places';
import type { FakeDocument } from './values';

interface Declared {
  readonly default?: unknown;
}
interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, Declared>> };
  };
}

/** The settings that package.json declares: their defaults hold, as in the editor. */
function declared(name: string): Declared | undefined {
  const manifest = new URL('../../../package.json', import.meta.url);
  const { contributes } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  return contributes.configuration.properties[name];
}

function folderOf(uri: Uri): Folder | undefined {
  return editor.folders
    .filter(({ uri: root }) => `${uri.fsPath}/`.startsWith(`${root.fsPath}/`))
    .sort((one, other) => other.uri.fsPath.length - one.uri.fsPath.length)[0];
}

function getConfiguration(section: string) {
  return {
    get(name: string, otherwise?: unknown): unknown {
      const full = `${section}.${name}`;
      return editor.settings[full] ?? declared(full)?.default ?? otherwise;
    },
  };
}

async function openTextDocument(uri: Uri): Promise<FakeDocument> {
  const open = editor.documents.find((one) => one.uri.toString() === uri.toString());
  if (open !== undefined) return open;
  const text = await readFile(uri.fsPath, 'utf8');
  return editor.openDocument(uri.fsPath, text, uri.path.endsWith('.py') ? 'python' : 'plaintext');
}

export const workspace = {
  get workspaceFolders(): readonly Folder[] | undefined {
    return editor.folders.length > 0 ? editor.folders : undefined;
  },
  get isTrusted(): boolean {
    return editor.isTrusted;
  },
  get textDocuments(): readonly FakeDocument[] {
    return editor.documents;
  },
  getConfiguration,
  getWorkspaceFolder: folderOf,
  openTextDocument,
  asRelativePath(what: string | Uri): string {
    const uri = typeof what === 'string' ? Uri.file(what) : what;
    const folder = folderOf(uri);
    return folder === undefined ? uri.fsPath : relative(folder.uri.fsPath, uri.fsPath);
  },
  onDidChangeWorkspaceFolders: editor.events.folders.event,
  onDidChangeTextDocument: editor.events.changeDocument.event,
};
