/** Restricted mode: nothing of a folder is run that the user does not trust. */

import * as vscode from 'vscode';

const MANAGE = 'Manage Workspace Trust';

/** Returns whether the workspace is trusted; says what that is needed for where it is not. */
export function isTrusted(what: string): boolean {
  if (vscode.workspace.isTrusted) {
    return true;
  }
  void vscode.window
    .showWarningMessage(`${what} needs a workspace that you trust: it runs the code in it.`, MANAGE)
    .then((answer) =>
      answer === MANAGE ? vscode.commands.executeCommand('workbench.trust.manage') : undefined,
    );
  return false;
}
