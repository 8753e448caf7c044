/** Progress that is shown only where there is something to wait for. */

import * as vscode from 'vscode';

const SLOW = 700;

/** Says how far it has come. */
export type Tell = (text: string) => void;

/** Does some work, and shows that it is done, with Cancel, if it takes longer than a moment. */
export async function whileSlow<T>(
  title: string,
  work: (token: vscode.CancellationToken, tell: Tell) => Promise<T>,
): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  let said = '';
  let show: Tell = () => undefined;
  const result = work(source.token, (text) => {
    said = text;
    show(text);
  });
  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, async (progress, token) => {
      show = (message) => {
        progress.report({ message });
      };
      show(said);
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
