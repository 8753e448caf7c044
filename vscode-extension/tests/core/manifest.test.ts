/** What package.json and the README name is there: an editor says nothing of what is not. */

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const text = readFileSync(at('package.json'), 'utf8');
const { contributes } = JSON.parse(text) as Manifest;
const readme = readFileSync(at('README.md'), 'utf8');

const found = (pattern: RegExp, where: string): string[] =>
  [...where.matchAll(pattern)].map((match) => match[1] ?? '');

test('menus, the walkthrough and the welcome lead to commands that are declared', () => {
  const commands = contributes.commands.map(({ command }) => command);
  const named = [
    ...found(/"command": "(spawning\.\w+)"/g, text),
    ...found(/command:(spawning\.\w+)/g, text),
    ...found(/onCommand:(spawning\.\w+)/g, text),
  ];
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((command) => !commands.includes(command))).toEqual([]);
});

test('files are there', () => {
  const files = [
    ...found(/"(media\/[^"]+)"/g, text),
    ...found(/\((media\/[^)]+)\)/g, readme),
    'CHANGELOG.md',
    'LICENSE',
  ];
  expect(files.filter((file) => !existsSync(at(file)))).toEqual([]);
});

test('the README has all settings, and no command of another name', () => {
  const settings = Object.keys(contributes.configuration.properties);
  expect(settings.filter((name) => !new RegExp(`^\\| \`${name}\` +\\|`, 'm').test(readme))).toEqual(
    [],
  );
  const titles = contributes.commands.map(({ title }) => title);
  const bold = found(/\*\*([A-Z][\w ]+)\*\*/g, readme).filter((name) => !/^Servers$/.test(name));
  expect(bold.filter((name) => !titles.includes(name))).toEqual([]);
  expect(readme).toContain('**Spawning: Start**');
});
