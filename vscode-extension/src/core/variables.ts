/** The variables that may stand in settings, as tasks have them. */

export interface Surroundings {
  readonly folder: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Returns a text with `${workspaceFolder}`, `${env:NAME}`, `${userHome}` and a first `~` replaced. */
export function substituted(text: string, around: Surroundings): string {
  return text.replace(/^~(?=\/|$)/, around.home).replace(/\$\{([^}]*)\}/g, (all, name: string) => {
    if (name.startsWith('env:')) {
      return around.environment[name.slice('env:'.length)] ?? '';
    }
    const known: Readonly<Record<string, string>> = {
      workspaceFolder: around.folder,
      workspaceFolderBasename: around.folder.slice(around.folder.lastIndexOf('/') + 1),
      userHome: around.home,
    };
    return known[name] ?? all;
  });
}
