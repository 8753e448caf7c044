/** What the parts of the extension know of each other. */

import type * as vscode from 'vscode';
import type { Note, ServerEvent, Status } from '../core/contract';

/** A server that runs, whoever started it; live from its event stream. */
export interface Server {
  readonly note: Note;
  /** As of the last event; undefined where there is no status page, or before its first word. */
  readonly status: Status | undefined;
  readonly onEvent: vscode.Event<ServerEvent>;
  readonly isGone: boolean;
}

/** The servers of this user on this machine, as their notes tell. */
export interface Servers {
  readonly all: readonly Server[];
  /** A server came, went, or its status is another; undefined: the workspace has other folders. */
  readonly onDidChange: vscode.Event<Server | undefined>;
  /** The servers that were started in the workspace's folders, or below them. */
  ofWorkspace(): readonly Server[];
  /** The one that is meant: the only one, or the one that the user picks; undefined: none. */
  pick(placeHolder: string): Promise<Server | undefined>;
  /** The server whose controller has this process id, as soon as it is there. */
  withPid(pid: number, token: vscode.CancellationToken): Promise<Server | undefined>;
}

export interface LaunchOptions {
  readonly coverage?: boolean;
  readonly debug?: boolean;
}

/** Starts servers and stops them. */
export interface Launcher {
  start(options: LaunchOptions, resource?: vscode.Uri): Promise<Server | undefined>;
  stop(server: Server): Promise<void>;
  /** Stops a server, and starts it as it was started, with one more option. */
  restart(server: Server, option: string): Promise<Server | undefined>;
}

export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly servers: Servers;
  readonly launcher: Launcher;
}
