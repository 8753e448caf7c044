/**
 * The frame of our webviews: each runs one script of the extension, and loads nothing else.
 *
 * Text of clients and of the application reaches a page by messages, never by its markup.
 */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

const FOLDERS = ['dist', 'media'];

export interface Page {
  readonly title: string;
  /** The name of its script in `dist`, and of its style in `media`. */
  readonly name: string;
  /** What stands in it before the script runs. */
  readonly body?: string;
}

/** Opens a panel in the group of the active editor; its page comes with `fill`. */
export function openPanel(
  extension: vscode.Uri,
  type: string,
  title: string,
  options: vscode.WebviewPanelOptions = {},
): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(type, title, vscode.ViewColumn.Active, {
    ...options,
    enableScripts: true,
    localResourceRoots: FOLDERS.map((folder) => vscode.Uri.joinPath(extension, folder)),
  });
}

export function fill(webview: vscode.Webview, extension: vscode.Uri, page: Page): void {
  const { title, name, body = '' } = page;
  const nonce = randomBytes(16).toString('base64');
  const address = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, ...path)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  webview.html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${address('media', `${name}.css`)}">
</head>
<body>
${body}
<script nonce="${nonce}" src="${address('dist', `${name}.js`)}"></script>
</body>
</html>`;
}
