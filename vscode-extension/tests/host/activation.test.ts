/** The extension is there, quickly, with everything that package.json promises. */

import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('spawning.spawning');
  assert.ok(found, 'the extension is installed');
  return found;
}

describe('activation', () => {
  it('waits for nothing', async () => {
    // `activate` is over before another turn of the loop: no promise that it could wait for.
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('registers each command that package.json declares', async () => {
    await extension().activate();
    const { contributes } = extension().packageJSON as Manifest;
    const registered = await vscode.commands.getCommands(true);
    const missing = contributes.commands
      .map(({ command }) => command)
      .filter((command) => !registered.includes(command));
    assert.deepEqual(missing, []);
  });

  it('fills each view that package.json declares', async () => {
    const { contributes } = extension().packageJSON as Manifest;
    for (const { id } of Object.values(contributes.views).flat()) {
      await vscode.commands.executeCommand(`${id}.focus`);
    }
  });
});
