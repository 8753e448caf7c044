import { describe, expect, it } from 'vitest';
import { answerTo, explanationOf } from '../../../src/core/code/why';

const module = {
  path: 'mysite/views.py',
  kinds: ['a module'],
  ignored: '',
  advice: '',
  names: ['mysite.views'],
  chain: ['mysite.views', 'mysite.urls', 'mysite.wsgi'],
  importers: ['mysite.urls'],
  effect: 'reload',
  affected: ['mysite.urls', 'mysite.views', 'mysite.wsgi', 'tools'],
  modules: 12,
  source: 'a snapshot',
};
const files = new Map([['mysite.urls', '/s/mysite/urls.py']]);
const answer = (fields: object) => {
  const told = explanationOf({ ...module, ...fields });
  if (!told) throw new Error('no explanation');
  return answerTo(told, files);
};

describe('why a file would reload', () => {
  it('tells what a save does, and leads to those who import the file', () => {
    expect(answer({})).toEqual({
      title: 'views.py is watched: a module',
      module: 'mysite.views',
      entries: [
        {
          is: 'fact',
          label: 'A save starts a new generation; it concerns 4 of 12 modules of the project.',
          detail: 'It starts from a snapshot.',
          icon: 'refresh',
        },
        { is: 'heading', label: 'imported by' },
        { is: 'module', label: 'mysite.urls', file: '/s/mysite/urls.py' },
        { is: 'heading', label: 'way to the application' },
        { is: 'module', label: 'mysite.urls', file: '/s/mysite/urls.py' },
        { is: 'module', label: 'mysite.wsgi', file: undefined },
        { is: 'heading', label: 'executed anew as well' },
        { is: 'module', label: 'tools', file: undefined },
      ],
    });
  });

  it('says what to do with a file that is not watched', () => {
    const found = answer({
      kinds: [],
      ignored: 'the application has not imported it',
      advice: 'import it',
    });
    expect(found).toEqual({
      title: 'views.py is not watched',
      module: undefined,
      entries: [
        {
          is: 'fact',
          label: 'The application has not imported it.',
          detail: '',
          icon: 'eye-closed',
        },
        { is: 'fact', label: 'Import it.', detail: '', icon: 'lightbulb' },
      ],
    });
  });

  it.each([
    [
      { effect: 'refresh', affected: [] },
      'A save refreshes the pages in browsers; no module runs anew.',
    ],
    [{ affected: [] }, 'A save starts a new generation.'],
    [{ effect: 'nothing' }, 'A save does nothing.'],
  ])('tells the effect: %o', (fields, label) => {
    expect(answer(fields).entries[0]).toMatchObject({ label });
  });

  it.each([[null], ['text'], [{ path: 3 }], [{ path: 'a.py' }]])(
    'knows no answer in %o',
    (told) => {
      expect(explanationOf(told)).toBeUndefined();
    },
  );
});
