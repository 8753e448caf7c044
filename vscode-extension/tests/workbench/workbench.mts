/** The workbench as its user sees it: what is clicked and typed, and what is then to be seen. */

import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Locator, Page } from 'playwright-core';
import { PATIENCE } from './browser.mts';
import type { CodeServer } from './code_server.mts';
import type { Sample } from './sample.mts';
import { wanted } from './surroundings.mts';

type Text = string | RegExp;

const CLEARING = [
  'View: Close All Editors',
  'Terminal: Kill All Terminals',
  'Notifications: Clear All Notifications',
];

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

/** What is answered at a unix socket. */
function asked(socketPath: string, path: string): Promise<string> {
  return new Promise((answered, reject) => {
    request({ socketPath, path }, (response) => {
      answered(text(response));
    })
      .once('error', reject)
      .end();
  });
}

export class Workbench {
  readonly page: Page;
  readonly sample: Sample;
  private readonly server: CodeServer;

  constructor(page: Page, sample: Sample, server: CodeServer) {
    this.page = page;
    this.sample = sample;
    this.server = server;
  }

  /** The same editor in another page. */
  beside(page: Page): Workbench {
    return new Workbench(page, this.sample, this.server);
  }

  /** Opens the sample's folder, and waits until the extension is there. */
  async open(): Promise<void> {
    await this.show(this.sample.folder);
    await this.statusItem('Spawning').waitFor();
  }

  /** Opens a folder, the file of a workspace, or nothing. */
  async show(place: string | undefined): Promise<void> {
    const isWorkspace = place?.endsWith('.code-workspace') ?? false;
    const key = isWorkspace ? 'workspace' : 'folder';
    const query = new URLSearchParams(place === undefined ? { ew: 'true' } : { [key]: place });
    await this.page.goto(`${this.server.url}/?${query.toString()}`);
    await this.page.locator('.part.statusbar').waitFor();
    if (isWorkspace) await this.showFolders();
  }

  /**
   * Waits for the folders of a workspace.
   *
   * The editor itself may read the file too early and show no folder then, for good, so the page
   * is loaded again, as a user would.
   */
  private async showFolders(): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE);
    for (;;) {
      try {
        const rows = this.page.locator('.explorer-folders-view .monaco-list-row');
        await rows.first().waitFor({ timeout: PATIENCE / 5 });
        return;
      } catch (error) {
        if (late.aborted) throw error;
        await this.page.reload();
      }
    }
  }

  /** Leaves it as it was found: no server, no editor, no terminal, the sample unchanged. */
  async clear(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.server.endServers();
    for (const title of CLEARING) await this.command(title);
    await this.page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    this.sample.restore();
  }

  /** The same by force. */
  async reopen(): Promise<void> {
    await this.server.endServers();
    this.sample.restore();
    await this.page.goto('about:blank');
    await this.open();
    await this.clear();
  }

  /** Runs a command by the palette. */
  async command(title: string): Promise<void> {
    await this.quickOpen('F1', `>${title}`, title);
  }

  async openFile(name: string): Promise<void> {
    await this.quickOpen('Control+P', name, name.split('/').at(-1) ?? name);
    await this.tab(name.split('/').at(-1) ?? name).waitFor();
  }

  /**
   * Opens a list by a key, and takes an entry of it.
   *
   * What happens in the window meanwhile (extensions come, a view takes the focus) may swallow the
   * key or close the list, so it is pressed again, as a user would.
   */
  private async quickOpen(key: string, text: string, label: string): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE);
    const soon = { timeout: PATIENCE / 5 };
    for (;;) {
      try {
        await this.page.keyboard.press(key);
        await this.quickInput.waitFor(soon);
        await this.quickInput.fill(text, soon);
        // Not by Enter: what was used last stands before what matches best.
        const row = this.page.locator('.quick-input-list .label-name', { hasText: exactly(label) });
        await row.click(soon);
        return;
      } catch (error) {
        if (late.aborted) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget input[type=text]');
  }

  /** An entry of the list that is open. */
  quickRow(text: Text): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  tab(name: string): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: name });
  }

  statusItem(text: Text): Locator {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  treeRow(text: Text): Locator {
    return this.page.locator('.sidebar .pane-body .monaco-list-row', { hasText: text }).first();
  }

  /** What the tree of servers says where there is none. */
  get welcome(): Locator {
    return this.page.locator('.sidebar .welcome-view-content');
  }

  problem(text: Text): Locator {
    return this.page.locator('.markers-panel .monaco-list-row', { hasText: text }).first();
  }

  notification(text: Text): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  /** The message over the whole window, and its buttons. */
  dialog(text: Text): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: text });
  }

  /** A line of the terminal that is in front. */
  terminalLine(text: Text): Locator {
    return this.page
      .locator('.terminal-wrapper.active .xterm-rows > div, .terminal-editor .xterm-rows > div')
      .filter({ hasText: text })
      .first();
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits until as many lines of the editor in front have a mark beside them, and are tinted. */
  async hasMarks({ all, tinted }: { all: number; tinted: number }): Promise<void> {
    const editor = '.editor-group-container.active .editor-instance';
    const marks = this.page.locator(`${editor} .glyph-margin-widgets [class*="ced-"]`);
    const tints = this.page.locator(`${editor} .view-overlays [class*="ced-"]`);
    await this.until(async () => (await marks.count()) === all && (await tints.count()) === tinted);
  }

  private async until(isTrue: () => Promise<boolean>): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE);
    while (!(await isTrue())) {
      late.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What a client gets from the server of an application, or from the one that runs. */
  get(path: string, application = ''): Promise<string> {
    const note = this.server.notes.find((one) => one.application.startsWith(application));
    const [url] = note?.urls ?? [];
    if (note === undefined || url === undefined) throw new Error('no server runs');
    const socket = /^unix:(.*)/.exec(url)?.[1];
    const answer =
      socket === undefined
        ? fetch(url + path).then((response) => response.text())
        : asked(resolve(note.folder, socket), path);
    // A journey that fails before it looks at the answer ends its server.
    answer.catch(() => undefined);
    return answer;
  }

  /** The process ids of the servers that run. */
  get servers(): readonly number[] {
    return this.server.servers;
  }

  /** Waits until all of them have ended. */
  gone(): Promise<void> {
    return this.server.serversGone();
  }

  /** Selects the first place of a text in the editor in front. */
  async selectText(text: string): Promise<void> {
    await this.page.locator('.editor-instance .view-lines', { hasText: text }).waitFor();
    await this.page.keyboard.press('Control+F');
    const box = this.page.locator('.find-widget .find-part textarea');
    await box.fill(text);
    // In a narrow editor it is not shown.
    const found = this.page.locator('.find-widget .matchesCount', { hasText: /of [1-9]/ });
    await found.waitFor({ state: 'attached' });
    await this.page.keyboard.press('Escape');
  }

  async shot(name: string): Promise<void> {
    const folder = wanted('SPAWNING_SCREENSHOTS');
    mkdirSync(folder, { recursive: true });
    // What fades in or out is there, or gone.
    const animations = 'disabled';
    await this.page.screenshot({ path: join(folder, `${name}.png`), animations });
  }
}
