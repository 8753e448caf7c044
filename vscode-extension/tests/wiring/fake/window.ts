/** The window: messages, lists, status bar, trees, terminals, panels, editors. */

import { editor, type Message, type Progress } from './editor';
import { StatusBarAlignment } from './enums';
import { CancellationTokenSource, Disposable, EventEmitter } from './events';
import { type Range, Selection, type Uri } from './places';
import { FakeTerminal } from './terminals';
import { FakeDecorationType, type FakeDocument, type FakeTextEditor } from './values';

export { FakeTerminal } from './terminals';

function tell(kind: Message['kind']) {
  return (text: string, ...rest: unknown[]): Promise<unknown> => {
    const options = isOptions(rest[0]) ? rest[0] : undefined;
    const items = options === undefined ? rest : rest.slice(1);
    const titleOf = (item: unknown) =>
      typeof item === 'string' ? item : String((item as { title: unknown }).title);
    const message = { kind, text, modal: options?.modal === true, items: items.map(titleOf) };
    editor.messages.push(message);
    const chosen = editor.onMessage(message);
    return Promise.resolve(items.find((item) => titleOf(item) === chosen));
  };
}

function isOptions(value: unknown): value is { modal?: boolean } {
  return typeof value === 'object' && value !== null && !('title' in value);
}

export class FakeStatusBarItem {
  text = '';
  tooltip: unknown;
  color: unknown;
  backgroundColor: unknown;
  command: unknown;
  name: string | undefined;
  accessibilityInformation: unknown;
  isShown = false;
  isDisposed = false;

  constructor(
    readonly id: string,
    readonly alignment: number,
    readonly priority: number | undefined,
  ) {}

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  dispose(): void {
    this.isShown = false;
    this.isDisposed = true;
  }
}

interface TreeProvider {
  getChildren(element?: unknown): unknown;
  getTreeItem(element: unknown): unknown;
}

export class FakeTreeView {
  visible = true;
  readonly visibility = new EventEmitter<{ visible: boolean }>();
  readonly onDidChangeVisibility = this.visibility.event;

  constructor(
    readonly id: string,
    readonly provider: TreeProvider,
  ) {}

  /** The tree as the user sees it, all of it unfolded: entries with their children. */
  async unfold(element?: unknown): Promise<{ item: unknown; children: unknown[] }[]> {
    const found = ((await this.provider.getChildren(element)) ?? []) as unknown[];
    return Promise.all(
      found.map(async (one) => ({
        item: await this.provider.getTreeItem(one),
        children: await this.unfold(one),
      })),
    );
  }

  dispose(): void {
    editor.trees.delete(this.id);
  }
}

function createTreeView(id: string, options: { treeDataProvider: unknown }): FakeTreeView {
  const view = new FakeTreeView(id, options.treeDataProvider as TreeProvider);
  editor.trees.set(id, view);
  return view;
}

export class FakePanel {
  readonly posted: unknown[] = [];
  readonly received = new EventEmitter<unknown>();
  readonly closed = new EventEmitter<undefined>();
  readonly onDidDispose = this.closed.event;
  isDisposed = false;
  reveals = 0;
  readonly webview = {
    html: '',
    options: {},
    cspSource: 'vscode-resource:',
    onDidReceiveMessage: this.received.event,
    postMessage: (message: unknown) => Promise.resolve(this.posted.push(message) > 0),
    asWebviewUri: (uri: Uri) => uri.with({ scheme: 'vscode-resource' }),
  };

  constructor(
    readonly viewType: string,
    public title: string,
    readonly options: unknown,
  ) {}

  reveal(): void {
    this.reveals += 1;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.closed.fire(undefined);
  }
}

function createOutputChannel(name: string) {
  const write = (line: unknown) => void editor.logged.push(String(line));
  return {
    name,
    logLevel: 3,
    append: write,
    appendLine: write,
    trace: write,
    debug: write,
    info: write,
    warn: write,
    error: write,
    clear: () => undefined,
    hide: () => undefined,
    show: () => void editor.executed.push({ command: `show:${name}`, args: [] }),
    dispose: () => undefined,
  };
}

function createStatusBarItem(...given: (string | number | undefined)[]): FakeStatusBarItem {
  const id = typeof given[0] === 'string' ? given[0] : '';
  const [alignment = StatusBarAlignment.Left, priority] = given.filter(
    (one) => typeof one === 'number',
  );
  const item = new FakeStatusBarItem(id, alignment, priority);
  editor.statusBarItems.push(item);
  return item;
}

function showTextDocument(
  document: FakeDocument,
  { selection, viewColumn }: { selection?: Range; viewColumn?: number } = {},
): Promise<FakeTextEditor> {
  const shown = editor.show(document);
  if (selection !== undefined) shown.selection = new Selection(selection.start, selection.end);
  shown.viewColumn = viewColumn;
  return Promise.resolve(shown);
}

function createTerminal(given?: string | FakeTerminal['creationOptions']): FakeTerminal {
  const options = typeof given === 'string' ? { name: given } : (given ?? {});
  const terminal = new FakeTerminal(options);
  editor.terminals.push(terminal);
  return terminal;
}

export const window = {
  showInformationMessage: tell('information'),
  showWarningMessage: tell('warning'),
  showErrorMessage: tell('error'),
  async showQuickPick(items: unknown, options: Record<string, unknown> = {}): Promise<unknown> {
    const pick = { items: (await items) as unknown[], options };
    editor.picks.push(pick);
    return editor.onPick(pick);
  },
  showInputBox: (options: Record<string, unknown> = {}) => Promise.resolve(editor.onInput(options)),
  setStatusBarMessage(text: string): Disposable {
    editor.statusMessages.push(text);
    return new Disposable(() => undefined);
  },
  async withProgress(
    { title = '' }: { title?: string },
    task: (progress: unknown, token: unknown) => unknown,
  ): Promise<unknown> {
    const source = new CancellationTokenSource();
    const cancel = () => {
      source.cancel();
    };
    const shown: Progress = { title, said: [], isOver: false, cancel };
    editor.progress.push(shown);
    const report = ({ message = '' }) => shown.said.push(message);
    try {
      return await task({ report }, source.token);
    } finally {
      shown.isOver = true;
    }
  },
  createOutputChannel,
  createStatusBarItem,
  createTerminal,
  createTreeView,
  createWebviewPanel(
    viewType: string,
    title: string,
    _where: unknown,
    options: unknown,
  ): FakePanel {
    const panel = new FakePanel(viewType, title, options);
    editor.panels.push(panel);
    return panel;
  },
  createTextEditorDecorationType(options: unknown): FakeDecorationType {
    const type = new FakeDecorationType(`decoration${editor.decorationTypes.length}`, options);
    editor.decorationTypes.push(type);
    return type;
  },
  showTextDocument,
  get activeTextEditor(): FakeTextEditor | undefined {
    return editor.activeEditor;
  },
  get visibleTextEditors(): readonly FakeTextEditor[] {
    return editor.editors;
  },
  state: { focused: true, active: true },
  tabGroups: {
    get all() {
      return editor.groups;
    },
  },
  onDidChangeActiveTextEditor: editor.events.activeEditor.event,
  onDidChangeVisibleTextEditors: editor.events.visibleEditors.event,
  onDidCloseTerminal: editor.events.closeTerminal.event,
  onDidChangeTerminalShellIntegration: editor.events.shellIntegration.event,
  onDidEndTerminalShellExecution: editor.events.endShellExecution.event,
  onDidChangeWindowState: editor.events.windowState.event,
};
