/** The parts that show servers, on a stage that is set anew for each test. */

import { afterEach, beforeEach } from 'vitest';
import type * as vscode from 'vscode';
import { event, reload, T } from '../../core/examples';
import { FakeContext } from '../fake/context';
import { editor } from '../fake/editor';
import { Stage } from './stage';

/** The one of the test that runs. */
export let stage: Stage;

/** Sets a stage for each test of a file, and has the parts of the extension look at it. */
export function onStage(register: (parts: Parts) => vscode.Disposable[]): void {
  let context: FakeContext;
  beforeEach(() => {
    stage = new Stage();
    context = new FakeContext();
    editor.openFolder(stage.folder);
    const { servers, log } = stage;
    const handed = context as unknown as vscode.ExtensionContext;
    context.subscriptions.push(...register({ servers, log, context: handed }));
  });
  afterEach(async () => {
    await context.close();
    await stage.close();
  });
}

type Parts = Pick<Stage, 'servers' | 'log'> & { readonly context: vscode.ExtensionContext };

export const [begun, ready, serves] = reload(7);
export const failed = event({ event: 'generation-failed', generation: 7, at: T + 2 });
