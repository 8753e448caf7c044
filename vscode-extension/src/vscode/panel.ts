/** The status panel: one for each application, live for as long as it is open. */

import type * as vscode from 'vscode';
import { pageOf, placesOf } from '../core/page';
import { nameOf, placedIn } from '../core/phrases';
import { openPlace } from './opening';
import type { Parts, Server } from './parts';
import { fill, openPanel } from './webviews';

export type ShowStatus = (server: Server) => void;

export interface Panels {
  /** Opens the panel of a server, or brings it to the front. */
  readonly show: ShowStatus;
  dispose(): void;
}

export function registerPanel(parts: Pick<Parts, 'context' | 'servers'>): Panels {
  const panels = new Map<string, Panel>();
  const show = (server: Server) => {
    const key = keyOf(server);
    const known = panels.get(key);
    if (known !== undefined) {
      known.turnTo(server);
      return;
    }
    panels.set(key, new Panel(parts.context.extensionUri, server, () => panels.delete(key)));
  };
  const changes = parts.servers.onDidChange((server) => {
    if (server !== undefined) {
      panels.get(keyOf(server))?.hear(server);
    }
  });
  const dispose = () => {
    changes.dispose();
    [...panels.values()].forEach((panel) => {
      panel.dispose();
    });
  };
  return { show, dispose };
}

/** One that is started anew is shown where its predecessor was. */
function keyOf({ note }: Server): string {
  return `${note.folder}\0${note.application}`;
}

class Panel {
  readonly #panel: vscode.WebviewPanel;
  #server: Server;
  #posted = '';

  constructor(extensionUri: vscode.Uri, server: Server, closed: () => void) {
    this.#server = server;
    this.#panel = openPanel(extensionUri, 'spawning.status', `${nameOf(server.note)}: status`);
    this.#panel.onDidDispose(closed);
    this.#panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    fill(this.#panel.webview, extensionUri, { title: 'Status', name: 'panel' });
  }

  /** Shows a server that the user has asked for. */
  turnTo(server: Server): void {
    this.#server = server;
    this.#panel.reveal();
    this.#post();
  }

  /** Something is new of a server of this application. */
  hear(server: Server): void {
    if (this.#server.isGone) {
      this.#server = server;
    }
    if (server === this.#server) {
      this.#post();
    }
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #post(): void {
    const view = pageOf(this.#server, this.#server.isGone);
    const text = JSON.stringify(view);
    if (text !== this.#posted) {
      this.#posted = text;
      void this.#panel.webview.postMessage({ view, now: Date.now() / 1000 });
    }
  }

  async #receive(message: unknown): Promise<void> {
    const { kind, place } = (message ?? {}) as { kind?: unknown; place?: unknown };
    if (kind === 'ready') {
      this.#posted = '';
      this.#post();
    } else if (kind === 'open' && typeof place === 'number') {
      await this.#open(place);
    }
  }

  /** The page names a place by its number, so it can open none but those that it was given. */
  async #open(number: number): Promise<void> {
    const failure = this.#server.status?.last_failure;
    const place = failure && placesOf(failure)[number];
    if (place) {
      const isOwn = place.file === failure.file && place.line === failure.line;
      await openPlace(
        placedIn(place.file, this.#server.note),
        place.line,
        isOwn ? failure.column : null,
      );
    }
  }
}
