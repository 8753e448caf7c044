/** The tree of servers, generations, workers and requests; draws again only what has changed. */

import * as vscode from 'vscode';
import type { Seen } from '../core/bar';
import { agedTo } from '../core/model';
import { changedIn, isLeaf } from '../core/redrawing';
import { type Entry, isAgeing, serverId, type Tree, treeOf } from '../core/tree';
import { PROBLEM } from './problems';
import type { Parts, Server, Servers } from './parts';

const TICK = 1000;
const EMPTY: Tree = { roots: [], entries: new Map() };

/** What commands of the tree's menus are given; one for each id, for as long as that is there. */
export interface Item {
  readonly id: string;
  readonly server: Server;
}

export function registerTree({ servers }: Pick<Parts, 'servers'>): vscode.Disposable {
  const branches = new Branches(servers);
  const view = vscode.window.createTreeView<Item>('spawning.servers', {
    treeDataProvider: branches,
  });
  const tick = () => {
    branches.keepTime(view.visible);
  };
  return vscode.Disposable.from(
    branches,
    view,
    view.onDidChangeVisibility(tick),
    servers.onDidChange(() => {
      branches.update();
      tick();
    }),
  );
}

class Branches implements vscode.TreeDataProvider<Item>, vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<Item[] | undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  readonly #servers: Servers;
  readonly #items = new Map<string, Item>();
  #tree = EMPTY;
  #timer: NodeJS.Timeout | undefined;

  constructor(servers: Servers) {
    this.#servers = servers;
    this.update();
  }

  getChildren(item?: Item): Item[] {
    const ids =
      item === undefined ? this.#tree.roots : (this.#tree.entries.get(item.id)?.children ?? []);
    return ids.map((id) => this.#items.get(id)).filter((one) => one !== undefined);
  }

  getTreeItem(item: Item): vscode.TreeItem {
    const entry = this.#tree.entries.get(item.id);
    return entry === undefined ? new vscode.TreeItem('') : drawn(entry, item);
  }

  getParent(item: Item): Item | undefined {
    const parent = [...this.#tree.entries.values()].find((entry) =>
      entry.children.includes(item.id),
    );
    return parent && this.#items.get(parent.id);
  }

  /** Takes in what the servers have told. */
  update(): void {
    const own = this.#servers.ofWorkspace();
    const others = this.#servers.all.filter((server) => !own.includes(server));
    const now = Date.now() / 1000;
    const before = this.#tree;
    this.#tree = treeOf(own.map(asOf(now)), others.map(asOf(now)));
    this.#renew([...own, ...others]);
    const changed = changedIn(before, this.#tree);
    if (changed === undefined) {
      this.#changes.fire(undefined);
    } else if (changed.length > 0) {
      this.#changes.fire(
        changed.map((id) => this.#items.get(id)).filter((one) => one !== undefined),
      );
    }
  }

  /** Lets ages go on, while somebody looks and something is in flight. */
  keepTime(isVisible: boolean): void {
    const isNeeded = isVisible && isAgeing(this.#tree);
    if (isNeeded && this.#timer === undefined) {
      this.#timer = setInterval(() => {
        this.update();
      }, TICK);
    } else if (!isNeeded) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#changes.dispose();
  }

  /** The editor knows an entry by the item that it was given first. */
  #renew(servers: readonly Server[]): void {
    const byId = new Map(servers.map((server) => [serverId(server), server]));
    for (const id of [...this.#items.keys()].filter((one) => !this.#tree.entries.has(one))) {
      this.#items.delete(id);
    }
    for (const id of this.#tree.entries.keys()) {
      const server = byId.get(id.split('/', 1)[0] ?? '');
      if (server !== undefined && !this.#items.has(id)) {
        this.#items.set(id, { id, server });
      }
    }
  }
}

function asOf(now: number): (server: Seen) => Seen {
  return ({ note, status }) => ({ note, status: status && agedTo(status, now) });
}

function drawn(entry: Entry, { server }: Item): vscode.TreeItem {
  const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const unfolded = entry.isOpen ? Expanded : Collapsed;
  const item = new vscode.TreeItem(entry.label, entry.children.length > 0 ? unfolded : None);
  const color = entry.color === '' ? undefined : new vscode.ThemeColor(entry.color);
  // One with children for the first time is a new one, or the editor would keep it folded.
  item.id = isLeaf(entry) ? entry.id : `${entry.id}/`;
  item.description = entry.description;
  item.tooltip = entry.tooltip || entry.label;
  item.iconPath = new vscode.ThemeIcon(entry.icon, color);
  item.contextValue = entry.context;
  item.accessibilityInformation = {
    label: [entry.label, entry.description, entry.tooltip].filter(Boolean).join(', '),
  };
  if (entry.failure !== undefined) {
    item.command = { command: PROBLEM, title: 'Show Problem', arguments: [{ server }] };
  }
  return item;
}
