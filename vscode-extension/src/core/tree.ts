/** Servers, their generations, workers and requests as entries of a tree; pure. */

import { basename } from 'node:path';
import type { Child, Failure, Status } from './contract';
import { age } from './age';
import type { Seen } from './bar';
import {
  addressOf,
  busyness,
  clock,
  count,
  errorOf,
  folderAmong,
  nameOf,
  size,
  took,
} from './phrases';

export interface Entry {
  /** Of one server, generation, worker or request, for as long as it is there. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  /** Of the theme; '' for that of the text. */
  readonly color: string;
  /** Words on which menus depend. */
  readonly context: string;
  readonly isOpen: boolean;
  readonly children: readonly string[];
  /** What a click opens. */
  readonly failure: Failure | undefined;
}

export interface Tree {
  readonly roots: readonly string[];
  readonly entries: ReadonlyMap<string, Entry>;
}

/** Stands in the ids of what is in flight. */
const REQUEST = '/request/';
const GOOD = 'testing.iconPassed';
const BAD = 'testing.iconFailed';
const WARN = 'list.warningForeground';
const CALM = 'charts.blue';
const PLAIN = { tooltip: '', color: '', isOpen: true, children: [], failure: undefined } as const;

/** The servers in their order; those of the workspace are unfolded. */
export function treeOf(own: readonly Seen[], others: readonly Seen[]): Tree {
  const entries = new Map<string, Entry>();
  const add = (entry: Entry): string => {
    entries.set(entry.id, entry);
    return entry.id;
  };
  const notes = own.map(({ note }) => note);
  const plant = (isOpen: boolean) => (seen: Seen) => {
    const { status } = seen;
    const id = serverId(seen);
    const children = status === undefined ? [] : generationsOf(id, status, add);
    // Elsewhere there may be several of one name; of ours, there rarely are.
    const folder = isOpen ? folderAmong(seen.note, notes) : basename(seen.note.folder);
    return add({ ...serverEntry(seen, folder), id, isOpen, children });
  };
  return { roots: [...own.map(plant(true)), ...others.map(plant(false))], entries };
}

export function serverId({ note }: Seen): string {
  return `${note.pid}:${note.started}`;
}

function serverEntry(
  { note, status }: Seen,
  folder: string,
): Omit<Entry, 'id' | 'isOpen' | 'children'> {
  const context = [
    'server',
    ...(note.urls.some((url) => url.startsWith('http')) ? ['open'] : []),
    ...(note.backdoor.length > 0 ? ['backdoor'] : []),
    ...(note.status === '' ? [] : ['status']),
  ].join(' ');
  const [icon, color] = serverIcon(status);
  return {
    label: nameOf(note),
    description: [stateOf(status, note.status === ''), addressOf(note), folder]
      .filter(Boolean)
      .join(' · '),
    tooltip: [...note.urls, note.folder, `process ${note.pid}`, status?.sentence ?? '']
      .filter(Boolean)
      .join('\n'),
    ...{ icon, color, context, failure: undefined },
  };
}

function stateOf(status: Status | undefined, isMute: boolean): string {
  if (status === undefined) {
    return isMute ? 'no status page' : 'connecting';
  }
  const { serving, pending } = status.generation;
  switch (status.health) {
    case 'healthy':
      return pending === null ? `gen ${serving}` : `gen ${serving} → ${pending.generation}`;
    case 'degraded':
      return `gen ${serving} · degraded`;
    case 'failing':
      return 'reload failed';
    case 'down':
      return 'nobody answers';
    case 'starting':
    case 'stopping':
      return status.health;
  }
}

function serverIcon(status: Status | undefined): [string, string] {
  switch (status?.health) {
    case undefined:
      return ['server', ''];
    case 'healthy':
      return ['server-process', GOOD];
    case 'starting':
    case 'stopping':
      return ['loading~spin', CALM];
    case 'degraded':
      return ['warning', WARN];
    case 'failing':
    case 'down':
      return ['error', BAD];
  }
}

type Add = (entry: Entry) => string;

/** The newest first. */
function generationsOf(server: string, status: Status, add: Add): string[] {
  const children = Object.values(status.children);
  const { serving, pending } = status.generation;
  const failure = status.last_failure;
  const failed =
    failure?.current === true && failure.generation !== serving ? [failure.generation] : [];
  const begun = pending === null ? [] : [pending.generation];
  const numbers = new Set([...children.map((child) => child.generation), ...begun, ...failed]);
  return [...numbers]
    .sort((a, b) => b - a)
    .map((generation) => {
      const id = `${server}/${generation}`;
      const workers = children.filter((child) => child.generation === generation);
      const why = failure?.current && failure.generation === generation ? failure : undefined;
      return add({
        ...PLAIN,
        ...generationEntry(generation, status, why),
        id,
        label: `Generation ${generation}`,
        context: 'generation',
        children: [
          ...(why === undefined ? [] : [add(failureEntry(id, why))]),
          ...workers
            .sort((a, b) => a.worker - b.worker)
            .map((child) => add(workerEntry(id, child, add))),
        ],
      });
    });
}

type Look = Pick<Entry, 'description' | 'icon' | 'color'>;

function generationEntry(generation: number, status: Status, failure: Failure | undefined): Look {
  const { serving, since, after, pending } = status.generation;
  if (generation === serving) {
    const words = [
      'serves',
      ...(after === null ? [] : [took(after)]),
      ...(since === null ? [] : [`since ${clock(since)}`]),
    ];
    return { description: words.join(' · '), icon: 'layers-active', color: GOOD };
  }
  if (pending?.generation === generation) {
    return { description: `is being started: ${pending.cause}`, icon: 'loading~spin', color: CALM };
  }
  if (failure !== undefined) {
    return { description: 'failed', icon: 'error', color: BAD };
  }
  return { description: 'finishes its requests', icon: 'layers', color: '' };
}

function failureEntry(generation: string, failure: Failure): Entry {
  const place = failure.file === null ? '' : `${failure.file}:${failure.line ?? 1}`;
  return {
    ...PLAIN,
    id: `${generation}/failure`,
    label: errorOf(failure),
    description: place,
    tooltip: [errorOf(failure), place, failure.hint ?? ''].filter(Boolean).join('\n'),
    icon: 'bug',
    color: BAD,
    context: 'failure',
    failure,
  };
}

const WORKER_ICONS: Readonly<Record<Child['state'], readonly [string, string]>> = {
  starting: ['loading~spin', CALM],
  ready: ['circle-outline', CALM],
  serving: ['circle-filled', GOOD],
  draining: ['circle-outline', ''],
  hung: ['error', BAD],
  held: ['debug-pause', WARN],
};

function workerEntry(generation: string, child: Child, add: Add): Entry {
  const [icon, color] = WORKER_ICONS[child.state];
  const id = `${generation}/${child.worker}`;
  const memory = child.memory === null ? [] : [size(child.memory)];
  return {
    ...PLAIN,
    ...{ id, icon, color },
    label: `Worker ${child.worker}`,
    description: [
      child.state === 'serving' ? '' : (child.debugger ?? child.state),
      busyness(child),
      count(child.requests, 'request'),
      ...memory,
    ]
      .filter(Boolean)
      .join(' · '),
    tooltip: `${child.state}, process ${child.pid}, ${count(child.connections, 'connection')}`,
    context: 'worker',
    children: requestsOf(id, child).map(add),
  };
}

/** The oldest first; of many, the server tells some, and how many there are. */
function requestsOf(worker: string, child: Child): Entry[] {
  const shared = { ...PLAIN, color: '', context: 'request' };
  const told = child.in_flight.map(({ line, seconds }, place) => ({
    ...shared,
    id: `${worker}${REQUEST}${place}`,
    // The age first: a line may be long, and is cut.
    label: age(seconds),
    description: line,
    tooltip: line,
    icon: 'arrow-swap',
  }));
  const others = child.busy - told.length;
  const more = {
    ...shared,
    id: `${worker}/more`,
    label: `and ${others} more`,
    description: '',
    icon: 'ellipsis',
  };
  return others > 0 && told.length > 0 ? [...told, more] : told;
}

/** Whether something in the tree grows older while nothing happens. */
export function isAgeing(tree: Tree): boolean {
  return [...tree.entries.keys()].some((id) => id.includes(REQUEST));
}
