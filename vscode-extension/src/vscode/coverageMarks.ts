/** The marks of coverage in the editors that can be seen. */

import * as vscode from 'vscode';
import { icon } from '../core/coverage/icons';
import { KINDS, type Kind, type Mark } from '../core/coverage/marks';
import { realPath } from '../core/paths';

const NONE: readonly Mark[] = [];

export class CoverageMarks implements vscode.Disposable {
  private readonly types = new Map(KINDS.map((kind) => [kind, typeOf(kind)]));
  private shown = new WeakMap<vscode.TextEditor, readonly Mark[]>();

  dispose(): void {
    for (const type of this.types.values()) type.dispose();
  }

  /** `marks` of a file and the text of its editor. */
  show(marks: (paths: readonly string[], text: string) => readonly Mark[] | undefined): void {
    for (const editor of editors()) {
      const { document } = editor;
      this.put(editor, marks(pathsOf(document), document.getText()) ?? NONE);
    }
  }

  hide(): void {
    for (const editor of vscode.window.visibleTextEditors) this.put(editor, NONE);
  }

  private put(editor: vscode.TextEditor, marks: readonly Mark[]): void {
    if ((this.shown.get(editor) ?? NONE) === marks) return;
    this.shown.set(editor, marks);
    for (const [kind, type] of this.types) {
      const own = marks.filter((mark) => mark.kind === kind);
      editor.setDecorations(
        type,
        own.map((mark) => decorationOf(mark, editor.document)),
      );
    }
  }
}

/** The editors that may have marks. */
export function editors(): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter(
    ({ document }) => document.uri.scheme === 'file' && document.languageId === 'python',
  );
}

/** How the server may name a document's file: as it was opened, or without links in its path. */
export function pathsOf({ uri }: vscode.TextDocument): string[] {
  return [...new Set([uri.fsPath, realPath(uri.fsPath)])];
}

function decorationOf(
  { line, hover }: Mark,
  document: vscode.TextDocument,
): vscode.DecorationOptions {
  const range = new vscode.Range(line, 0, line, document.lineAt(line).text.length);
  return hover === '' ? { range } : { range, hoverMessage: new vscode.MarkdownString(hover) };
}

function typeOf(kind: Kind): vscode.TextEditorDecorationType {
  const hasTint = kind === 'missing' || kind === 'partial';
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    overviewRulerColor: new vscode.ThemeColor(`spawning.coverage.${kind}`),
    ...(hasTint && {
      backgroundColor: new vscode.ThemeColor(`spawning.coverage.${kind}Background`),
    }),
    gutterIconSize: 'contain',
    light: { gutterIconPath: vscode.Uri.parse(icon(kind, 'light')) },
    dark: { gutterIconPath: vscode.Uri.parse(icon(kind, 'dark')) },
  });
}
