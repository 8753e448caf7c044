/**
 * Debug configurations: ours, and what becomes of them.
 *
 * Each worker of new code is another process.  The debugger joins it as it starts (`subProcess`),
 * so breakpoints hold across reloads.  Where Microsoft's extension for debugpy is there, it does
 * that; otherwise debugpy's own adapter does, out of the interpreter that runs the server.
 */

import { isFields } from './json';

export const DEBUG_TYPE = 'spawning';
/** Of Microsoft's extension. */
export const DEBUGPY_TYPE = 'debugpy';
/** Keys of a configuration that say what is served; the command line has them. */
const OURS = ['application', 'arguments', 'coverage'];

/** As in launch.json; whatever else stands there is for the debugger. */
export interface SpawningConfiguration {
  readonly type: string;
  readonly request: string;
  readonly name: string;
  readonly [key: string]: unknown;
}

export interface Launch {
  readonly python: string;
  /** What stands after `python -m spawning`. */
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether Microsoft's extension for debugpy is there. */
  readonly hasDebugpyExtension: boolean;
}

/** Returns the configuration that a launch.json may hold, and that F5 takes without one. */
export function initialConfiguration(): SpawningConfiguration {
  return { type: DEBUG_TYPE, request: 'launch', name: 'Spawning' };
}

/** Returns what the debugger is told. */
export function launchConfiguration(
  ours: SpawningConfiguration,
  launch: Launch,
): SpawningConfiguration {
  const environment = isFields(ours.env) ? ours.env : {};
  const others = Object.fromEntries(Object.entries(ours).filter(([key]) => !OURS.includes(key)));
  return {
    justMyCode: true,
    console: 'integratedTerminal',
    ...others,
    type: launch.hasDebugpyExtension ? DEBUGPY_TYPE : DEBUG_TYPE,
    request: 'launch',
    name: ours.name || 'Spawning',
    module: 'spawning',
    python: launch.python,
    args: [...launch.arguments],
    cwd: launch.cwd,
    env: { ...launch.environment, ...environment },
    subProcess: true,
  };
}

/** A process that debugpy's adapter has found, and to which the editor is to attach. */
export interface Joined {
  readonly name: string;
  readonly connect: { readonly host: string; readonly port: number };
  readonly [key: string]: unknown;
}

/** Returns the body of a `debugpyAttach` event; undefined where it is none. */
export function joinedFrom(body: unknown): Joined | undefined {
  if (!isFields(body) || !isFields(body.connect)) {
    return undefined;
  }
  const { host, port } = body.connect;
  return typeof host === 'string' && typeof port === 'number' && typeof body.name === 'string'
    ? (body as unknown as Joined)
    : undefined;
}

/** Returns the configuration that attaches to such a process. */
export function childConfiguration(body: Joined): SpawningConfiguration {
  // `purpose` of a parent that was started for tests would have the child end as one.
  const others = Object.entries(body).filter(([key]) => key !== 'purpose');
  return {
    ...Object.fromEntries(others),
    type: DEBUG_TYPE,
    request: 'attach',
    name: body.name,
    // A process that has gone before the editor came (another save followed) is no error.
    __autoAttach: true,
  };
}

/** How an adapter is reached: one that listens, or one that is to be started. */
export type Adapter =
  | { readonly port: number; readonly host: string }
  | { readonly command: string; readonly args: readonly string[] };

/** Returns the adapter of a session; undefined where its configuration names no interpreter. */
export function adapterOf(configuration: SpawningConfiguration): Adapter | undefined {
  const joined = configuration.request === 'attach' ? joinedFrom(configuration) : undefined;
  if (joined) {
    return joined.connect;
  }
  const { python } = configuration;
  return typeof python === 'string'
    ? { command: python, args: ['-m', 'debugpy.adapter'] }
    : undefined;
}
