/** The status panel: what it shows of a server, as plain values; pure. */

import type { Child, Failure, Frame, InFlight, ServerEvent, Status } from './contract';
import { age } from './age';
import type { Seen } from './bar';
import { busyness, clock, count, errorOf, nameOf, size, took } from './phrases';
import { h, type Element, type View } from './view';

const LAST_RELOADS = 8;

/** `isGone`: the server has ended, and this was the last that was heard of it. */
export function pageOf({ note, status }: Seen, isGone: boolean): Element {
  const address = note.urls.join(' ');
  const title = h('h1', {}, nameOf(note), h('small', {}, address));
  if (status === undefined) {
    const why =
      note.status === ''
        ? 'It has no status page: start it with --status-port 0.'
        : 'It has not said anything yet.';
    return h(
      'main',
      {},
      title,
      h('p', { class: 'sentence', role: 'status' }, isGone ? 'The server has ended.' : why),
    );
  }
  const failure = status.last_failure;
  return h(
    'main',
    { class: isGone ? 'gone' : undefined },
    title,
    h(
      'p',
      { class: `sentence ${tone(status, isGone)}`, role: 'status' },
      isGone ? 'The server has ended.' : status.sentence,
    ),
    failure?.current === true ? failureOf(failure) : undefined,
    section('Generations', generations(status)),
    section('Workers', workers(status)),
    section('Requests', totals(status)),
    section('Last reloads', reloads(status.events ?? [])),
    failure?.current === false ? failureOf(failure) : undefined,
    h(
      'footer',
      {},
      `Spawning ${status.version}, Python ${status.python}, controller ${status.pid}, ${note.folder}`,
    ),
  );
}

function tone(status: Status, isGone: boolean): string {
  if (isGone) {
    return 'plain';
  }
  switch (status.health) {
    case 'healthy':
      return 'good';
    case 'degraded':
      return 'warn';
    case 'failing':
    case 'down':
      return 'bad';
    case 'starting':
    case 'stopping':
      return 'plain';
  }
}

function section(name: string, ...content: View[]): Element {
  const id = name.toLowerCase().replace(' ', '-');
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, name), ...content);
}

function failureOf(failure: NonNullable<Status['last_failure']>): Element {
  const failed = `Generation ${failure.generation} failed at ${clock(failure.at)}`;
  return h(
    'section',
    { class: failure.current ? 'failure' : 'failure past', 'aria-labelledby': 'failure' },
    h('h2', { id: 'failure' }, failure.current ? failed : `${failed}; newer code serves`),
    h('p', { class: 'message' }, errorOf(failure)),
    failure.hint ? h('p', {}, failure.hint) : undefined,
    h('ol', {}, ...placesOf(failure).map(place)),
  );
}

/** Where an error can be looked at: its own place first, then the frames from the inside out. */
export function placesOf(failure: Failure): Frame[] {
  const frames = [...failure.frames].reverse();
  const { file, line } = failure;
  if (
    file === null ||
    line === null ||
    frames.some((frame) => frame.file === file && frame.line === line)
  ) {
    return frames;
  }
  return [{ file, line, function: '', source: '', in_project: true }, ...frames];
}

function place(frame: Frame, number: number): Element {
  const text = `${frame.file}:${frame.line}`;
  const within = frame.function ? ` in ${frame.function}` : '';
  return h(
    'li',
    { class: frame.in_project ? undefined : 'outside' },
    h('button', { class: 'link', 'data-place': number, title: 'Open in the editor' }, text),
    within,
    frame.source ? h('code', {}, frame.source) : undefined,
  );
}

function generations(status: Status): Element {
  const { serving, since, after, pending } = status.generation;
  const draining = new Set(
    Object.values(status.children)
      .map((child) => child.generation)
      .filter((generation) => generation < serving),
  );
  const rows = [
    pending && [`${pending.generation}`, `is being started: ${pending.cause}`],
    serving > 0 && [
      `${serving}`,
      [
        'serves',
        since === null ? '' : `since ${clock(since)}`,
        after === null ? '' : `after ${took(after)}`,
      ]
        .filter(Boolean)
        .join(' '),
    ],
    ...[...draining]
      .sort((a, b) => b - a)
      .map((generation) => [`${generation}`, 'finishes its requests']),
  ].filter((row) => row !== false && row !== null);
  return h(
    'dl',
    { class: 'generations' },
    ...rows.flatMap(([number = '', words = '']) => [h('dt', {}, number), h('dd', {}, words)]),
  );
}

const COLUMNS = [
  'Worker',
  'Generation',
  'State',
  'Busy',
  'Oldest request',
  'Requests',
  'Connections',
  'Memory',
  'Process',
];

function workers(status: Status): Element {
  const children = Object.values(status.children).sort(
    (a, b) => b.generation - a.generation || a.worker - b.worker,
  );
  if (children.length === 0) {
    return h('p', {}, 'There is none.');
  }
  const head = h('tr', {}, ...COLUMNS.map((name) => h('th', { scope: 'col' }, name)));
  const rows = children.map((child) => worker(child, status.time));
  return h('div', { class: 'wide' }, h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows)));
}

function worker(child: Child, time: number): Element {
  const [oldest] = child.in_flight;
  const cells: View[] = [
    h('span', { class: `state ${child.state}` }, child.debugger ?? child.state),
    h('span', {}, bar(child), busyness(child).replace(' busy', '')),
    oldest === undefined ? '' : request(oldest, time),
    child.requests.toLocaleString('en'),
    child.connections.toLocaleString('en'),
    child.memory === null ? '' : size(child.memory),
    `${child.pid}`,
  ];
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, `${child.worker}`),
    ...[`${child.generation}`, ...cells].map((cell) => h('td', {}, cell)),
  );
}

function bar(child: Child): View {
  return child.threads > 0
    ? h('meter', {
        min: 0,
        max: child.threads,
        value: Math.min(child.busy, child.threads),
        'aria-label': `busy threads of worker ${child.worker}`,
      })
    : '';
}

/** Its age goes on by the clock of whoever shows it. */
function request(oldest: InFlight, time: number): View {
  return h(
    'span',
    {},
    h('code', {}, oldest.line),
    ' ',
    h(
      'span',
      { class: 'age', 'data-since': (time - oldest.seconds).toFixed(1) },
      age(oldest.seconds),
    ),
  );
}

function totals(status: Status): Element {
  const { requests, by_status, reloads: times, reload_failures } = status.totals;
  const classes = Object.entries(by_status).filter(([, number]) => number > 0);
  const most = Math.max(1, ...classes.map(([, number]) => number));
  const figures = [
    count(requests, 'request'),
    count(times, 'reload'),
    count(reload_failures, 'failed reload'),
  ];
  const rows = classes.flatMap(([name, number]) => [
    h('dt', {}, name),
    h(
      'dd',
      {},
      h('meter', {
        min: 0,
        max: most,
        value: number,
        class: `of-${name}`,
        'aria-label': `share of ${name}`,
      }),
      number.toLocaleString('en'),
    ),
  ]);
  return h(
    'div',
    {},
    h('p', {}, figures.join(' · ')),
    rows.length > 0 ? h('dl', { class: 'totals' }, ...rows) : undefined,
  );
}

export interface Reload {
  readonly generation: number;
  readonly at: number;
  readonly cause: string;
  /** Undefined where it failed. */
  readonly seconds: number | undefined;
}

/** The last reloads, the newest first. */
export function reloadsIn(events: readonly ServerEvent[]): Reload[] {
  const causes = new Map<number, string>();
  const found: Reload[] = [];
  for (const event of events) {
    if (event.event === 'generation-begun') {
      causes.set(event.generation, event.cause);
    } else if (event.event === 'generation-serves' || event.event === 'generation-failed') {
      const { generation, at } = event;
      const seconds = event.event === 'generation-serves' ? event.seconds : undefined;
      found.push({ generation, at, cause: causes.get(generation) ?? '', seconds });
    }
  }
  return found.reverse();
}

function reloads(events: readonly ServerEvent[]): Element {
  const shown = reloadsIn(events).slice(0, LAST_RELOADS);
  if (shown.length === 0) {
    return h('p', {}, 'There was none.');
  }
  const line = ({ generation, at, cause, seconds }: Reload) =>
    h(
      'li',
      { class: seconds === undefined ? 'bad' : undefined },
      h('time', {}, clock(at)),
      ` generation ${generation} ${seconds === undefined ? 'failed' : `after ${took(seconds)}`}${cause ? `: ${cause}` : ''}`,
    );
  return h('ol', { class: 'reloads' }, ...shown.map(line));
}
