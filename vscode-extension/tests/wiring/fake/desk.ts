/** Commands, the environment, other extensions. */

import { editor } from './editor';
import { UIKind } from './enums';
import { Disposable } from './events';
import type { Uri } from './places';

type Handler = (...args: unknown[]) => unknown;

function registerCommand(command: string, handler: Handler): Disposable {
  if (editor.commands.has(command)) throw new Error(`command '${command}' already exists`);
  editor.commands.set(command, handler);
  return new Disposable(() => editor.commands.delete(command));
}

export const commands = {
  registerCommand,
  async executeCommand(command: string, ...args: unknown[]): Promise<unknown> {
    editor.executed.push({ command, args });
    if (command === 'setContext') editor.contexts.set(String(args[0]), args[1]);
    return await editor.commands.get(command)?.(...args);
  },
};

export const env = {
  uiKind: UIKind.Desktop,
  get remoteName(): string | undefined {
    return editor.remoteName;
  },
  get uriScheme(): string {
    return editor.uriScheme;
  },
  asExternalUri: (uri: Uri) => Promise.resolve(editor.externalUri(uri)),
  openExternal(uri: Uri): Promise<boolean> {
    editor.opened.push(uri);
    return Promise.resolve(true);
  },
};

export const extensions = {
  getExtension(id: string): unknown {
    const known = editor.extensions.get(id);
    return known && { id, activate: () => Promise.resolve(known.exports) };
  },
};
