/** Progress that is shown only where there is something to wait for. */

import * as vscode from 'vscode';

const SLOW = 700;

/** Does some work, and shows that it is done, with Cancel, if it takes longer than a moment. */
export async function whileSlow<T>(
  title: string,
  work: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  const result = work(source.token);
  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, async (_progress, token) => {
      token.onCancellationRequested(() => {
        source.cancel();
      });
      await result.catch(() => undefined);
    });
  }, SLOW);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
    source.dispose();
  }
}
