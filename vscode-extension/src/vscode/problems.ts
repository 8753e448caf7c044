/** Failed reloads among the editor's problems, for as long as the code that failed is the newest. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Failure } from '../core/contract';
import { type Problem, problemOf, type Related } from '../core/problems';
import { openPlace, rangeIn } from './opening';
import type { Parts, Server, Servers } from './parts';
import { taken } from './taken';

/** Opens the place of a server's failure; it is in no palette. */
export const PROBLEM = 'spawning.showProblem';

export function registerProblems({
  servers,
  log,
}: Pick<Parts, 'servers' | 'log'>): vscode.Disposable {
  const listed = new Listed(servers, log);
  return vscode.Disposable.from(
    listed,
    servers.onDidChange(() => void listed.update()),
    vscode.commands.registerCommand(PROBLEM, async (given: unknown) => {
      const server = taken(given) ?? (await servers.pick('Whose problem?'));
      if (server !== undefined) {
        await showProblem(server);
      }
    }),
  );
}

async function showProblem(server: Server): Promise<void> {
  const problem = problemOf(server.note, server.status);
  if (problem === undefined) {
    return;
  }
  const file = problem.file ?? (await projectFileOf(server));
  if (file === undefined) {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  } else {
    await openPlace(file, problem.line, problem.column);
  }
}

class Listed implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('spawning');
  readonly #servers: Servers;
  readonly #log: vscode.LogOutputChannel;
  #shown: readonly Failure[] = [];

  constructor(servers: Servers, log: vscode.LogOutputChannel) {
    this.#servers = servers;
    this.#log = log;
    void this.update();
  }

  /** Lists what is wrong now; does nothing where that is what is listed. */
  async update(): Promise<void> {
    const failing = this.#servers.all.filter((server) => server.status?.last_failure?.current);
    const failures = failing.flatMap(({ status }) => status?.last_failure ?? []);
    if (
      failures.length === this.#shown.length &&
      failures.every((one, index) => one === this.#shown[index])
    ) {
      return;
    }
    this.#shown = failures;
    const entries = await Promise.all(failing.map((server) => listedOf(server, this.#log)));
    // A newer failure, or none any more, may have been told while the files were read.
    if (this.#shown === failures) {
      this.#collection.clear();
      this.#collection.set(grouped(entries.filter((one) => one !== undefined)));
    }
  }

  dispose(): void {
    this.#shown = [];
    this.#collection.dispose();
  }
}

type Listing = [vscode.Uri, vscode.Diagnostic[]];

async function listedOf(
  server: Server,
  log: vscode.LogOutputChannel,
): Promise<Listing | undefined> {
  const problem = problemOf(server.note, server.status);
  const file = problem?.file ?? (await projectFileOf(server));
  if (problem === undefined || file === undefined) {
    return undefined;
  }
  log.info(
    `generation failed: ${problem.message.replaceAll('\n', '; ')} (${file}:${problem.line})`,
  );
  return [vscode.Uri.file(file), [await diagnosticOf(problem, file)]];
}

async function diagnosticOf(problem: Problem, file: string): Promise<vscode.Diagnostic> {
  const range = rangeIn(await textOf(file), problem.line, problem.column);
  const diagnostic = new vscode.Diagnostic(range, problem.message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'Spawning';
  if (problem.code !== undefined) {
    const { code: value, page } = problem;
    diagnostic.code = page === undefined ? value : { value, target: vscode.Uri.parse(page) };
  }
  diagnostic.relatedInformation = await Promise.all(problem.related.map(relatedOf));
  return diagnostic;
}

async function relatedOf({
  file,
  line,
  message,
}: Related): Promise<vscode.DiagnosticRelatedInformation> {
  const range = rangeIn(await textOf(file), line, null);
  return new vscode.DiagnosticRelatedInformation(
    new vscode.Location(vscode.Uri.file(file), range),
    message,
  );
}

/** What the server has read; an editor may show what is not saved yet. */
function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** Where a failure is listed that no file is to blame for: where the application is named. */
async function projectFileOf({ note }: Server): Promise<string | undefined> {
  const file = join(note.folder, 'pyproject.toml');
  return stat(file).then(
    () => file,
    () => undefined,
  );
}

function grouped(listings: readonly Listing[]): Listing[] {
  const byFile = new Map<string, Listing>();
  for (const [uri, diagnostics] of listings) {
    const known = byFile.get(uri.toString())?.[1] ?? [];
    byFile.set(uri.toString(), [uri, [...known, ...diagnostics]]);
  }
  return [...byFile.values()];
}
