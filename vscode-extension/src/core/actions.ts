/** What can be done with a server, for the list that a click on the status bar shows; pure. */

import type { Seen } from './bar';
import { addressOf, errorOf, nameOf, took } from './phrases';

export interface Action {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** Undefined for a heading. */
  readonly command: string | undefined;
  /** The server that it is done with. */
  readonly server?: Seen;
}

const STARTS: readonly Action[] = [
  { label: '$(play) Start', command: 'spawning.start' },
  { label: '$(run-coverage) Start with Coverage', command: 'spawning.startWithCoverage' },
  { label: '$(debug-alt) Start with Debugger', command: 'spawning.startWithDebugger' },
  { label: '$(list-selection) Select Application', command: 'spawning.selectApplication' },
];
const LOG: Action = { label: '$(output) Show Log', command: 'spawning.showLog' };
/** Shows this list for another server. */
export const ACTIONS = 'spawning.showActions';

export function actionsOf(
  server: Seen | undefined,
  others: readonly Seen[],
  isTrusted: boolean,
): Action[] {
  const first =
    server === undefined
      ? [...(isTrusted ? STARTS : []), LOG]
      : [...withServer(server, isTrusted), LOG];
  const further = others.map((other) => ({ ...entry(other), command: ACTIONS, server: other }));
  const heading = {
    label: server === undefined ? 'Servers elsewhere' : 'Other servers',
    command: undefined,
  };
  return [...first, ...(further.length > 0 ? [heading, ...further] : [])];
}

function withServer(server: Seen, isTrusted: boolean): Action[] {
  const { note, status } = server;
  const failure = status?.last_failure;
  const does = (label: string, command: string, description = ''): Action => ({
    label,
    command,
    description,
    server,
  });
  return [
    { label: entry(server).label.replace(/^\S+ /, ''), command: undefined },
    ...(failure?.current
      ? [does('$(bug) Show Problem', 'spawning.showProblem', errorOf(failure))]
      : []),
    does('$(globe) Open in Browser', 'spawning.openInBrowser', note.urls[0]),
    ...(note.status === '' ? [] : [does('$(pulse) Show Status', 'spawning.showStatus')]),
    does('$(refresh) Reload', 'spawning.reload'),
    ...(note.backdoor.length > 0 && isTrusted
      ? [does('$(terminal) Attach to Backdoor', 'spawning.attachBackdoor')]
      : []),
    ...(status?.config.coverage
      ? [does('$(checklist) Show Coverage', 'spawning.showCoverage')]
      : []),
    does('$(debug-stop) Stop', 'spawning.stop', `process ${note.pid}`),
  ];
}

/** A server in a list of several. */
export function entry({ note, status }: Seen): Pick<Action, 'label' | 'description' | 'detail'> {
  const { serving = 0, after = null } = status?.generation ?? {};
  const state = [
    ...(serving > 0 ? [`gen ${serving}`] : []),
    ...(after === null ? [] : [took(after)]),
  ];
  return {
    label: `$(server) ${[nameOf(note), addressOf(note)].filter(Boolean).join(' ')}`,
    description: [...state, `process ${note.pid}`].join(' · '),
    detail: note.folder,
  };
}
