/** A Django project: manage.py names the settings, and they the application. */

import { DJANGO_FACTORY, type Application } from './application';
import { joined, type Folder } from './folder';
import { bindingsOf, linesOf } from './python';

const SETTINGS = 'DJANGO_SETTINGS_MODULE';

/**
 * Returns the ways to serve the project of a manage.py, the one to be taken first.
 *
 * That is the factory, which serves static files as well while one develops; where wsgi.py does
 * more than to ask for Django's own application, it is that.
 */
export async function djangoIn(
  folder: Folder,
  where: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Application[]> {
  const file = joined(where, 'manage.py');
  const source = await folder.read(file);
  const settings = source === undefined ? '' : (environment[SETTINGS] ?? settingsOf(source));
  if (!settings) {
    return [];
  }
  const shared = { folder: where, paths: [], file, isConfigured: false };
  const factory = {
    ...shared,
    words: [settings],
    factory: DJANGO_FACTORY,
    reason: `Django, ${file}: ${settings}, with static files`,
    isMinor: false,
  };
  const wsgi = await wsgiOf(folder, where, settings);
  if (wsgi === undefined) {
    return [factory];
  }
  const plain = {
    ...shared,
    words: [wsgi.name],
    factory: '',
    reason: `Django, ${wsgi.file}`,
    isMinor: !wsgi.doesMore,
  };
  return wsgi.doesMore ? [plain, { ...factory, isMinor: true }] : [factory, plain];
}

/** Returns the settings module that a manage.py sets, '' where it sets none. */
export function settingsOf(source: string): string {
  for (const { strings, code } of linesOf(source)) {
    const place = strings.indexOf(SETTINGS);
    const value = strings[place + 1];
    if (place >= 0 && value && /setdefault\(|environ\[.*\]\s*=/.test(code)) {
      return value;
    }
  }
  return '';
}

async function wsgiOf(
  folder: Folder,
  where: string,
  settings: string,
): Promise<{ name: string; file: string; doesMore: boolean } | undefined> {
  const name = (await namedBySettings(folder, where, settings)) ?? besideSettings(settings);
  const [module = '', attribute = ''] = name.includes(':')
    ? name.split(':')
    : [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
  const file = joined(where, `${module.replaceAll('.', '/')}.py`);
  const source = await folder.read(file);
  if (source === undefined) {
    return undefined;
  }
  return { name: `${module}:${attribute}`, file, doesMore: doesMore(source) };
}

async function namedBySettings(
  folder: Folder,
  where: string,
  settings: string,
): Promise<string | undefined> {
  const path = joined(where, settings.replaceAll('.', '/'));
  const source = (await folder.read(`${path}.py`)) ?? (await folder.read(`${path}/__init__.py`));
  const line = linesOf(source ?? '').find(({ code }) => /^WSGI_APPLICATION\s*=\s*"0"$/.test(code));
  return line?.strings[0];
}

function besideSettings(settings: string): string {
  const [parent = ''] = settings.split('.');
  return `${parent}.wsgi.application`;
}

/** Returns whether a wsgi.py is another than the one that `startproject` writes. */
function doesMore(source: string): boolean {
  const lines = linesOf(source).filter(({ code, strings }) => {
    const isText = /^"0"$/.test(code);
    return !isText && !/^(import|from)\b/.test(code) && !strings.includes(SETTINGS);
  });
  const [application, ...others] = bindingsOf(lines);
  return (
    lines.length !== 1 ||
    others.length > 0 ||
    application?.name !== 'application' ||
    !/^get_wsgi_application\(\)$/.test(application.text)
  );
}
