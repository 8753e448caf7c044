/** What an extension makes and hands over: entries, messages, marks. */

import { DiagnosticSeverity, TreeItemCollapsibleState } from './enums';
import type { Location, Range, Selection, Uri } from './places';
import { Position } from './places';

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  static readonly File = new ThemeIcon('file');
  static readonly Folder = new ThemeIcon('folder');

  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class MarkdownString {
  isTrusted: boolean | { readonly enabledCommands: readonly string[] } = false;
  supportHtml = false;
  baseUri: Uri | undefined;

  constructor(
    public value = '',
    public supportThemeIcons = false,
  ) {}

  /** The signs that mean something in Markdown stay what they are. */
  appendText(text: string): this {
    this.value += text.replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&').replaceAll('\n', '\n\n');
    return this;
  }

  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }

  appendCodeblock(text: string, language = ''): this {
    this.value += `\n\`\`\`${language}\n${text}\n\`\`\`\n`;
    return this;
  }
}

export class TreeItem {
  label: string | undefined;
  resourceUri: Uri | undefined;
  id: string | undefined;
  description: string | boolean | undefined;
  tooltip: string | MarkdownString | undefined;
  iconPath: unknown;
  command: { command: string; title: string; arguments?: unknown[] } | undefined;
  contextValue: string | undefined;
  accessibilityInformation: unknown;

  constructor(
    labelOrUri: string | Uri,
    public collapsibleState = TreeItemCollapsibleState.None,
  ) {
    if (typeof labelOrUri === 'string') this.label = labelOrUri;
    else this.resourceUri = labelOrUri;
  }
}

export class Diagnostic {
  source: string | undefined;
  code: unknown;
  relatedInformation: DiagnosticRelatedInformation[] | undefined;
  tags: number[] | undefined;

  constructor(
    readonly range: Range,
    readonly message: string,
    public severity = DiagnosticSeverity.Error,
  ) {}
}

export class DiagnosticRelatedInformation {
  constructor(
    readonly location: Location,
    readonly message: string,
  ) {}
}

export class CodeLens {
  constructor(
    readonly range: Range,
    public command?: { command: string; title: string; arguments?: unknown[] },
  ) {}

  get isResolved(): boolean {
    return this.command !== undefined;
  }
}

export class Hover {
  readonly contents: unknown[];

  constructor(
    contents: unknown,
    readonly range?: Range,
  ) {
    this.contents = Array.isArray(contents) ? contents : [contents];
  }
}

export class SourceBreakpoint {
  constructor(
    readonly location: Location,
    readonly enabled = true,
  ) {}
}

/** A text as the editor holds it: lines are counted from zero. */
export class FakeDocument {
  version = 1;
  isDirty = false;
  isClosed = false;
  isUntitled = false;
  eol = 1;

  constructor(
    readonly uri: Uri,
    private text: string,
    readonly languageId: string,
  ) {}

  get fileName(): string {
    return this.uri.fsPath;
  }

  get lineCount(): number {
    return this.text.split('\n').length;
  }

  getText(range?: Range): string {
    if (range === undefined) return this.text;
    return this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end));
  }

  setText(text: string): void {
    this.text = text;
    this.version += 1;
    this.isDirty = true;
  }

  lineAt(where: number | Position): {
    text: string;
    lineNumber: number;
    isEmptyOrWhitespace: boolean;
  } {
    const lineNumber = typeof where === 'number' ? where : where.line;
    const text = this.text.split('\n')[lineNumber];
    if (text === undefined) throw new Error(`Illegal value for line: ${lineNumber}`);
    return { text, lineNumber, isEmptyOrWhitespace: text.trim() === '' };
  }

  offsetAt(position: Position): number {
    const before = this.text.split('\n').slice(0, position.line);
    return before.reduce((sum, line) => sum + line.length + 1, 0) + position.character;
  }

  positionAt(offset: number): Position {
    const before = this.text.slice(0, offset).split('\n');
    return new Position(before.length - 1, before.at(-1)?.length ?? 0);
  }
}

/** A kind of mark that an editor can carry; `dispose` takes it from all. */
export class FakeDecorationType {
  isDisposed = false;

  constructor(
    readonly key: string,
    readonly options: unknown,
  ) {}

  dispose(): void {
    this.isDisposed = true;
  }
}

export class FakeTextEditor {
  readonly decorations = new Map<FakeDecorationType, readonly (Range | { range: Range })[]>();
  readonly revealed: Range[] = [];
  viewColumn = 1;
  options = {};

  constructor(
    readonly document: FakeDocument,
    public selection: Selection,
  ) {}

  get selections(): readonly Selection[] {
    return [this.selection];
  }

  setDecorations(type: FakeDecorationType, ranges: readonly (Range | { range: Range })[]): void {
    this.decorations.set(type, ranges);
  }

  revealRange(range: Range): void {
    this.revealed.push(range);
  }

  /** The lines, from zero, that carry marks of a kind. */
  linesWith(type: FakeDecorationType): number[] {
    return (this.decorations.get(type) ?? []).map((mark) =>
      'range' in mark ? mark.range.start.line : mark.start.line,
    );
  }
}

/** What a tab shows, where that is a terminal. */
export class TabInputTerminal {
  readonly isTerminal = true;
}
