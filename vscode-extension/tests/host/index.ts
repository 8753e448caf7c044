/** What the extension host runs: mocha with all tests of this folder. */

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import * as vscode from 'vscode';

/** Ends when the tests have; raises if one failed.  The results go to the folder that is open. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false });
  for (const name of readdirSync(__dirname)) {
    if (name.endsWith('.test.js')) mocha.addFile(join(__dirname, name));
  }
  let passed = 0;
  const failed = await new Promise<number>((resolve) => {
    mocha.run(resolve).on('pass', () => (passed += 1));
  });
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  writeFileSync(join(folder, '.results.json'), JSON.stringify({ passed, failed }));
  if (failed > 0) throw new Error(`${failed} failed`);
}
