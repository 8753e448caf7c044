import { describe, expect, test } from 'vitest';
import { isTarget, typedApplication, type Application } from '../../src/core/application';
import {
  applicationsOf,
  configuredApplication,
  findApplications,
  projectIn,
} from '../../src/core/applications';
import { MemoryFolder } from './memoryFolder';

const FLASK = 'from flask import Flask\napp = Flask(__name__)\n';
const FACTORY = 'from flask import Flask\ndef create_app():\n    return Flask(__name__)\n';
const MANAGE =
  'import os\ndef main():\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n';
const WSGI =
  '"""It."""\nimport os\nfrom django.core.wsgi import get_wsgi_application\n' +
  'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n' +
  'application = get_wsgi_application()\n';
const DJANGO = {
  'manage.py': MANAGE,
  'site1/__init__.py': '',
  'site1/settings.py': 'WSGI_APPLICATION = "site1.wsgi.application"\n',
  'site1/wsgi.py': WSGI,
};
const INI = '[app:main]\nuse = egg:shop\n[server:main]\nuse = egg:waitress#main\n';
const DJANGO_FACTORY = '-f spawning.django_factory.config_factory site1.settings';
const PASTE = '-f spawning.paste_factory.config_factory';

/** As somebody would type it: what stands in brackets is minor. */
function shown({ words, factory, folder, paths, isMinor }: Application): string {
  const parts = [
    folder && `${folder}:`,
    paths.length > 0 ? `PYTHONPATH=${paths.join(':')}` : '',
    factory && `-f ${factory}`,
    ...words,
  ];
  const line = parts.filter(Boolean).join(' ');
  return isMinor ? `(${line})` : line;
}

const FOLDERS: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] =
  [
    ['nothing', { 'readme.txt': '' }, []],
    ['app.py', { 'app.py': FLASK }, ['app:app']],
    ['wsgi.py that imports', { 'wsgi.py': 'from shop import app' }, ['wsgi:app']],
    ['a module of any name', { 'hello.py': FLASK }, ['hello:app']],
    ['a factory', { 'app.py': FACTORY }, ['app:create_app()']],
    ['two modules', { 'a.py': FLASK, 'b.py': FLASK }, ['a:app', 'b:app']],
    [
      'the server takes app.py first',
      { 'a.py': FLASK, 'app.py': FLASK, 'wsgi.py': FLASK },
      ['app:app', '(wsgi:app)', '(a:app)'],
    ],
    ['a package', { 'shop/__init__.py': '', 'shop/web.py': FLASK }, ['shop.web:app']],
    ['a package itself', { 'shop/__init__.py': FACTORY }, ['shop:create_app()']],
    [
      'a package below',
      { 'shop/__init__.py': '', 'shop/web/__init__.py': FLASK },
      ['shop.web:app'],
    ],
    [
      'wsgi.py beside a factory',
      { 'wsgi.py': 'app = create_app()', 'shop/__init__.py': FACTORY },
      ['wsgi:app', '(shop:create_app())'],
    ],
    [
      'src',
      { 'src/shop/__init__.py': '', 'src/shop/web.py': FLASK },
      ['PYTHONPATH=src shop.web:app'],
    ],
    ['src below', { 'back/src/web.py': FLASK }, ['back: PYTHONPATH=back/src web:app']],
    ['a folder that is no package', { 'back/app.py': FLASK }, ['back: app:app']],
    [
      'a package without __init__',
      { 'shop/web.py': `from shop import x\n${FLASK}` },
      ['shop.web:app'],
    ],
    ['what cannot be imported', { 'my-app.py': FLASK, '2.py': FLASK }, []],
    [
      'environments and the like',
      {
        'venv2/pyvenv.cfg': '',
        'venv2/app.py': FLASK,
        '.venv/app.py': FLASK,
        'node_modules/app.py': FLASK,
        'tests/app.py': FLASK,
        'test_app.py': FLASK,
        'conftest.py': FLASK,
      },
      [],
    ],
    [
      'examples are minor',
      { 'shop.py': FLASK, 'examples/demo.py': FLASK },
      ['shop:app', '(examples: demo:app)'],
    ],
    ['Django', DJANGO, [DJANGO_FACTORY, '(site1.wsgi:application)']],
    [
      'Django below',
      Object.fromEntries(Object.entries(DJANGO).map(([name, text]) => [`back/${name}`, text])),
      [`back: ${DJANGO_FACTORY}`, '(back: site1.wsgi:application)'],
    ],
    [
      'Django whose wsgi.py does more',
      {
        ...DJANGO,
        'site1/wsgi.py': `${WSGI}application = WhiteNoise(application)\n`,
      },
      ['site1.wsgi:application', `(${DJANGO_FACTORY})`],
    ],
    [
      'Django without WSGI_APPLICATION',
      { ...DJANGO, 'site1/settings.py': 'X = 1' },
      [DJANGO_FACTORY, '(site1.wsgi:application)'],
    ],
    ['Django without wsgi.py', { 'manage.py': MANAGE, 'site1/settings.py': '' }, [DJANGO_FACTORY]],
    ['a manage.py of something else', { 'manage.py': 'import os' }, []],
    [
      'Pyramid',
      { 'development.ini': INI, 'production.ini': INI, 'tox.ini': '[tox]\n' },
      [`${PASTE} development.ini`, `(${PASTE} production.ini)`],
    ],
    [
      'ini files of other names',
      { 'a.ini': INI, 'b.ini': INI },
      [`${PASTE} a.ini`, `${PASTE} b.ini`],
    ],
    [
      'pyproject.toml',
      { 'pyproject.toml': '[tool.spawning]\napp = "shop.web"', 'app.py': FLASK },
      ['shop.web', '(app:app)'],
    ],
    [
      'pyproject.toml below',
      { 'back/pyproject.toml': '[tool.spawning]\napp = "shop"' },
      ['back: shop'],
    ],
  ];

describe('applications of a folder', () => {
  test.each(FOLDERS)('%s', async (_what, files, expected) => {
    const found = await findApplications(new MemoryFolder(files));
    expect(found.map(shown)).toEqual(expected);
  });

  test('the environment names the settings of Django', async () => {
    const environment = { DJANGO_SETTINGS_MODULE: 'site1.other' };
    const [first] = await findApplications(new MemoryFolder(DJANGO), environment);
    expect(first?.words).toEqual(['site1.other']);
  });

  test('a huge folder is not read to its end', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 2000 }, (_, n) => [`m${n}.py`, FLASK] as const),
    );
    expect(await findApplications(new MemoryFolder(files))).toHaveLength(400);
  });
});

test('the text of an editor counts, not the file', async () => {
  const folder = new MemoryFolder({ 'shop/__init__.py': '', 'shop/web.py': '' });
  expect((await applicationsOf(folder, 'shop/web.py', FLASK)).map(shown)).toEqual(['shop.web:app']);
});

describe('pyproject.toml', () => {
  test.each([
    ['app = "shop.web"', ['shop.web']],
    ['app = ["shop.web", "shop.middleware"]', ['shop.web', 'shop.middleware']],
    ['app = 3', undefined],
    ['app = ["a", 3]', undefined],
    ['port = 1', undefined],
  ])('%s', async (line, expected) => {
    const text = `[tool.spawning]\n${line}\n`;
    const project = await projectIn(new MemoryFolder({ 'pyproject.toml': text }));
    const application = 'table' in project ? configuredApplication(project.table) : undefined;
    expect(application?.words).toEqual(expected);
    expect(application?.isConfigured).toBe(expected && true);
  });

  test('one that cannot be read is told with its line', async () => {
    const folder = new MemoryFolder({ 'pyproject.toml': '[tool.spawning]\napp = shop' });
    expect(await projectIn(folder)).toEqual({
      problem: 'pyproject.toml, line 2: shop is no value, text stands in quotes',
    });
  });
});

describe('what was typed', () => {
  test.each([
    [['shop:app'], '', ['shop:app']],
    [['-f', 'x.y', 'word', 'more'], 'x.y', ['word', 'more']],
    [['--factory=x.y', 'word'], 'x.y', ['word']],
    [['--factory', 'x.y', 'word'], 'x.y', ['word']],
  ])('%j', (typed, factory, words) => {
    expect(typedApplication(typed, '')).toMatchObject({ factory, words });
  });

  test.each([
    ['shop.web', 'shop.web:app', true],
    ['shop.web.app', 'shop.web:app', true],
    ['shop.web:app', 'shop.web:app', true],
    ['shop.web:site', 'shop.web:app', false],
    ['shop', 'shop.web:app', false],
    ['shop.web middleware', 'shop.web:app', false],
  ])('%s names %s: %j', (name, found, expected) => {
    const typed = typedApplication(name.split(' '), '');
    expect(isTarget(typed, typedApplication([found], ''))).toBe(expected);
  });
});
