/** What the status bar says of the servers of a workspace; pure. */

import type { Health, Note, Status } from './contract';
import { addressOf, errorOf, folderAmong, nameOf, took } from './phrases';

/** A server, as far as it is shown. */
export interface Seen {
  readonly note: Note;
  readonly status: Status | undefined;
}

export interface Bar {
  /** With the editor's icons: `$(check) Spawning`. */
  readonly text: string;
  readonly tone: 'plain' | 'warning' | 'error';
  /** For the tooltip, and for who listens to it. */
  readonly lines: readonly string[];
}

/** Which of several servers is shown: the one that most needs to be seen. */
const URGENCY: Readonly<Record<Health, number>> = {
  ...{ failing: 0, down: 0, degraded: 1, starting: 2, stopping: 3, healthy: 4 },
};
const UNKNOWN = 5;

export function barOf(own: readonly Seen[], others: readonly Seen[]): Bar {
  const [shown, ...further] = [...own].sort((a, b) => urgency(a) - urgency(b));
  if (shown === undefined) {
    return idle(others.length);
  }
  const { icon, words, tone } = state(shown.status);
  const lines = own.map(line);
  if (further.length === 0) {
    return { text: [`$(${icon}) Spawning`, ...words].join(' · '), tone, lines };
  }
  const notes = further.map(({ note }) => note);
  const name = [nameOf(shown.note), folderAmong(shown.note, notes)].filter(Boolean).join(' in ');
  const text = `${[`$(${icon}) ${name}`, ...words].join(' · ')} (+${further.length})`;
  return { text, tone, lines };
}

function idle(others: number): Bar {
  const elsewhere = others === 1 ? 'One runs elsewhere.' : `${others} run elsewhere.`;
  const lines = ['No server of this workspace runs.', ...(others > 0 ? [elsewhere] : [])];
  return { text: '$(play) Spawning', tone: 'plain', lines };
}

function urgency(server: Seen): number {
  return server.status === undefined ? UNKNOWN : URGENCY[server.status.health];
}

interface State {
  readonly icon: string;
  readonly words: readonly string[];
  readonly tone: Bar['tone'];
}

function state(status: Status | undefined): State {
  if (status === undefined) {
    return { icon: 'server', words: ['running'], tone: 'plain' };
  }
  const { serving, pending } = status.generation;
  const spins = pending !== null && status.health !== 'stopping' && status.health !== 'starting';
  const said = saying(status);
  if (!spins) {
    return said;
  }
  const words =
    serving > 0 ? [`gen ${serving} → ${pending.generation}`] : [`gen ${pending.generation}`];
  return { icon: 'sync~spin', words, tone: said.tone };
}

function saying(status: Status): State {
  const { serving, after } = status.generation;
  const gen = `gen ${serving}`;
  switch (status.health) {
    case 'starting':
      return { icon: 'loading~spin', words: ['starting'], tone: 'plain' };
    case 'stopping':
      return { icon: 'loading~spin', words: ['stopping'], tone: 'plain' };
    case 'failing':
      return {
        icon: 'error',
        words: ['reload failed', `still serving generation ${serving}`],
        tone: 'error',
      };
    case 'down':
      return { icon: 'error', words: ['nobody answers'], tone: 'error' };
    case 'degraded':
      return { icon: 'warning', words: [gen, complaint(status)], tone: 'warning' };
    case 'healthy': {
      const held = Object.values(status.children).find((child) => child.debugger !== null);
      if (held?.debugger) {
        return { icon: 'debug-pause', words: [gen, held.debugger], tone: 'plain' };
      }
      return {
        icon: 'check',
        words: [gen, ...(after === null ? [] : [took(after)])],
        tone: 'plain',
      };
    }
  }
}

/** The server's sentence, as a part of a line. */
function complaint(status: Status): string {
  const [first, ...rest] = status.sentence.replace(/\.$/, '');
  return `${first?.toLowerCase() ?? ''}${rest.join('')}`;
}

function line({ note, status }: Seen): string {
  const name = [nameOf(note), addressOf(note)].filter(Boolean).join(' ');
  if (status === undefined) {
    return `${name}: process ${note.pid}, no word from its status page`;
  }
  const failure = status.last_failure;
  return failure?.current === true && status.health === 'failing'
    ? `${name}: generation ${failure.generation} failed, still serving generation ${status.generation.serving}: ${errorOf(failure)}`
    : `${name}: ${status.sentence}`;
}
