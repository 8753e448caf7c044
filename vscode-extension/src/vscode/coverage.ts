/** Coverage of running servers: in the gutter, in the status bar, and what can be done with it. */

import * as vscode from 'vscode';
import { type Address, addressOf, measures } from '../core/coverage/address';
import { asker } from '../core/coverage/asking';
import { Follower } from '../core/coverage/follower';
import { marksFor } from '../core/coverage/known';
import type { Mark } from '../core/coverage/marks';
import { Signs } from '../core/coverage/signs';
import { statusLine } from '../core/coverage/totals';
import { CoverageMarks, editors, pathsOf } from './coverageMarks';
import { CoverageMenu } from './coverageMenu';
import type { Parts, Server } from './parts';

const SHOWN = 'coverage.shown';

export function registerCoverage(parts: Parts): vscode.Disposable {
  return vscode.Disposable.from(new Coverage(parts));
}

/** One server that measures coverage. */
export interface Measured {
  readonly server: Server;
  readonly address: Address;
  readonly follower: Follower;
  dispose(): void;
}

class Coverage {
  private measured: Measured[] = [];
  private readonly marks = new CoverageMarks();
  private readonly menu: CoverageMenu;
  private readonly item = vscode.window.createStatusBarItem(
    'spawning.coverage',
    vscode.StatusBarAlignment.Left,
    -1,
  );
  private readonly disposables: readonly { dispose(): unknown }[];

  constructor(private readonly parts: Parts) {
    const state = parts.context.workspaceState;
    this.menu = new CoverageMenu(parts, () => this.measured, {
      get: () => state.get(SHOWN, true),
      set: async (isShown) => {
        await state.update(SHOWN, isShown);
        this.look();
        this.show();
      },
    });
    this.item.name = 'Spawning: Coverage';
    this.item.command = 'spawning.showCoverage';
    const look = (): void => {
      this.look();
      this.show();
    };
    this.disposables = [
      this.marks,
      this.menu,
      this.item,
      vscode.commands.registerCommand('spawning.showCoverage', (item: unknown) =>
        this.menu.open(item),
      ),
      parts.servers.onDidChange(() => {
        this.find();
      }),
      vscode.window.onDidChangeVisibleTextEditors(look),
      vscode.window.onDidChangeActiveTextEditor(look),
      vscode.window.onDidChangeWindowState(look),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (editors().some((editor) => editor.document === document)) this.show();
      }),
    ];
    this.find();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables, ...this.measured).dispose();
  }

  /** Follows the servers that measure, and no other. */
  private find(): void {
    const found = this.parts.servers
      .ofWorkspace()
      .filter((server) => !server.isGone && measures(server.note, server.status));
    const kept = this.measured.filter((one) => found.includes(one.server));
    const left = this.measured.filter((one) => !found.includes(one.server));
    const fresh = found.filter((server) => !kept.some((one) => one.server === server));
    if (left.length === 0 && fresh.length === 0) return;
    for (const one of left) one.dispose();
    this.measured = [...kept, ...fresh.map((server) => this.follow(server))];
    this.look();
    this.show();
  }

  private follow(server: Server): Measured {
    const address = addressOf(server.note);
    const hasSigns = (): boolean => server.status !== undefined;
    const follower = new Follower(asker(address), hasSigns, () => {
      this.show();
    });
    const signs = new Signs();
    const listening = server.onEvent((event) => {
      const isBusy = signs.of(event);
      if (isBusy !== undefined) follower.hear(isBusy);
    });
    const dispose = (): void => {
      listening.dispose();
      follower.dispose();
    };
    return { server, address, follower, dispose };
  }

  private look(): void {
    const isSeen = this.menu.isShown && vscode.window.state.focused;
    const paths = editors().flatMap((editor) => pathsOf(editor.document));
    for (const { follower } of this.measured) follower.look({ isSeen, paths });
  }

  private show(): void {
    if (this.menu.isShown) this.marks.show((paths, text) => this.marksOf(paths, text));
    else this.marks.hide();
    this.showTotals();
  }

  private marksOf(paths: readonly string[], text: string): readonly Mark[] | undefined {
    for (const { follower } of this.measured) {
      const path = paths.find((one) => follower.known.rows.has(one));
      if (path !== undefined) return marksFor(follower.known, path, text);
    }
    return undefined;
  }

  private showTotals(): void {
    const active = vscode.window.activeTextEditor?.document;
    const paths = active ? pathsOf(active) : [];
    const meant =
      this.measured.find(({ follower }) => paths.some((one) => follower.known.rows.has(one))) ??
      this.measured[0];
    const line =
      meant &&
      statusLine(meant.follower.known, meant.server.note.application, meant.follower.trouble);
    if (!line || !this.menu.isShown) {
      this.item.hide();
      return;
    }
    this.item.text = line.text;
    this.item.tooltip = line.tooltip;
    this.item.accessibilityInformation = { label: line.tooltip };
    this.item.show();
  }
}
