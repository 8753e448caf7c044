/** What the stand-in was told, and what it answers: the side that a test looks at. */

import type { FakeDiagnostics, FakeTestController } from './services';
import type { FakePanel, FakeStatusBarItem, FakeTerminal, FakeTreeView } from './window';
import { EventEmitter } from './events';
import { Selection, Uri } from './places';
import { type FakeDecorationType, FakeDocument, FakeTextEditor } from './values';

export interface Message {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly modal: boolean;
  readonly items: readonly string[];
}

export interface Pick {
  readonly items: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Progress {
  readonly title: string;
  readonly said: string[];
  isOver: boolean;
  /** The user presses Cancel. */
  cancel(): void;
}

export interface Executed {
  readonly command: string;
  readonly args: readonly unknown[];
}

export interface Folder {
  readonly uri: Uri;
  readonly name: string;
  readonly index: number;
}

/** All of it is as new after `reset()`, which a test calls first. */
export class Editor {
  /** What the user does with messages, lists and input boxes; dismisses them unless a test says more. */
  onMessage: (message: Message) => string | undefined = () => undefined;
  onPick: (pick: Pick) => unknown = () => undefined;
  onInput: (options: Readonly<Record<string, unknown>>) => string | undefined = () => undefined;

  messages: Message[] = [];
  /** What was shown to go on, and whether it has ended. */
  progress: Progress[] = [];
  /** What the status bar said for a while. */
  statusMessages: string[] = [];
  picks: Pick[] = [];
  executed: Executed[] = [];
  opened: Uri[] = [];
  logged: string[] = [];

  commands = new Map<string, (...args: unknown[]) => unknown>();
  statusBarItems: FakeStatusBarItem[] = [];
  terminals: FakeTerminal[] = [];
  panels: FakePanel[] = [];
  trees = new Map<string, FakeTreeView>();
  decorationTypes: FakeDecorationType[] = [];
  diagnostics = new Map<string, FakeDiagnostics>();
  testControllers = new Map<string, FakeTestController>();
  /** Providers and factories, under `task:TYPE`, `debugConfiguration:TYPE` and so on. */
  providers = new Map<string, unknown>();
  debugStarted: { folder: unknown; configuration: unknown; options: unknown }[] = [];
  /** What `debug.startDebugging` answers. */
  debugStarts = true;

  folders: Folder[] = [];
  documents: FakeDocument[] = [];
  editors: FakeTextEditor[] = [];
  activeEditor: FakeTextEditor | undefined;
  /** The groups of editors that are open. */
  groups: { readonly viewColumn: number; readonly tabs: readonly unknown[] }[] = [];
  isTrusted = true;
  remoteName: string | undefined;
  uriScheme = 'vscode';
  /** By full name, as in settings.json: `spawning.application`. */
  settings: Record<string, unknown> = {};
  contexts = new Map<string, unknown>();
  /** Other extensions, by id. */
  extensions = new Map<string, { exports: unknown }>();
  /** Where a page of this machine is for the browser. */
  externalUri: (uri: Uri) => Uri = (uri) => uri;

  readonly events = {
    activeEditor: new EventEmitter<FakeTextEditor | undefined>(),
    visibleEditors: new EventEmitter<readonly FakeTextEditor[]>(),
    closeTerminal: new EventEmitter<FakeTerminal>(),
    shellIntegration: new EventEmitter<unknown>(),
    endShellExecution: new EventEmitter<unknown>(),
    windowState: new EventEmitter<unknown>(),
    folders: new EventEmitter<unknown>(),
    changeDocument: new EventEmitter<unknown>(),
    endTask: new EventEmitter<unknown>(),
    startTaskProcess: new EventEmitter<unknown>(),
    terminateDebug: new EventEmitter<unknown>(),
    customDebug: new EventEmitter<unknown>(),
  };

  reset(): void {
    for (const emitter of Object.values(this.events)) emitter.dispose();
    // Who imported `vscode` listens to these events for good, so they stay the same.
    Object.assign(this, new Editor(), { events: this.events });
  }

  openFolder(path: string, name = path.split('/').at(-1) ?? path): Folder {
    const folder = { uri: Uri.file(path), name, index: this.folders.length };
    this.folders = [...this.folders, folder];
    this.events.folders.fire({ added: [folder], removed: [] });
    return folder;
  }

  openDocument(path: string, text: string, languageId = 'python'): FakeDocument {
    const document = new FakeDocument(Uri.file(path), text, languageId);
    this.documents.push(document);
    return document;
  }

  /** Opens a text in a visible editor, which becomes the active one. */
  openEditor(path: string, text: string, languageId = 'python'): FakeTextEditor {
    const open = this.documents.find((one) => one.uri.fsPath === path);
    return this.show(open ?? this.openDocument(path, text, languageId));
  }

  show(document: FakeDocument): FakeTextEditor {
    const shown = this.editors.find((one) => one.document === document);
    const editor = shown ?? new FakeTextEditor(document, new Selection(0, 0, 0, 0));
    if (shown === undefined) {
      this.editors = [...this.editors, editor];
      this.events.visibleEditors.fire(this.editors);
    }
    this.activeEditor = editor;
    this.events.activeEditor.fire(editor);
    return editor;
  }

  /** The user types: the text is another, and not saved. */
  edit(document: FakeDocument, text: string): void {
    document.setText(text);
    this.events.changeDocument.fire({ document, contentChanges: [] });
  }

  set(name: string, value: unknown): void {
    this.settings[name] = value;
  }

  /** How many listen to what the editor tells. */
  get listeners(): number {
    return Object.values(this.events).reduce((sum, event) => sum + event.size, 0);
  }

  /** Runs a command as the palette or a button would. */
  async run(command: string, ...args: unknown[]): Promise<unknown> {
    const registered = this.commands.get(command);
    if (registered === undefined) throw new Error(`command '${command}' not found`);
    return await registered(...args);
  }
}

export const editor = new Editor();
