/** Which applications a folder holds: in the words of its files, never by running them. */

import { typedApplication, type Application } from './application';
import { djangoIn } from './django';
import { joined, nameOf, parentOf, type Folder } from './folder';
import { applicationsIn, type InModule } from './modules';
import { pasteIn } from './paste';
import { spawningTable, TomlError, type Table } from './toml';

const DEPTH = 4;
/** Of Python files that are read: in a larger project the application stands near the top. */
const MOST_FILES = 400;
const USUAL = ['app.py', 'wsgi.py'];
const SKIPPED =
  /^(?:\..*|__pycache__|node_modules|site-packages|venv|env|virtualenv|build|dist|docs?|migrations|static|templates|tests?|.*\.egg-info)\/$/;
const ASIDE = /(?:^|\/)(?:examples?|samples?|demos?|benchmarks?|scripts|tools)\//;

/** The table of a pyproject.toml, or why it cannot be read. */
export type Project = { readonly table: Table } | { readonly problem: string };

/** Returns `[tool.spawning]` of the folder. */
export async function projectIn(folder: Folder, where = ''): Promise<Project> {
  const file = joined(where, 'pyproject.toml');
  const text = await folder.read(file);
  try {
    return { table: text === undefined ? {} : spawningTable(text) };
  } catch (error) {
    if (error instanceof TomlError) {
      return { problem: `${file}, line ${error.line}: ${error.message}` };
    }
    throw error;
  }
}

/** Returns the application that `[tool.spawning] app` names, undefined where it names none. */
export function configuredApplication(table: Table, where = ''): Application | undefined {
  const app = table.app;
  const words = typeof app === 'string' ? [app] : Array.isArray(app) ? (app as unknown[]) : [];
  const texts = words.filter((word) => typeof word === 'string');
  if (texts.length === 0 || texts.length !== words.length) {
    return undefined;
  }
  const file = joined(where, 'pyproject.toml');
  return { ...typedApplication([], file), words: texts, folder: where, file, isConfigured: true };
}

/** Returns all that can be served, the likeliest first. */
export async function findApplications(
  folder: Folder,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Application[]> {
  const found: Application[] = [];
  const { files, folders } = await walk(folder);
  for (const where of folders) {
    const project = await projectIn(folder, where);
    const configured = 'table' in project ? configuredApplication(project.table, where) : undefined;
    found.push(...(configured ? [configured] : []));
    found.push(...(await djangoIn(folder, where, environment)), ...(await pasteIn(folder, where)));
  }
  for (const file of files) {
    const source = await folder.read(file);
    found.push(...(source === undefined ? [] : await applicationsOf(folder, file, source)));
  }
  return ordered(withoutDjangoTwice(found));
}

/** Returns the applications of one Python file, whose text may be newer than what is saved. */
export async function applicationsOf(
  folder: Folder,
  file: string,
  source: string,
): Promise<Application[]> {
  const offered = applicationsIn(source, USUAL.includes(nameOf(file)));
  if (offered.length === 0) {
    return [];
  }
  const place = await importPlace(folder, file, source);
  return place === undefined ? [] : offered.map((one, n) => made(file, place, one, n > 0));
}

interface Place {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly module: string;
}

function made(file: string, place: Place, one: InModule, isFurther: boolean): Application {
  return {
    words: [`${place.module}:${one.attribute}`],
    factory: '',
    folder: place.folder,
    paths: place.paths,
    file,
    reason: [one.framework, file].filter(Boolean).join(', '),
    isConfigured: false,
    isMinor: isFurther || !one.isCertain || ASIDE.test(file),
  };
}

/**
 * Returns from where a file is imported, and as what; undefined where it has no name.
 *
 * Packages are imported from the folder above them; what lies in `src` from there, as it will be
 * when it is installed.  A file in a folder that is no package is started in its own folder,
 * unless its imports say that they begin further up.
 */
async function importPlace(
  folder: Folder,
  file: string,
  source: string,
): Promise<Place | undefined> {
  let base = parentOf(file);
  while (base && (await folder.list(base)).includes('__init__.py')) {
    base = parentOf(base);
  }
  const [top = ''] = base.split('/');
  if (base && new RegExp(`^\\s*(?:from\\s+${top}[\\s.]|import\\s+${top}\\b)`, 'm').test(source)) {
    base = '';
  }
  const inside = base ? file.slice(base.length + 1) : file;
  const module = inside.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.');
  if (!/^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(module)) {
    return undefined;
  }
  const isSource = nameOf(base) === 'src';
  return isSource
    ? { folder: parentOf(base), paths: [base], module }
    : { folder: base, paths: [], module };
}

async function walk(folder: Folder): Promise<{ files: string[]; folders: string[] }> {
  const queue = [''];
  const folders: string[] = [];
  const files: string[] = [];
  for (const where of queue) {
    const names = await folder.list(where);
    if (names.includes('pyvenv.cfg')) {
      continue;
    }
    folders.push(where);
    const python = names.filter((name) => name.endsWith('.py') && !/^(test_|conftest)/.test(name));
    files.push(...python.map((name) => joined(where, name)).slice(0, MOST_FILES - files.length));
    if (where.split('/').length < DEPTH && files.length < MOST_FILES) {
      const below = names.filter((name) => name.endsWith('/') && !SKIPPED.test(name));
      queue.push(...below.map((name) => joined(where, name.slice(0, -1))));
    }
  }
  return { files, folders };
}

/** Django's wsgi.py is found as a file, and by its manage.py, which knows more. */
function withoutDjangoTwice(found: readonly Application[]): Application[] {
  const known = new Set(found.map((one) => [one.folder, ...one.words].join(' ')));
  return found.filter(
    (one, place) =>
      !known.has([one.folder, ...one.words].join(' ')) ||
      found.findIndex(
        (two) => two.folder === one.folder && two.words.join() === one.words.join(),
      ) === place,
  );
}

/**
 * Puts first what the server would take by itself, and then calls what else is in that folder
 * minor, as the server does: app.py, wsgi.py, manage.py.
 */
function ordered(found: readonly Application[]): Application[] {
  const firsts = new Map<string, Application>();
  const inOrder = [...found].sort((one, other) => rank(one) - rank(other));
  for (const one of inOrder) {
    if (rank(one) < UNUSUAL && !one.isMinor && !firsts.has(one.folder)) {
      firsts.set(one.folder, one);
    }
  }
  const placed = inOrder.map((one) => {
    const first = firsts.get(one.folder);
    return first && first !== one ? { ...one, isMinor: true } : one;
  });
  return placed.sort((one, other) => Number(one.isMinor) - Number(other.isMinor));
}

const UNUSUAL = 10;

function rank(one: Application): number {
  const names = ['pyproject.toml', ...USUAL, 'manage.py'];
  const isAtTop = one.isConfigured || parentOf(one.file) === one.folder;
  const place = isAtTop ? names.indexOf(nameOf(one.file)) : -1;
  const depth = one.folder ? one.folder.split('/').length : 0;
  return (place < 0 ? UNUSUAL : place) + depth * 100;
}
