import { describe, expect, it } from 'vitest';
import { Parser } from '../../src/core/sse';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Each is read whole, and once more byte by byte: what comes out is the same. */
const CASES: [string, string, [string, string, string][]][] = [
  ['LF', 'data: a\n\n', [['message', 'a', '']]],
  [
    'CRLF',
    'data: a\r\n\r\ndata: b\r\n\r\n',
    [
      ['message', 'a', ''],
      ['message', 'b', ''],
    ],
  ],
  [
    'CR',
    'data: a\r\rdata: b\r\r',
    [
      ['message', 'a', ''],
      ['message', 'b', ''],
    ],
  ],
  ['all three', 'data: a\r\ndata: b\rdata: c\n\n', [['message', 'a\nb\nc', '']]],
  ['a name', 'event: hello\ndata: {}\n\n', [['hello', '{}', '']]],
  [
    'a name is for one message',
    'event: x\ndata: 1\n\ndata: 2\n\n',
    [
      ['x', '1', ''],
      ['message', '2', ''],
    ],
  ],
  ['a name without data is dropped', 'event: x\n\ndata: 2\n\n', [['message', '2', '']]],
  ['several lines', 'data: YHOO\ndata: +2\ndata: 10\n\n', [['message', 'YHOO\n+2\n10', '']]],
  [
    'empty data',
    'data\n\ndata\ndata\n\ndata:',
    [
      ['message', '', ''],
      ['message', '\n', ''],
    ],
  ],
  [
    'one space goes',
    'data:test\n\ndata:  test\n\n',
    [
      ['message', 'test', ''],
      ['message', ' test', ''],
    ],
  ],
  ['comments', ': keep-alive\n\n:\ndata: a\n: b\n\n', [['message', 'a', '']]],
  [
    'an id stays',
    'id: 7\ndata: a\n\ndata: b\n\n',
    [
      ['message', 'a', '7'],
      ['message', 'b', '7'],
    ],
  ],
  [
    'an empty id ends it',
    'id: 7\ndata: a\n\nid\ndata: b\n\n',
    [
      ['message', 'a', '7'],
      ['message', 'b', ''],
    ],
  ],
  [
    'an id with NUL is ignored',
    'id: 7\ndata: a\n\nid: 8\0\ndata: b\n\n',
    [
      ['message', 'a', '7'],
      ['message', 'b', '7'],
    ],
  ],
  ['an id without data counts', 'id: 9\n\ndata: a\n\n', [['message', 'a', '9']]],
  ['other fields', 'foo: bar\nDATA: x\n data: y\ndata: a\n\n', [['message', 'a', '']]],
  ['a colon in the value', 'data: a: b\n\n', [['message', 'a: b', '']]],
  ['a byte order mark', '\uFEFFdata: a\n\n', [['message', 'a', '']]],
  ['a second one is a name', '\uFEFF\uFEFFdata: a\n\ndata: b\n\n', [['message', 'b', '']]],
  ['characters of several bytes', 'data: é€😀\n\n', [['message', 'é€😀', '']]],
  ['what is cut at the end', 'data: a\n\ndata: b\n', [['message', 'a', '']]],
];

describe('the parser of event streams', () => {
  for (const [name, text, expected] of CASES) {
    const found = (pieces: Uint8Array[]) => {
      const parser = new Parser();
      return pieces
        .flatMap((piece) => parser.feed(piece))
        .map(({ event, data, id }) => [event, data, id]);
    };

    it(`reads ${name}`, () => {
      expect(found([bytes(text)])).toEqual(expected);
    });

    it(`reads ${name} byte by byte`, () => {
      expect(found([...bytes(text)].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
    });
  }

  it('takes a pause that is asked for in digits only', () => {
    const parser = new Parser();
    parser.feed(bytes('retry: 1000\n\nretry: soon\nretry: 1.5\nretry:\n'));
    expect(parser.retry).toBe(1000);
  });

  it('keeps the id of the last complete message', () => {
    const parser = new Parser('5');
    expect(parser.lastId).toBe('5');
    parser.feed(bytes('id: 6\ndata: a\n'));
    expect(parser.lastId).toBe('5');
    parser.feed(bytes('\n'));
    expect(parser.lastId).toBe('6');
  });

  it('reads bytes that are no UTF-8 as a browser does', () => {
    const parser = new Parser();
    const broken = Uint8Array.of(...bytes('data: '), 0xff, ...bytes('\n\n'));
    expect(parser.feed(broken)).toEqual([{ event: 'message', data: '\uFFFD', id: '' }]);
  });

  it('refuses an event without end', () => {
    const parser = new Parser();
    const piece = bytes('x'.repeat(1024 * 1024));
    expect(() => {
      for (let times = 0; times < 20; times++) parser.feed(piece);
    }).toThrow(RangeError);
  });
});
