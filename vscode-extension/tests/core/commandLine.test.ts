import { describe, expect, test } from 'vitest';
import { DJANGO_FACTORY, typedApplication, type Application } from '../../src/core/application';
import {
  argumentsIn,
  canChangePort,
  portOf,
  serverArguments,
  type LaunchSettings,
  type Wanted,
} from '../../src/core/commandLine';
import type { Table } from '../../src/core/toml';

const SETTINGS: LaunchSettings = { arguments: [], port: null, reload: true, backdoor: true };
const PLAIN: LaunchSettings = { ...SETTINGS, reload: false, backdoor: false };
const STATUS = '--status-port=0 --status-host=127.0.0.1';
const FOUND: Application = { ...typedApplication(['app:app'], ''), file: 'app.py' };

interface Case {
  readonly settings?: LaunchSettings;
  readonly application?: Application;
  readonly table?: Table;
  readonly wanted?: Wanted;
}

const CASES: readonly (readonly [string, Case, string])[] = [
  ['all of ours', {}, `--reload=dev ${STATUS} --backdoor=0 app:app`],
  ['none of ours but the status', { settings: PLAIN }, `${STATUS} app:app`],
  ['coverage', { settings: PLAIN, wanted: { coverage: true } }, `${STATUS} --coverage app:app`],
  [
    'an editor',
    { settings: PLAIN, wanted: { editorUrl: 'x://{path}' } },
    `${STATUS} --editor-url=x://{path} app:app`,
  ],
  ['a port', { settings: { ...PLAIN, port: 0 } }, `${STATUS} --port=0 app:app`],
  [
    'another port',
    { settings: { ...PLAIN, port: 80 }, wanted: { port: 81 } },
    `${STATUS} --port=81 app:app`,
  ],
  [
    'arguments win over settings',
    {
      settings: {
        ...SETTINGS,
        port: 1,
        arguments: ['-p', '2', '--reload=dev,poll', '--backdoor', '--status-port', '3'],
      },
    },
    '--status-host=127.0.0.1 -p 2 --reload=dev,poll --backdoor --status-port 3 app:app',
  ],
  [
    'another port wins over arguments',
    { settings: { ...PLAIN, arguments: ['-p', '2', '-t', '8', '--port=3'] }, wanted: { port: 4 } },
    `${STATUS} -t 8 --port=4 app:app`,
  ],
  [
    'short options',
    { settings: { ...SETTINGS, arguments: ['-rdev'] } },
    `${STATUS} --backdoor=0 -rdev app:app`,
  ],
  [
    'pyproject.toml is left alone',
    { table: { reload: 'dev,cold', backdoor: 3001, 'status-port': 9000, 'status-host': '::1' } },
    'app:app',
  ],
  [
    'a configured application is not named',
    { application: { ...FOUND, isConfigured: true }, settings: PLAIN },
    STATUS,
  ],
  [
    'Django',
    {
      settings: PLAIN,
      application: { ...FOUND, words: ['site1.settings'], factory: DJANGO_FACTORY },
    },
    `${STATUS} --factory=${DJANGO_FACTORY} site1.settings`,
  ],
  [
    'what was found is not for the factory of pyproject.toml',
    { settings: PLAIN, table: { factory: 'x.y' } },
    `${STATUS} --factory=spawning.wsgi_factory.config_factory app:app`,
  ],
  [
    'what was typed is',
    { settings: PLAIN, table: { factory: 'x.y' }, application: typedApplication(['word'], '') },
    `${STATUS} word`,
  ],
];

describe('arguments', () => {
  test.each(CASES)('%s', (_what, one, expected) => {
    const { settings = SETTINGS, application = FOUND, table = {}, wanted = {} } = one;
    expect(serverArguments(application, settings, table, wanted).join(' ')).toBe(expected);
  });
});

describe('the port', () => {
  test.each([
    ['the usual one', [], null, {}, {}, 8080],
    ['the setting', [], 81, { port: 82 }, {}, 81],
    ['pyproject.toml', [], null, { port: 82 }, {}, 82],
    ['arguments', ['--port=83'], 81, {}, {}, 83],
    ['arguments in two words', ['-p', '83'], 81, {}, {}, 83],
    ['any', ['--port', '0'], null, {}, {}, undefined],
    ['somewhere else', ['--bind', 'unix:/x'], null, {}, {}, undefined],
    ['somewhere else, by pyproject.toml', [], null, { bind: ['unix:/x'] }, {}, undefined],
    ['the one that is wanted', ['--port=83'], 81, {}, { port: 84 }, 84],
  ])('%s', (_what, words, port, table, wanted, expected) => {
    expect(portOf({ ...SETTINGS, arguments: words, port }, table, wanted)).toBe(expected);
  });

  test('addresses of the user are left alone', () => {
    expect(canChangePort(SETTINGS)).toBe(true);
    expect(canChangePort({ ...SETTINGS, arguments: ['--bind=127.0.0.1:1'] })).toBe(false);
  });
});

test.each([
  ['python spawn -s 2 shop.app', '-s 2 shop.app'],
  ['python /venv/bin/spawning shop.app', 'shop.app'],
  ['python -m spawning --reload=dev', '--reload=dev'],
  ['python -X dev -W error -B -m spawning shop.app', 'shop.app'],
  ['python -m debugpy --connect 1 -m spawning shop.app', undefined],
  ['python /srv/respawn shop.app', undefined],
  ['python -c code spawn', undefined],
  ['python', undefined],
])('what a server was given: %s', (argv, words) => {
  expect(argumentsIn(argv.split(' '))?.join(' ')).toBe(words);
});
