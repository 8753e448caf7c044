/** Folders, files, settings; files are those of the disk. */

import { readFileSync } from 'node:fs';
import { glob, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { editor, type Folder } from './editor';
import { FileType } from './enums';
import { Disposable, EventEmitter } from './events';
import { RelativePattern, Uri } from './places';
import { FakeDocument } from './values';

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

function scopeUri(scope: unknown): Uri | undefined {
  if (scope instanceof Uri) return scope;
  const uri = (scope as { uri?: unknown } | null | undefined)?.uri;
  return uri instanceof Uri ? uri : undefined;
}

function getConfiguration(section?: string, scope?: unknown) {
  const uri = scopeUri(scope);
  const ofFolder = (): Record<string, unknown> => {
    const folder = uri && folderOf(uri);
    return (folder && editor.folderSettings.get(folder.uri.fsPath)) ?? {};
  };
  const full = (name: string) => (section === undefined ? name : `${section}.${name}`);
  const inspect = (name: string) => ({
    key: full(name),
    defaultValue: declared(full(name))?.default,
    globalValue: editor.settings[full(name)],
    workspaceValue: undefined,
    workspaceFolderValue: ofFolder()[full(name)],
  });
  const get = (name: string, otherwise?: unknown): unknown => {
    const { defaultValue, globalValue, workspaceFolderValue } = inspect(name);
    return workspaceFolderValue ?? globalValue ?? defaultValue ?? otherwise;
  };
  return {
    get,
    inspect,
    has: (name: string) => get(name) !== undefined,
    update(name: string, value: unknown, target?: unknown): Promise<void> {
      if (target === 3 && uri !== undefined) {
        const path = folderOf(uri)?.uri.fsPath ?? uri.fsPath;
        editor.folderSettings.set(path, {
          ...editor.folderSettings.get(path),
          [full(name)]: value,
        });
      }
      if (target === 3) editor.events.configuration.fire({ affectsConfiguration: () => true });
      else editor.set(full(name), value);
      return Promise.resolve();
    },
  };
}

async function findFiles(include: string | RelativePattern, _exclude?: unknown, most?: number) {
  if (editor.found !== undefined) return editor.found.slice(0, most);
  const roots =
    typeof include === 'string' ? editor.folders.map(({ uri }) => uri.fsPath) : [include.base];
  const pattern = typeof include === 'string' ? include : include.pattern;
  const files: Uri[] = [];
  for (const root of roots) {
    for await (const name of glob(pattern, { cwd: root })) files.push(Uri.file(join(root, name)));
  }
  return files.slice(0, most);
}

async function openTextDocument(what: unknown): Promise<FakeDocument> {
  if (what instanceof Uri || typeof what === 'string') {
    const uri = typeof what === 'string' ? Uri.file(what) : what;
    const open = editor.documents.find((one) => one.uri.toString() === uri.toString());
    if (open !== undefined) return open;
    const provider = editor.providers.get(`content:${uri.scheme}`) as
      { provideTextDocumentContent(uri: Uri): Promise<string> | string } | undefined;
    const text =
      provider === undefined
        ? await readFile(uri.fsPath, 'utf8')
        : await provider.provideTextDocumentContent(uri);
    return editor.openDocument(uri.fsPath, text, uri.path.endsWith('.py') ? 'python' : 'plaintext');
  }
  const { content = '', language = 'plaintext' } = what as { content?: string; language?: string };
  return editor.openDocument(`Untitled-${editor.documents.length + 1}`, content, language);
}

/** Its three events are there for the test to fire. */
export class FakeFileSystemWatcher {
  readonly created = new EventEmitter<Uri>();
  readonly changed = new EventEmitter<Uri>();
  readonly deleted = new EventEmitter<Uri>();
  readonly onDidCreate = this.created.event;
  readonly onDidChange = this.changed.event;
  readonly onDidDelete = this.deleted.event;

  dispose(): void {
    for (const emitter of [this.created, this.changed, this.deleted]) emitter.dispose();
  }
}

const fs = {
  readFile: async (uri: Uri) => new Uint8Array(await readFile(uri.fsPath)),
  writeFile: async (uri: Uri, bytes: Uint8Array) => {
    await writeFile(uri.fsPath, bytes);
  },
  async stat(uri: Uri) {
    const known = await stat(uri.fsPath);
    const type = known.isDirectory() ? FileType.Directory : FileType.File;
    return { type, size: known.size, mtime: known.mtimeMs, ctime: known.ctimeMs };
  },
  async readDirectory(uri: Uri): Promise<[string, FileType][]> {
    const entries = await readdir(uri.fsPath, { withFileTypes: true });
    return entries.map((one) => [one.name, one.isDirectory() ? FileType.Directory : FileType.File]);
  },
};

export const workspace = {
  fs,
  get workspaceFolders(): readonly Folder[] | undefined {
    return editor.folders.length > 0 ? editor.folders : undefined;
  },
  get name(): string | undefined {
    return editor.folders[0]?.name;
  },
  get isTrusted(): boolean {
    return editor.isTrusted;
  },
  get textDocuments(): readonly FakeDocument[] {
    return editor.documents;
  },
  getConfiguration,
  getWorkspaceFolder: folderOf,
  findFiles,
  openTextDocument,
  asRelativePath(what: string | Uri): string {
    const uri = typeof what === 'string' ? Uri.file(what) : what;
    const folder = folderOf(uri);
    return folder === undefined ? uri.fsPath : relative(folder.uri.fsPath, uri.fsPath);
  },
  createFileSystemWatcher(pattern: unknown): FakeFileSystemWatcher {
    const watcher = new FakeFileSystemWatcher();
    const name = pattern instanceof RelativePattern ? pattern.pattern : String(pattern);
    editor.providers.set(`watcher:${name}`, watcher);
    return watcher;
  },
  registerTextDocumentContentProvider(scheme: string, provider: unknown): Disposable {
    editor.providers.set(`content:${scheme}`, provider);
    return new Disposable(() => editor.providers.delete(`content:${scheme}`));
  },
  saveAll: () => Promise.resolve(true),
  onDidChangeConfiguration: editor.events.configuration.event,
  onDidChangeWorkspaceFolders: editor.events.folders.event,
  onDidGrantWorkspaceTrust: editor.events.trust.event,
  onDidOpenTextDocument: editor.events.openDocument.event,
  onDidCloseTextDocument: editor.events.closeDocument.event,
  onDidChangeTextDocument: editor.events.changeDocument.event,
  onDidSaveTextDocument: editor.events.saveDocument.event,
};
