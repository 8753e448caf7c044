/** A real server, started by hand, is found, followed and told by its problems, until it ends. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ServerEvent } from '../../src/core/contract';
import type { Server } from '../../src/vscode/parts';
import { createServers, type Discovery } from '../../src/vscode/servers';

const OPTIONS = ['--reload=dev', '--status-port', '0', '--port', '0'];
/** Milliseconds; the machine may be busy with other tests. */
const PATIENCE = 30_000;

const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
const prices = join(folder, 'shop', 'prices.py');

/** Waits for an event after which something is true. */
async function until(
  event: vscode.Event<unknown>,
  what: string,
  holds: () => unknown,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      settle(() => {
        reject(new Error(`${what}: not within ${PATIENCE / 1000} s`));
      });
    }, PATIENCE);
    const settle = (end: () => void) => {
      listener.dispose();
      clearTimeout(late);
      end();
    };
    const look = () => {
      if (holds()) settle(resolve);
    };
    const listener = event(look);
    look();
  });
}

function problems(): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(prices))
    .filter(({ source }) => source === 'Spawning');
}

/** The process that answers on the status port of a controller. */
function statusPage(controller: number): number {
  const title = `status page of controller ${controller}`;
  const found = readdirSync('/proc').find(
    (pid) => /^\d+$/.test(pid) && commandLine(pid).includes(title),
  );
  assert.ok(found, title);
  return Number(found);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}

describe('a server that was started by hand', () => {
  const text = readFileSync(prices, 'utf8');
  let servers: Discovery;
  let child: ChildProcess;
  let server: Server;

  before(async () => {
    await vscode.extensions.getExtension('spawning.spawning')?.activate();
    const python = vscode.workspace.getConfiguration('spawning').get<string>('interpreterPath');
    servers = createServers(vscode.window.createOutputChannel('Test', { log: true }));
    child = spawn(python ?? 'python3', ['-m', 'spawning', ...OPTIONS, 'shop.app:application'], {
      cwd: folder,
      stdio: 'ignore',
    });
    const { token } = new vscode.CancellationTokenSource();
    const found = await servers.withPid(child.pid ?? 0, token);
    assert.ok(found);
    server = found;
  });

  after(() => {
    writeFileSync(prices, text);
    child.kill('SIGQUIT');
    servers.dispose();
  });

  const status = () => server.status;
  const reaches = (what: string, holds: () => unknown) => until(server.onEvent, what, holds);

  it('is found by its note, and belongs to the workspace', () => {
    assert.equal(server.note.folder, folder);
    assert.deepEqual(servers.ofWorkspace(), [server]);
  });

  it('says hello, and serves', async () => {
    await reaches('generation 1 serves', () => status()?.generation.serving === 1);
    await reaches('it is healthy', () => status()?.health === 'healthy');
  });

  it('tells a save as a new generation', async () => {
    const heard: ServerEvent['event'][] = [];
    server.onEvent(({ event }) => heard.push(event));
    const document = await vscode.workspace.openTextDocument(prices);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(document.lineCount, 0), '\nSOLD = 0\n');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await reaches('generation 2 serves', () => status()?.generation.serving === 2);
    assert.ok(heard.includes('generation-begun') && heard.includes('generation-serves'));
    assert.ok((status()?.generation.after ?? 0) > 0);
  });

  it('has a failed reload among the problems, where it failed', async () => {
    writeFileSync(prices, text.replace('"frog": 5', '"🐸é": fife'));
    await until(
      vscode.languages.onDidChangeDiagnostics,
      'a problem',
      () => problems().length === 1,
    );
    const [problem] = problems();
    const line = text.split('\n').findIndex((one) => one.includes('frog'));
    const column = '"🐸é": '.length + (text.split('\n')[line]?.indexOf('"frog"') ?? 0);
    assert.match(problem?.message ?? '', /NameError: name 'fife' is not defined/);
    assert.deepEqual(problem?.range, new vscode.Range(line, column, line, column + 'fife'.length));
    const [related] = problem.relatedInformation ?? [];
    assert.equal(related?.location.uri.fsPath, join(folder, 'shop', 'app.py'));
    assert.equal(status()?.generation.serving, 2);
  });

  it('has a syntax error at its own position', async () => {
    writeFileSync(prices, `é = "🐸" ]\n${text}`);
    await until(vscode.languages.onDidChangeDiagnostics, 'another problem', () =>
      problems().some(({ message }) => message.startsWith('SyntaxError')),
    );
    assert.deepEqual(problems()[0]?.range.start, new vscode.Position(0, 'é = "🐸" '.length));
  });

  it('has none any more when it is mended', async () => {
    writeFileSync(prices, text);
    await until(
      vscode.languages.onDidChangeDiagnostics,
      'no problem',
      () => problems().length === 0,
    );
    await reaches('it is healthy', () => status()?.health === 'healthy');
  });

  it('reloads when it is told to', async () => {
    const before = status()?.generation.serving ?? 0;
    await vscode.commands.executeCommand('spawning.reload', { server });
    assert.ok((status()?.generation.serving ?? 0) > before);
  });

  it('has a status panel', async () => {
    const { tabGroups } = vscode.window;
    await vscode.commands.executeCommand('spawning.showStatus', { server });
    await until(tabGroups.onDidChangeTabs, 'the panel', () =>
      tabGroups.all.some(({ tabs }) =>
        tabs.some(({ label }) => label === 'shop.app:application: status'),
      ),
    );
  });

  it('is followed on when its status page is started anew', async () => {
    const before = status()?.generation.serving ?? 0;
    process.kill(statusPage(server.note.pid), 'SIGKILL');
    await vscode.commands.executeCommand('spawning.reload', { server });
    assert.ok((status()?.generation.serving ?? 0) > before);
  });

  it('is gone when it has ended', async () => {
    child.kill('SIGTERM');
    await until(servers.onDidChange, 'it is gone', () => server.isGone);
    assert.deepEqual(servers.ofWorkspace(), []);
  });
});
