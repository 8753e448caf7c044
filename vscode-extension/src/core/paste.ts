/** Paste's ini files, as Pyramid's scaffolds have them. */

import { PASTE_FACTORY, type Application } from './application';
import { joined, type Folder } from './folder';

/** Returns the applications that the ini files of a folder name. */
export async function pasteIn(folder: Folder, where: string): Promise<Application[]> {
  const names = (await folder.list(where)).filter((name) => name.endsWith('.ini'));
  const found: string[] = [];
  for (const name of names) {
    if (namesApplication((await folder.read(joined(where, name))) ?? '')) {
      found.push(name);
    }
  }
  const first = found.includes('development.ini') ? 'development.ini' : undefined;
  return found.map((name) => ({
    words: [name],
    factory: PASTE_FACTORY,
    folder: where,
    paths: [],
    file: joined(where, name),
    reason: `paste, ${joined(where, name)}`,
    isConfigured: false,
    isMinor: first !== undefined && name !== first,
  }));
}

/** Returns whether an ini file describes an application for PasteDeploy. */
export function namesApplication(text: string): boolean {
  return (
    /^\[(?:app|application|composite|composit|pipeline|filter-app):main\]/m.test(text) ||
    (/^\[app\]/m.test(text) && /^use\s*=/m.test(text))
  );
}
