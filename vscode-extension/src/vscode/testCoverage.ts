/** What runs in a server, as a snapshot in VS Code's own view of test coverage. */

import * as vscode from 'vscode';
import { fileLinesOf, linesOf, liveOf } from '../core/coverage/answers';
import { type Ask, CoverageTrouble } from '../core/coverage/asking';
import { type SnapshotFile, type Statement, snapshotOf } from '../core/coverage/snapshot';

const FOREIGN = 'the server speaks of coverage as this version of the extension does not know.';

/** The controller comes with the first snapshot: it puts an icon into the activity bar. */
export class TestCoverage implements vscode.Disposable {
  private controller: vscode.TestController | undefined;
  private profile: vscode.TestRunProfile | undefined;
  private readonly lines = new WeakMap<vscode.FileCoverage, SnapshotFile>();

  dispose(): void {
    this.controller?.dispose();
  }

  /** The promise is rejected with CoverageTrouble. */
  async take(ask: Ask, name: string): Promise<void> {
    const files = await snapshot(ask);
    if (files.length === 0) {
      throw new CoverageTrouble('nothing has been measured yet: no line of the project has run.');
    }
    const controller = (this.controller ??= vscode.tests.createTestController(
      'spawning.coverage',
      'Coverage of Running Servers',
    ));
    const profile = (this.profile ??= this.profileOf(controller));
    const request = new vscode.TestRunRequest([], undefined, profile);
    const run = controller.createTestRun(request, `Coverage of ${name}`, false);
    for (const file of files) run.addCoverage(this.coverageOf(file));
    // What was measured is shown when the run has ended.
    run.end();
    await vscode.commands.executeCommand('workbench.view.testCoverage.focus');
  }

  private profileOf(controller: vscode.TestController): vscode.TestRunProfile {
    const profile = controller.createRunProfile(
      'Snapshot of a running server',
      vscode.TestRunProfileKind.Coverage,
      () => vscode.commands.executeCommand<undefined>('spawning.showCoverage'),
    );
    profile.loadDetailedCoverage = (_run, file) =>
      Promise.resolve((this.lines.get(file)?.lines ?? []).map(statementOf));
    return profile;
  }

  private coverageOf(file: SnapshotFile): vscode.FileCoverage {
    const { path, statements, branches } = file;
    const made = new vscode.FileCoverage(
      vscode.Uri.file(path),
      new vscode.TestCoverageCount(statements.covered, statements.total),
      branches && new vscode.TestCoverageCount(branches.covered, branches.total),
    );
    this.lines.set(made, file);
    return made;
  }
}

async function snapshot(ask: Ask): Promise<SnapshotFile[]> {
  // The lines first: they come when all files are analysed.
  const files = fileLinesOf(await ask('.json?since=0&run=-'));
  const live = liveOf(await ask('/live.json'));
  if (!files || !live) throw new CoverageTrouble(FOREIGN);
  const partial = new Map<string, Readonly<Record<string, string>>>();
  for (const { path } of live.files.filter((file) => file.partial > 0)) {
    const answer = linesOf(await ask(`/lines.json?${new URLSearchParams({ path }).toString()}`));
    if (answer?.lines) partial.set(path, answer.lines.partial);
  }
  return snapshotOf(live.files, files, partial);
}

function statementOf({ line, ran, missed }: Statement): vscode.StatementCoverage {
  const at = new vscode.Position(line, 0);
  return new vscode.StatementCoverage(
    ran,
    at,
    missed.map((label) => new vscode.BranchCoverage(false, at, label)),
  );
}
