/** The Python that runs the servers of a folder: asked of the Python extensions, if there are any. */

import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import {
  CHECKUP,
  COMMANDS,
  ENVIRONMENTS,
  checkupFrom,
  complaintAbout,
  firstOf,
  type Complaint,
  type Python,
} from '../core/interpreter';
import { openSetting } from './opening';
import { settingsOf } from './settings';

const PYTHON_ENVS = 'ms-python.vscode-python-envs';
const PYTHON = 'ms-python.python';
/** An extension that does not come up must not keep a server from starting. */
const PATIENCE = 10_000;
const CHECKUP_PATIENCE = 30_000;

const SELECT = 'Select Interpreter';
const INSTALL = 'Install';

interface PythonEnvsApi {
  getEnvironment(
    scope: vscode.Uri,
  ): Promise<
    { readonly execInfo?: { readonly run?: { readonly executable?: string } } } | undefined
  >;
}

interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource: vscode.Uri): { readonly path: string };
    resolveEnvironment(
      path: unknown,
    ): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/** Runs words in a terminal, and tells whether they have done it. */
export type Run = (words: readonly string[], cwd: string) => Promise<boolean>;

export class Interpreters {
  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly run: Run,
  ) {}

  /** Returns the interpreter of a folder, which has all it needs; undefined: the user was told. */
  async checked(folder: vscode.WorkspaceFolder, needsDebugpy = false): Promise<string | undefined> {
    const python = await this.find(folder);
    if (python === undefined) {
      await this.offer(folder, 'No Python was found to run Spawning with.', undefined);
      return undefined;
    }
    this.log.info(`${folder.name}: ${python.path} (${python.origin})`);
    for (;;) {
      const complaint = await this.complaint(python, needsDebugpy);
      if (complaint === undefined) {
        return python.path;
      }
      if (!(await this.offer(folder, complaint.sentence, complaint.install))) {
        return undefined;
      }
    }
  }

  /** Returns the interpreter that is meant for a folder, whatever it may lack. */
  async find(folder: vscode.WorkspaceFolder): Promise<Python | undefined> {
    const setting = settingsOf(folder).interpreterPath;
    if (setting) {
      const path = isAbsolute(setting) ? setting : join(folder.uri.fsPath, setting);
      return { path, origin: 'the setting spawning.interpreterPath' };
    }
    return firstOf([
      () => this.ask(PYTHON_ENVS, (api) => ofPythonEnvs(api as PythonEnvsApi, folder.uri)),
      () => this.ask(PYTHON, (api) => ofPython(api as PythonApi, folder.uri)),
      () => inFolder(folder.uri.fsPath),
      inPath,
    ]);
  }

  private async ask(
    id: string,
    question: (api: unknown) => Promise<string | undefined>,
  ): Promise<Python | undefined> {
    const extension = vscode.extensions.getExtension<unknown>(id);
    if (extension === undefined) {
      return undefined;
    }
    try {
      const path = await within(
        PATIENCE,
        Promise.resolve(extension.activate()).then((api) => (api ? question(api) : undefined)),
      );
      return path && (await isExecutable(path)) ? { path, origin: id } : undefined;
    } catch (error) {
      this.log.warn(`${id} names no interpreter: ${String(error)}`);
      return undefined;
    }
  }

  private async complaint(python: Python, needsDebugpy: boolean): Promise<Complaint | undefined> {
    if (!(await isExecutable(python.path))) {
      const sentence = `There is no interpreter ${python.path} (${python.origin}).`;
      return { sentence, install: undefined };
    }
    const printed = await printedBy(python.path);
    const checkup = checkupFrom(printed);
    if (checkup === undefined) {
      this.log.error(`${python.path}: ${printed}`);
      const sentence = `${python.path} (${python.origin}) is no Python that can be run.`;
      return { sentence, install: undefined };
    }
    return complaintAbout(python, checkup, needsDebugpy);
  }

  /** Says what is wrong; returns whether it has been mended. */
  private async offer(
    folder: vscode.WorkspaceFolder,
    sentence: string,
    install: readonly string[] | undefined,
  ): Promise<boolean> {
    const buttons = [...(install ? [INSTALL] : []), SELECT];
    const answer = await vscode.window.showErrorMessage(sentence, ...buttons);
    if (answer === SELECT) {
      await selectInterpreter();
    }
    return answer === INSTALL && install !== undefined
      ? this.run(install, folder.uri.fsPath)
      : false;
  }
}

/** Has the user choose an interpreter, by whoever does that in this editor. */
export async function selectInterpreter(): Promise<void> {
  if (vscode.extensions.getExtension(PYTHON)) {
    await vscode.commands.executeCommand('python.setInterpreter');
  } else if (vscode.extensions.getExtension(PYTHON_ENVS)) {
    await vscode.commands.executeCommand('python-envs.set');
  } else {
    await openSetting('spawning.interpreterPath');
  }
}

async function ofPythonEnvs(api: PythonEnvsApi, uri: vscode.Uri): Promise<string | undefined> {
  const environment = await api.getEnvironment(uri);
  return environment?.execInfo?.run?.executable;
}

async function ofPython({ environments }: PythonApi, uri: vscode.Uri): Promise<string | undefined> {
  if (environments === undefined) {
    return undefined;
  }
  const path = environments.getActiveEnvironmentPath(uri);
  const resolved = await environments.resolveEnvironment(path);
  return resolved?.executable.uri?.fsPath ?? path.path;
}

async function inFolder(folder: string): Promise<Python | undefined> {
  for (const name of ENVIRONMENTS) {
    const path = join(folder, name, 'bin', 'python');
    if (await isExecutable(path)) {
      return { path, origin: `found in ${name}` };
    }
  }
  return undefined;
}

async function inPath(): Promise<Python | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const command of COMMANDS) {
    for (const folder of folders) {
      const path = join(folder, command);
      if (await isExecutable(path)) {
        return { path, origin: 'found in PATH' };
      }
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return isAbsolute(path);
  } catch {
    return false;
  }
}

/** Returns what an interpreter prints about itself, and what it complains of. */
function printedBy(path: string): Promise<string> {
  // In `/`, for the current folder is on the path with `-c`, and may hold a json.py.
  const options = { cwd: '/', timeout: CHECKUP_PATIENCE };
  return new Promise((resolve) => {
    execFile(path, ['-c', CHECKUP], options, (error, stdout, stderr) => {
      resolve(error ? `${error.message}\n${stderr}` : stdout);
    });
  });
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it has not answered for ${milliseconds / 1000} s`));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
