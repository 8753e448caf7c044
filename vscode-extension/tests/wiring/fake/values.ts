/** What an extension makes and hands over: entries, messages, marks. */

import { DiagnosticSeverity, TreeItemCollapsibleState } from './enums';
import type { Location, Range, Selection, Uri } from './places';

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class MarkdownString {
  constructor(public value = '') {}

  /** The signs that mean something in Markdown stay what they are. */
  appendText(text: string): this {
    this.value += text.replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&').replaceAll('\n', '\n\n');
    return this;
  }
}

export class TreeItem {
  id: string | undefined;
  description: string | undefined;
  tooltip: string | undefined;
  iconPath: unknown;
  command: { command: string; title: string; arguments?: unknown[] } | undefined;
  contextValue: string | undefined;
  accessibilityInformation: unknown;

  constructor(
    readonly label: string,
    public collapsibleState = TreeItemCollapsibleState.None,
  ) {}
}

export class Diagnostic {
  source: string | undefined;
  code: unknown;
  relatedInformation: DiagnosticRelatedInformation[] | undefined;

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

/** A text as the editor holds it: lines are counted from zero. */
export class FakeDocument {
  constructor(
    readonly uri: Uri,
    private text: string,
    readonly languageId: string,
  ) {}

  getText(): string {
    return this.text;
  }

  setText(text: string): void {
    this.text = text;
  }

  lineAt(lineNumber: number): { text: string } {
    const text = this.text.split('\n')[lineNumber];
    if (text === undefined) throw new Error(`Illegal value for line: ${lineNumber}`);
    return { text };
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
  viewColumn: number | undefined;
  readonly decorations = new Map<FakeDecorationType, readonly (Range | { range: Range })[]>();

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
}

/** What a tab shows, where that is a terminal. */
export class TabInputTerminal {
  readonly isTerminal = true;
}
