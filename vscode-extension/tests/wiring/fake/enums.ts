/** The editor's numbers, as far as they are used. */

export enum StatusBarAlignment {
  Left = 1,
}
export enum DiagnosticSeverity {
  Error = 0,
}
export enum TreeItemCollapsibleState {
  None = 0,
  Collapsed = 1,
  Expanded = 2,
}
export enum ViewColumn {
  Active = -1,
  Beside = -2,
  One = 1,
}
export enum OverviewRulerLane {
  Left = 1,
}
export enum ProgressLocation {
  Window = 10,
  Notification = 15,
}
export enum UIKind {
  Desktop = 1,
}
export enum QuickPickItemKind {
  Separator = -1,
  Default = 0,
}
export enum TerminalExitReason {
  Process = 2,
  Extension = 4,
}
export enum DebugConfigurationProviderTriggerKind {
  Dynamic = 2,
}
export enum TestRunProfileKind {
  Coverage = 3,
}
export enum DebugConsoleMode {
  MergeWithParent = 1,
}
