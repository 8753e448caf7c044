/** Show Coverage: what can be done with it, as a list. */

import * as vscode from 'vscode';
import { type Address, measures } from '../core/coverage/address';
import { asker, CoverageTrouble, order } from '../core/coverage/asking';
import { icon, MEANINGS } from '../core/coverage/icons';
import { KINDS } from '../core/coverage/marks';
import { percent } from '../core/coverage/totals';
import { noPageOf } from '../core/phrases';
import type { Measured } from './coverage';
import type { Parts, Server } from './parts';
import { taken } from './taken';
import { TestCoverage } from './testCoverage';

const START = 'Start with Coverage';
const OPEN = 'Open Folder';
const SAID_FOR = 6_000;

/** Whether it is shown in this workspace. */
export interface Shown {
  get(): boolean;
  set(isShown: boolean): Promise<void>;
}

interface Item extends vscode.QuickPickItem {
  readonly act?: () => Promise<void>;
}

export class CoverageMenu implements vscode.Disposable {
  private readonly snapshots = new TestCoverage();

  constructor(
    private readonly parts: Parts,
    private readonly measured: () => readonly Measured[],
    private readonly shown: Shown,
  ) {}

  get isShown(): boolean {
    return this.shown.get();
  }

  dispose(): void {
    this.snapshots.dispose();
  }

  async open(item: unknown): Promise<void> {
    const meant = await this.meant(taken(item));
    if (!meant) return;
    const chosen = await vscode.window.showQuickPick<Item>(this.items(meant), {
      title: titleOf(meant),
      placeHolder: 'What to do with it',
    });
    if (!chosen?.act) return;
    try {
      await chosen.act();
    } catch (error) {
      if (!(error instanceof CoverageTrouble)) throw error;
      const of = meant.server.note.application;
      void vscode.window.showErrorMessage(`Coverage of ${of}: ${error.message}`);
    }
  }

  private async meant(given: Server | undefined): Promise<Measured | undefined> {
    const all = this.measured();
    if (!given && all.length === 1) return all[0];
    const server =
      given ??
      (all.length > 1 ? await this.parts.servers.pick('Coverage of which server?') : undefined);
    const found = all.find((one) => one.server === server);
    if (found || (all.length > 1 && !server)) return found;
    await (server && measures(server.note, server.status) ? isElsewhere(server) : isNone(server));
    return undefined;
  }

  private items(meant: Measured): Item[] {
    const { address, follower, server } = meant;
    const tell = (name: 'reset' | 'pause' | 'resume') => async () => {
      vscode.window.setStatusBarMessage(`$(shield) ${await order(address, name)}`, SAID_FOR);
      follower.now();
    };
    const { isShown } = this;
    return [
      isShown
        ? {
            label: '$(eye-closed) Stop Showing Coverage',
            detail: 'Neither beside lines nor in the status bar; the server goes on measuring',
            act: () => this.shown.set(false),
          }
        : { label: '$(eye) Show Coverage in Editors', act: () => this.shown.set(true) },
      {
        label: '$(globe) Browse All Files',
        detail: 'The page of the server, which keeps itself up to date',
        act: () => browse(address, server),
      },
      {
        label: '$(beaker) Snapshot into Test Coverage',
        detail: "As it is now, in VS Code's own view",
        act: () => this.snapshots.take(asker(address), server.note.application),
      },
      { label: '$(discard) Reset', detail: 'Forget what requests have run', act: tell('reset') },
      follower.known.paused
        ? {
            label: '$(debug-continue) Resume',
            detail: 'Count again what requests run',
            act: tell('resume'),
          }
        : {
            label: '$(debug-pause) Pause',
            detail: 'Leave out what requests run from now on',
            act: tell('pause'),
          },
      ...legend(),
    ];
  }
}

function legend(): Item[] {
  const kinds = KINDS.map((kind) => ({
    label: MEANINGS[kind],
    iconPath: {
      light: vscode.Uri.parse(icon(kind, 'light')),
      dark: vscode.Uri.parse(icon(kind, 'dark')),
    },
  }));
  return [{ label: 'what the bars mean', kind: vscode.QuickPickItemKind.Separator }, ...kinds];
}

function titleOf({ server, follower }: Measured): string {
  const { totals } = follower.known;
  const figure = totals && totals.statements > 0 ? `: ${percent(totals.percent)}` : '';
  return `Coverage of ${server.note.application}${figure}`;
}

/** Nothing of it can be shown in the files of this workspace. */
async function isElsewhere({ note }: Server): Promise<void> {
  const said = `${note.application} was started in ${note.folder}, which is not of this workspace: open it to see its coverage.`;
  if ((await vscode.window.showInformationMessage(said, OPEN)) === undefined) return;
  const folder = vscode.Uri.file(note.folder);
  await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
}

async function isNone(server: Server | undefined): Promise<void> {
  const said = server
    ? `${server.note.application} was started without --coverage.`
    : 'No server of this workspace measures coverage.';
  if ((await vscode.window.showInformationMessage(said, START)) === undefined) return;
  const folders = server ? [vscode.Uri.file(server.note.folder)] : [];
  await vscode.commands.executeCommand('spawning.startWithCoverage', ...folders);
}

async function browse({ page }: Address, { note }: Server): Promise<void> {
  if (page === undefined) {
    void vscode.window.showInformationMessage(noPageOf(note));
    return;
  }
  await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(page)));
}
