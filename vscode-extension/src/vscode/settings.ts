/** The settings that concern the start of a server. */

import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { LaunchSettings } from '../core/commandLine';
import { substituted } from '../core/variables';

export interface Settings extends LaunchSettings {
  /** As after `spawn`; '' where none is named. */
  readonly application: string;
  readonly interpreterPath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly openBrowser: boolean;
}

/** Returns the settings of a folder, with their variables replaced. */
export function settingsOf(folder: vscode.WorkspaceFolder): Settings {
  const found = vscode.workspace.getConfiguration('spawning', folder.uri);
  const around = { folder: folder.uri.fsPath, home: homedir(), environment: process.env };
  const text = (value: unknown): string =>
    typeof value === 'string' ? substituted(value.trim(), around) : '';
  const port = found.get<unknown>('port');
  const words = found.get<unknown>('arguments');
  const variables = Object.entries(found.get<Record<string, unknown>>('environment') ?? {});
  return {
    application: text(found.get('application')),
    interpreterPath: text(found.get('interpreterPath')),
    arguments: Array.isArray(words) ? words.map(text).filter(Boolean) : [],
    environment: Object.fromEntries(
      variables.map(([name, value]) => [
        name,
        typeof value === 'string' ? text(value) : String(value),
      ]),
    ),
    port: typeof port === 'number' ? port : null,
    reload: found.get('reload', true),
    backdoor: found.get('backdoor', true),
    openBrowser: found.get('openBrowser', false),
  };
}
