/** Where something is: addresses of files and pages, positions in a text. */

import { posix } from 'node:path';

interface Pieces {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

export class Uri implements Pieces {
  private constructor(
    readonly scheme: string,
    readonly authority: string,
    readonly path: string,
    readonly query: string,
    readonly fragment: string,
  ) {}

  static file(path: string): Uri {
    return new Uri('file', '', path, '', '');
  }

  static parse(text: string): Uri {
    const found = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i.exec(
      text,
    );
    if (found === null) throw new Error(`no address: ${text}`);
    const [scheme, authority, path, query, fragment] = found
      .slice(1)
      .map((piece: string | undefined) => decodeURIComponent(piece ?? ''));
    return new Uri(scheme ?? '', authority ?? '', path ?? '', query ?? '', fragment ?? '');
  }

  static from(pieces: Partial<Pieces> & { readonly scheme: string }): Uri {
    return new Uri(
      pieces.scheme,
      pieces.authority ?? '',
      pieces.path ?? '',
      pieces.query ?? '',
      pieces.fragment ?? '',
    );
  }

  static joinPath(uri: Uri, ...names: string[]): Uri {
    return uri.with({ path: posix.join(uri.path, ...names) });
  }

  get fsPath(): string {
    return this.path;
  }

  with(change: Partial<Pieces>): Uri {
    return Uri.from({ ...this.pieces(), ...change });
  }

  toString(skipEncoding = false): string {
    const { scheme, authority, path, query, fragment } = this.pieces();
    const encode = skipEncoding
      ? (text: string) => text
      : (text: string) => encodeURIComponent(text).replaceAll('%2F', '/');
    const host = authority !== '' || scheme === 'file' ? `//${authority}` : '';
    const tail = (query && `?${encode(query)}`) + (fragment && `#${encode(fragment)}`);
    return `${scheme}:${host}${encode(path)}${tail}`;
  }

  toJSON(): Pieces {
    return this.pieces();
  }

  private pieces(): Pieces {
    const { scheme, authority, path, query, fragment } = this;
    return { scheme, authority, path, query, fragment };
  }
}

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {
    if (line < 0 || character < 0) throw new Error('illegal argument: a position below zero');
  }

  isAfter(other: Position): boolean {
    return this.line > other.line || (this.line === other.line && this.character > other.character);
  }
}

function asPositions(values: (number | Position)[]): [Position, Position] {
  const [first, second] = values;
  if (first instanceof Position && second instanceof Position) return [first, second];
  const [a, b, c, d] = values as number[];
  return [new Position(a ?? -1, b ?? -1), new Position(c ?? -1, d ?? -1)];
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(start: Position, end: Position);
  constructor(startLine: number, startCharacter: number, endLine: number, endCharacter: number);
  constructor(...values: (number | Position)[]) {
    const [one, other] = asPositions(values);
    [this.start, this.end] = one.isAfter(other) ? [other, one] : [one, other];
  }
}

export class Selection extends Range {
  readonly anchor: Position;
  readonly active: Position;

  constructor(anchor: Position, active: Position);
  constructor(
    anchorLine: number,
    anchorCharacter: number,
    activeLine: number,
    activeCharacter: number,
  );
  constructor(...values: (number | Position)[]) {
    const [anchor, active] = asPositions(values);
    super(anchor, active);
    this.anchor = anchor;
    this.active = active;
  }
}

export class Location {
  readonly range: Range;

  constructor(
    readonly uri: Uri,
    where: Range | Position,
  ) {
    this.range = where instanceof Range ? where : new Range(where, where);
  }
}
