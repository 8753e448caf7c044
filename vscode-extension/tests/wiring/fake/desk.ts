/** Commands, the environment, other extensions. */

import { editor } from './editor';
import { UIKind } from './enums';
import { Disposable } from './events';
import type { Uri } from './places';

export const version = '1.139.1';

type Handler = (...args: unknown[]) => unknown;

function registerCommand(command: string, handler: Handler, receiver?: unknown): Disposable {
  if (editor.commands.has(command)) throw new Error(`command '${command}' already exists`);
  editor.commands.set(command, (...args) => handler.apply(receiver, args));
  return new Disposable(() => editor.commands.delete(command));
}

export const commands = {
  registerCommand,
  registerTextEditorCommand(command: string, handler: Handler): Disposable {
    return registerCommand(command, (...args) =>
      editor.activeEditor === undefined ? undefined : handler(editor.activeEditor, {}, ...args),
    );
  },
  async executeCommand(command: string, ...args: unknown[]): Promise<unknown> {
    editor.executed.push({ command, args });
    if (command === 'setContext') editor.contexts.set(String(args[0]), args[1]);
    return await editor.commands.get(command)?.(...args);
  },
  getCommands(): Promise<string[]> {
    return Promise.resolve([...editor.commands.keys()]);
  },
};

export const env = {
  appName: 'the stand-in',
  appHost: 'desktop',
  uiKind: UIKind.Desktop,
  language: 'en',
  shell: '/bin/bash',
  get remoteName(): string | undefined {
    return editor.remoteName;
  },
  clipboard: {
    readText: () => Promise.resolve(editor.clipboard),
    writeText(text: string): Promise<void> {
      editor.clipboard = text;
      return Promise.resolve();
    },
  },
  asExternalUri: (uri: Uri) => Promise.resolve(editor.externalUri(uri)),
  openExternal(uri: Uri): Promise<boolean> {
    editor.opened.push(uri);
    return Promise.resolve(true);
  },
};

export const extensions = {
  get all(): unknown[] {
    return [...editor.extensions.keys()].map((id) => extensions.getExtension(id));
  },
  onDidChange: editor.events.extensions.event,
  getExtension(id: string): unknown {
    const known = editor.extensions.get(id);
    if (known === undefined) return undefined;
    return {
      id,
      get isActive(): boolean {
        return known.isActive ?? true;
      },
      exports: known.exports,
      packageJSON: {},
      activate(): Promise<unknown> {
        known.isActive = true;
        return Promise.resolve(known.exports);
      },
    };
  },
};
