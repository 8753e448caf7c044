/** The parts are put together: everything that package.json promises is there, and given back. */

import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { activate } from '../../src/vscode/extension';
import { FakeContext } from './fake/context';
import { editor } from './fake/editor';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

const declared = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest
).contributes.commands.map(({ command }) => command);

beforeEach(() => {
  editor.reset();
});

test('each command that is declared is registered, and given back when the window closes', async () => {
  const context = new FakeContext();
  activate(context as unknown as vscode.ExtensionContext); // and there is nothing to be awaited
  expect([...editor.commands.keys()]).toEqual(expect.arrayContaining(declared));
  await context.close();
  expect([...editor.commands.keys()]).toEqual([]);
  expect(editor.listeners).toBe(0);
});
