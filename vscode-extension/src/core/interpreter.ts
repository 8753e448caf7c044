/** The Python that runs a server, and whether it has what a server needs. */

export interface Python {
  readonly path: string;
  /** Who says so, for people: `the setting spawning.interpreterPath`. */
  readonly origin: string;
}

/** Where an interpreter may come from; asked in their order, each only where those before it fail. */
export type Source = () => Promise<Python | undefined>;

/** Returns the first interpreter that there is. */
export async function firstOf(sources: readonly Source[]): Promise<Python | undefined> {
  for (const source of sources) {
    const found = await source();
    if (found) {
      return found;
    }
  }
  return undefined;
}

/** Folders in which a project keeps its environment, the usual one first. */
export const ENVIRONMENTS = ['.venv', 'venv', 'env'];
/** What is looked for in PATH. */
export const COMMANDS = ['python3', 'python'];

/** Python that prints what `Checkup` has, as JSON; it imports nothing of the user's. */
export const CHECKUP = [
  'import importlib.util as u, json, sys',
  'def has(name):',
  '    try: return u.find_spec(name) is not None',
  '    except Exception: return False',
  'names = ["spawning", "spawning_devtools", "watchdog", "coverage", "prompt_toolkit", "debugpy", "pip"]',
  'print(json.dumps({"version": list(sys.version_info[:3]), "has": [n for n in names if has(n)]}))',
].join('\n');

export interface Checkup {
  readonly version: readonly number[];
  /** Of the modules that were asked for, those that are there. */
  readonly has: readonly string[];
}

/** Returns what CHECKUP has printed; undefined where that is something else. */
export function checkupFrom(printed: string): Checkup | undefined {
  try {
    const found = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Partial<Checkup>;
    const isWhole = Array.isArray(found.version) && Array.isArray(found.has);
    return isWhole ? (found as Checkup) : undefined;
  } catch {
    return undefined;
  }
}

export interface Complaint {
  readonly sentence: string;
  /** The words that install what is missing; undefined: nothing would help but another Python. */
  readonly install: readonly string[] | undefined;
}

const OLDEST = [3, 10];
const DEVTOOLS = ['spawning_devtools', 'watchdog', 'coverage', 'prompt_toolkit'];

/** Returns why a Python cannot be used as it is; undefined: it can. */
export function complaintAbout(
  python: Python,
  { version, has }: Checkup,
  needsDebugpy: boolean,
): Complaint | undefined {
  const [major = 0, minor = 0] = version;
  const shown = `${python.path} (${python.origin})`;
  if (major < (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor < (OLDEST[1] ?? 0))) {
    const sentence = `Spawning needs Python ${OLDEST.join('.')} or later, and ${shown} is ${major}.${minor}.`;
    return { sentence, install: undefined };
  }
  const missing = DEVTOOLS.filter((name) => !has.includes(name));
  if (!has.includes('spawning') || missing.length > 0) {
    const what = has.includes('spawning')
      ? `What Spawning needs for development (${missing.join(', ')}) is not installed`
      : 'Spawning is not installed';
    return {
      sentence: `${what} in ${shown}.`,
      install: installer(python.path, has, 'Spawning[devtools]'),
    };
  }
  if (needsDebugpy && !has.includes('debugpy')) {
    return {
      sentence: `Debugging needs debugpy, which is not installed in ${shown}.`,
      install: installer(python.path, has, 'debugpy'),
    };
  }
  return undefined;
}

/** Returns the words that install a package; environments that uv has made hold no pip. */
function installer(path: string, has: readonly string[], name: string): string[] {
  return has.includes('pip')
    ? [path, '-m', 'pip', 'install', name]
    : ['uv', 'pip', 'install', '--python', path, name];
}
