import { describe, expect, it } from 'vitest';
import {
  type Known,
  NOTHING,
  linesQuestion,
  liveQuestion,
  marksFor,
  wanted,
  withLines,
  withLive,
  without,
} from '../../../src/core/coverage/known';
import { APP, SOURCE, lines, live, row } from './examples';

const seen = (): Known => withLines(withLive(NOTHING, live()), APP, lines());
const text = `${SOURCE.join('\n')}\n`;
const kinds = (known: Known, shown = text) => marksFor(known, APP, shown).map(({ kind }) => kind);

describe('what is known', () => {
  it('is asked for from the beginning at first, then from where it was', () => {
    expect(liveQuestion(NOTHING)).toBe('/live.json?since=0&run=');
    expect(liveQuestion(seen())).toBe('/live.json?since=7&run=r1');
    expect(linesQuestion(NOTHING, '/a b.py')).toBe(
      '/lines.json?path=%2Fa+b.py&since=0&run=&digest=',
    );
    expect(linesQuestion(seen(), APP)).toBe(
      '/lines.json?path=%2Fshop%2Fapp.py&since=7&run=r1&digest=d1',
    );
  });

  it('lacks the lines of files that somebody looks at, and of no others', () => {
    const known = withLive(NOTHING, live({ files: [row(), row({ path: '/shop/b.py' })] }));
    expect(wanted(known, [APP, '/elsewhere.py'])).toEqual([APP]);
    expect(wanted(seen(), [APP])).toEqual([]);
  });

  it('lacks them again when a file has changed', () => {
    const known = withLive(seen(), live({ whole: false, seq: 8 }));
    expect(wanted(known, [APP])).toEqual([APP]);
    const answer = lines({ seq: 8, lines: undefined, source: undefined });
    const told = withLines(known, APP, answer);
    expect(wanted(told, [APP])).toEqual([]);
    expect(linesQuestion(told, APP)).toContain('since=8');
  });

  it('lacks them as long as a file is being analysed', () => {
    const answer = lines({ file: row({ pending: true }), lines: undefined, source: undefined });
    const known = withLines(withLive(seen(), live({ whole: false, seq: 8 })), APP, answer);
    expect(wanted(known, [APP])).toEqual([APP]);
    expect(linesQuestion(known, APP)).toContain('since=7');
  });

  it('takes new lines for the source that it has', () => {
    const [told] = [lines({ seq: 8 }).lines];
    if (!told) throw new Error('no lines');
    const answer = lines({
      seq: 8,
      lines: { ...told, request: [2, 5], missing: [] },
      source: undefined,
    });
    expect(kinds(withLines(seen(), APP, answer))).toEqual([
      'import',
      'request',
      'import',
      'request',
    ]);
  });

  it('forgets what is gone', () => {
    const gone = withLive(seen(), live({ whole: false, seq: 8, files: [], gone: [APP] }));
    for (const known of [gone, without(seen(), APP)]) {
      expect(known.rows.size + known.sheets.size + known.changed.size).toBe(0);
      expect(kinds(known)).toEqual([]);
    }
  });

  it('begins anew with another life of the keeper', () => {
    const known = withLive(seen(), live({ run: 'r2', seq: 1 }));
    expect(wanted(known, [APP])).toEqual([APP]);
    const none = withLive(seen(), live({ run: 'r2', seq: 1, files: [] }));
    expect(none.sheets.size + none.changed.size).toBe(0);
  });
});

describe('what is shown beside a text', () => {
  it('is what ran of it', () => {
    expect(kinds(seen())).toEqual(['import', 'request', 'import', 'missing']);
    expect(kinds(seen(), text.replaceAll('\n', '\r\n'))).toHaveLength(4);
  });
  it('is nothing beside an edit, and all of it when that is undone', () => {
    expect(kinds(seen(), `import os\n${text}`)).toEqual([]);
    expect(marksFor(seen(), APP, text)).toHaveLength(4);
  });
  it('is the same value as before where nothing has changed', () => {
    const known = seen();
    expect(marksFor(known, APP, text)).toBe(marksFor(known, APP, text));
  });
  it.each([[{ stale: true }], [{ error: 'It cannot be parsed.' }]])(
    'is nothing where lines are not those that ran: %o',
    (fields) => {
      expect(kinds(withLive(seen(), live({ whole: false, seq: 8, files: [row(fields)] })))).toEqual(
        [],
      );
    },
  );
  it('is nothing beside a file that is not measured', () => {
    expect(marksFor(seen(), '/elsewhere.py', text)).toEqual([]);
  });
});
