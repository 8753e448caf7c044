/**
 * The applications in a Python module, found in its text.
 *
 * The server itself looks for `application`, `app`, `create_app()` and `make_app()` in app.py and
 * wsgi.py only.  Here other modules and other names count too, but only for what is made by a
 * framework that we know: a wrong guess would be offered as a choice.
 */

import { bindingsOf, linesOf, needsNothing, splitAtCommas, type Binding } from './python';

export interface InModule {
  /** What stands after the module's name: `app`, `create_app()`. */
  readonly attribute: string;
  /** `Flask`; '' where only its name or its parameters tell. */
  readonly framework: string;
  /** From 1. */
  readonly line: number;
  /** Whether a framework, or nothing but the name, says that it is one. */
  readonly isCertain: boolean;
}

const NAMES = ['application', 'app'];
const FACTORIES = ['create_app', 'make_app'];
const FRAMEWORKS: readonly (readonly [RegExp, string])[] = [
  [/^(?:\w+\.)*(?:Flask|APIFlask|OpenAPI|Eve)\(/, 'Flask'],
  [/^(?:\w+\.)*get_wsgi_application\(/, 'Django'],
  [/\.make_wsgi_app\(/, 'Pyramid'],
  [/^(?:\w+\.)*(?:Bottle|default_app)\(/, 'Bottle'],
  [/^(?:falcon\.)(?:App|API)\(/, 'Falcon'],
  [/\.wsgifunc\(/, 'web.py'],
  [/^(?:\w+\.)*WsgiDAVApp\(/, 'WsgiDAV'],
  [/^(?:\w+\.)*(?:DispatcherMiddleware|ProxyFix|SharedDataMiddleware|WhiteNoise)\(/, 'WSGI'],
];
const NOT_WSGI =
  /^(?:\w+\.)*(?:FastAPI|Starlette|Quart|Sanic|Litestar|BlackSheep|ASGIApp|get_asgi_application|Celery|Typer|Tk|QApplication|QGuiApplication|Textual|ArgumentParser)\(/;
const DASH = /^(?:\w+\.)*Dash\(/;

/**
 * Returns what a module offers, the likeliest first.
 *
 * `isUsual`: whether the server looks into it by itself, so that a name is enough.
 */
export function applicationsIn(source: string, isUsual: boolean): InModule[] {
  if (!/[Ff]lask|[Bb]ottle|falcon|wsgi|application|app\b|_app|environ|Dash|Eve/i.test(source)) {
    return [];
  }
  const bindings = last(bindingsOf(linesOf(source)));
  const made = bindings.map((one) => ofBinding(one, isUsual)).filter((one) => one !== undefined);
  const objects = made.filter((one) => !one.attribute.endsWith('()'));
  // A factory beside what it makes is no second application.
  const found = objects.length > 0 ? objects : made;
  return found.sort((one, other) => rank(one) - rank(other));
}

/** Returns the last binding of each name: that is what whoever imports it gets. */
function last(bindings: readonly Binding[]): Binding[] {
  return [...new Map(bindings.map((one) => [one.name, one])).values()];
}

function rank(found: InModule): number {
  const place = [...NAMES, ...FACTORIES.map((name) => `${name}()`)].indexOf(found.attribute);
  return (found.isCertain ? 0 : 100) + (place < 0 ? 50 : place);
}

function ofBinding(binding: Binding, isUsual: boolean): InModule | undefined {
  switch (binding.kind) {
    case 'function':
      return ofFunction(binding, isUsual);
    case 'value':
      return ofValue(binding, isUsual);
    case 'import':
      return isUsual && NAMES.includes(binding.name) ? named(binding, binding.name) : undefined;
    case 'class':
      return undefined;
  }
}

function ofValue(binding: Binding, isUsual: boolean): InModule | undefined {
  const { name, text } = binding;
  if (DASH.test(text)) {
    return { ...named(binding, `${name}.server`), framework: 'Dash' };
  }
  const framework = frameworkOf(text);
  const called = /^(?:\w+\.)*(\w+)\(/.exec(text)?.[1] ?? '';
  const isNamed = NAMES.includes(name);
  if (framework || (isNamed && FACTORIES.includes(called))) {
    return { ...named(binding, name), framework };
  }
  return isUsual && isNamed && !NOT_WSGI.test(text) ? named(binding, name) : undefined;
}

function ofFunction(binding: Binding, isUsual: boolean): InModule | undefined {
  const { name, text } = binding;
  const parameters = splitAtCommas(text).map((one) => one.split(/[:=]/)[0]?.trim() ?? '');
  if (parameters.length === 2 && /^env(iron(ment)?)?$/.test(parameters[0] ?? '')) {
    const isCertain = NAMES.includes(name);
    return name.startsWith('_') ? undefined : { ...named(binding, name), isCertain };
  }
  if (!needsNothing(text)) {
    return undefined;
  }
  const framework = frameworkMadeBy(binding);
  const isFactory = FACTORIES.includes(name);
  if ((framework && !name.startsWith('_')) || (isFactory && isUsual && framework !== null)) {
    return { ...named(binding, `${name}()`), framework };
  }
  return isUsual && NAMES.includes(name) ? named(binding, name) : undefined;
}

/** Returns what a factory makes; '' where that is not to be seen; null: something that is no WSGI. */
function frameworkMadeBy(binding: Binding): string | null {
  const made = new Map<string, string>();
  let isOther = false;
  for (const { code } of binding.body) {
    const [, name = '', value = ''] = /^(\w+)\s*(?::[^=]+)?=(?!=)\s*(.+)$/.exec(code) ?? [];
    const returned = /^return\s+(.+)$/.exec(code)?.[1] ?? '';
    isOther ||= NOT_WSGI.test(value) || NOT_WSGI.test(returned);
    made.set(name, frameworkOf(value) || (made.get(name) ?? ''));
    const found = made.get(returned) ?? frameworkOf(returned);
    if (found) {
      return found;
    }
  }
  return isOther ? null : '';
}

function frameworkOf(text: string): string {
  return FRAMEWORKS.find(([pattern]) => pattern.test(text))?.[1] ?? '';
}

function named({ line }: Binding, attribute: string): InModule {
  return { attribute, framework: '', line, isCertain: true };
}
