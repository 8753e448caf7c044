import { homedir } from 'node:os';
import { beforeEach, expect, test } from 'vitest';
import { settingsOf } from '../../src/vscode/settings';
import { editor } from './fake/editor';

beforeEach(() => {
  editor.reset();
});

const settings = () => settingsOf(editor.openFolder('/home/ada/shop'));

test('without settings those hold that package.json declares', () => {
  expect(settings()).toEqual({
    application: '',
    interpreterPath: '',
    arguments: [],
    environment: {},
    port: null,
    reload: true,
    backdoor: true,
    openBrowser: false,
  });
});

test('their variables are replaced, and what is no text is left out, or made one', () => {
  editor.set('spawning.application', ' shop.app ');
  editor.set('spawning.interpreterPath', '~/venv/bin/python');
  editor.set('spawning.arguments', ['--env-file=${workspaceFolder}/.env', '', ' ', 8]);
  editor.set('spawning.environment', { HOME_OF: '${userHome}', WORKERS: 3, DEBUG: true });
  editor.set('spawning.port', '8000');
  expect(settings()).toMatchObject({
    application: 'shop.app',
    interpreterPath: `${homedir()}/venv/bin/python`,
    arguments: ['--env-file=/home/ada/shop/.env'],
    environment: { HOME_OF: homedir(), WORKERS: '3', DEBUG: 'true' },
    port: null,
  });
});
