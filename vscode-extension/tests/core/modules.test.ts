import { expect, test } from 'vitest';
import { applicationsIn } from '../../src/core/modules';

const WSGI = 'def app(environ, start_response):\n    return []\n';

/** Source, what is found in app.py, and what in any other module where that is not the same. */
const MODULES: readonly (readonly [string, readonly string[], (readonly string[])?])[] = [
  ['import flask\napp = flask.Flask(__name__)', ['app Flask']],
  ['from flask import Flask\nsite = Flask("x")', ['site Flask']],
  ['app = create_app()', ['app']],
  ['app = shop.make_app(1)', ['app']],
  ['from shop import app', ['app'], []],
  ['import app', []],
  ['app = something(1)', ['app'], []],
  ['application = get_wsgi_application()', ['application Django']],
  ['app = config.make_wsgi_app()', ['app Pyramid']],
  ['app = Bottle()', ['app Bottle']],
  ['app = falcon.App()', ['app Falcon']],
  ['app = web.application(urls).wsgifunc()', ['app web.py']],
  ['app = Dash(__name__)\nserver = app.server', ['app.server Dash']],
  [WSGI, ['app']],
  ['def site(environ, start_response):\n    return []', ['site']],
  ['def _site(environ, start_response):\n    return []', []],
  ['def site(self, environ):\n    return []\n# environ', []],
  ['class app:\n    pass', []],
  ['app = FastAPI()', []],
  ['app = typer.Typer()', []],
  ['app = Celery("x")  # application', []],
  ['def create_app():\n    app = Flask(__name__)\n    return app', ['create_app() Flask']],
  ['def build(x=1):\n    return Flask(__name__)', ['build() Flask']],
  ['def _build():\n    return Flask(__name__)', []],
  ['def create_app(config):\n    return Flask(__name__)', []],
  ['def create_app():\n    return thing()', ['create_app()'], []],
  ['def create_app():\n    app = FastAPI()\n    return app', []],
  ['def create_app():\n    return Flask(__name__)\napp = create_app()', ['app']],
  [
    'def create_app():\n    return Flask()\ndef make_app():\n    return Flask()',
    ['create_app() Flask', 'make_app() Flask'],
  ],
  ["if __name__ == '__main__':\n    app = Flask(__name__)", []],
  [
    'other = Flask(__name__)\napp = Flask(__name__)\napplication = ProxyFix(app)',
    ['application WSGI', 'app Flask', 'other Flask'],
  ],
  ['app = 1\napp = Flask(__name__)', ['app Flask']],
  ['# app = Flask(__name__)\n"""\napp = Flask()\n"""', []],
  ['', []],
];

const CASES = MODULES.map(([source, usual, other = usual]) => ({ source, usual, other }));

test.each(CASES)('$source', ({ source, usual, other }) => {
  const found = (isUsual: boolean): string[] =>
    applicationsIn(source, isUsual).map((one) =>
      [one.attribute, one.framework].filter(Boolean).join(' '),
    );
  expect(found(true)).toEqual(usual);
  expect(found(false)).toEqual(other);
});

test('where it stands', () => {
  expect(applicationsIn('import flask\n\n\napp = flask.Flask(__name__)', false)[0]?.line).toBe(4);
});

test('parameters alone are no certain sign', () => {
  expect(applicationsIn(WSGI, false)[0]?.isCertain).toBe(true);
  expect(applicationsIn(WSGI.replace('app', 'site'), false)[0]?.isCertain).toBe(false);
});
