import { describe, expect, it } from 'vitest';
import type { Lines } from '../../../src/core/coverage/answers';
import { isSameSource, marksOf } from '../../../src/core/coverage/marks';

const none: Lines = {
  digest: 'd',
  request: [],
  import: [],
  missing: [],
  partial: {},
  labels: [],
  contexts: {},
};
const marks = (lines: Partial<Lines>) => marksOf({ ...none, ...lines });

describe('marks', () => {
  it('stand in the order of lines, counted as editors do', () => {
    expect(marks({ request: [3, 9], import: [1], missing: [4] })).toEqual([
      { kind: 'import', line: 0, hover: '' },
      { kind: 'request', line: 2, hover: '' },
      { kind: 'missing', line: 3, hover: '' },
      { kind: 'request', line: 8, hover: '' },
    ]);
  });

  it('tell which branch was not taken', () => {
    const partial = { '3': "line 3 didn't jump to line 5 because *x* was always true" };
    expect(marks({ request: [3], partial })).toEqual([
      {
        kind: 'partial',
        line: 2,
        hover: "Line 3 didn't jump to line 5 because \\*x\\* was always true.",
      },
    ]);
  });

  it('tell which requests ran a line', () => {
    const labels = ['GET /', 'GET /`<x>`'];
    expect(marks({ request: [3, 4], labels, contexts: { '3': [0, 1], '4': [0] } })).toEqual([
      { kind: 'request', line: 2, hover: 'Run by 2 requests:\n\n- ` GET / `\n- `` GET /`<x>` ``' },
      { kind: 'request', line: 3, hover: 'Run by 1 request:\n\n- ` GET / `' },
    ]);
  });

  it('list no more requests than can be read', () => {
    const labels = Array.from({ length: 30 }, (_, n) => `GET /${n}`);
    const [mark] = marks({ request: [1], labels, contexts: { '1': labels.map((_, n) => n) } });
    expect(mark?.hover).toContain('Run by 30 requests');
    expect(mark?.hover).toContain('- and 18 more');
    expect(mark?.hover.split('\n')).toHaveLength(15);
  });
});

describe('a source', () => {
  it.each([
    ['a = 1\nb = 2\n', ['a = 1', 'b = 2']],
    ['a = 1\nb = 2', ['a = 1', 'b = 2']],
    ['a = 1\r\nb = 2\r\n', ['a = 1', 'b = 2']],
    ['\uFEFFa = 1\n', ['a = 1']],
    ['a = 1\n\n', ['a = 1', '']],
    ['', []],
  ])('is the same, however its lines end: %j', (text, lines) => {
    expect(isSameSource(text, lines)).toBe(true);
  });
  it.each([
    ['a = 1\nb = 3\n', ['a = 1', 'b = 2']],
    ['a = 1\n', ['a = 1', 'b = 2']],
    ['a = 1\n\n', ['a = 1']],
    ['a = 1 \n', ['a = 1']],
  ])('is another one: %j', (text, lines) => {
    expect(isSameSource(text, lines)).toBe(false);
  });
});
