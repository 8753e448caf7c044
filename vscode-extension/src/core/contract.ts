/**
 * What the server promises to others: its note, its status and its events.
 *
 * The fields stand in docs/reference/status.md; examples that the server's own tests check
 * against real answers are in tests/contract, and the tests of this folder read them.  Fields
 * are added from time to time, so whatever is not known here is ignored.
 */

/** The note of a running server: `PID.json` in `$XDG_RUNTIME_DIR/spawning` or `/tmp/spawning-UID`. */
export interface Note {
  readonly format: number;
  /** Of the controller. */
  readonly pid: number;
  /** In clock ticks since the machine's start: field 22 of /proc/PID/stat. */
  readonly started: number;
  readonly folder: string;
  /** What the command line names: `shop.app`, and its middleware. */
  readonly application: string;
  readonly urls: readonly string[];
  readonly backdoor: readonly string[];
  /** The address of the status page, `http://127.0.0.1:PORT/status`; empty where there is none. */
  readonly status: string;
  readonly secret: string;
  readonly version: string;
  /** The interpreter that runs the server, and its options: `sys.executable`, `argv`. */
  readonly python: string;
  readonly argv: readonly string[];
}

export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly source: string;
  readonly in_project: boolean;
}

/** Why code could not be started. */
export interface Failure {
  readonly generation: number;
  readonly at: number;
  readonly type: string | null;
  readonly message: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly hint: string | null;
  readonly frames: readonly Frame[];
}

/** One that is being answered; the line may be cut short. */
export interface InFlight {
  readonly line: string;
  readonly seconds: number;
}

export interface Child {
  readonly pid: number;
  readonly worker: number;
  readonly generation: number;
  readonly state: 'starting' | 'ready' | 'serving' | 'draining' | 'hung' | 'held';
  readonly age: number;
  readonly busy: number;
  readonly threads: number;
  readonly connections: number;
  readonly requests: number;
  readonly memory: number | null;
  /** The oldest first, and not all where there are many: `busy` says how many. */
  readonly in_flight: readonly InFlight[];
  readonly debugger: string | null;
}

export type Health = 'starting' | 'healthy' | 'degraded' | 'failing' | 'down' | 'stopping';

/** `/status.json`, as far as it is read here. */
export interface Status {
  readonly format: number;
  readonly time: number;
  readonly version: string;
  readonly python: string;
  readonly pid: number;
  readonly urls: readonly string[];
  readonly health: Health;
  readonly sentence: string;
  readonly ready: boolean;
  readonly generation: {
    readonly serving: number;
    readonly since: number | null;
    /** Seconds from the cause to the takeover. */
    readonly after: number | null;
    readonly pending: {
      readonly generation: number;
      readonly cause: string;
      readonly since: number;
    } | null;
  };
  readonly last_failure: (Failure & { readonly current: boolean }) | null;
  /** By process id. */
  readonly children: Readonly<Record<string, Child>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly connections: number;
  readonly memory: number;
  readonly totals: {
    readonly requests: number;
    readonly by_status: Readonly<Record<string, number>>;
    readonly reloads: number;
    readonly reload_failures: number;
  };
  /** How many workers there should be. */
  readonly configured_children_count?: number;
  /** The last ones, oldest first. */
  readonly events?: readonly ServerEvent[];
}

interface Told<Name extends string> {
  readonly version: 1;
  readonly event: Name;
  readonly at: number;
}

/**
 * The events of `/events`.  Each has an SSE id; whoever asks again with `Last-Event-ID` gets
 * what was missed, or a new `hello` where that is not known any more.  `counters` are sent to
 * those who ask for `/events?counters=1`, once a second at most, and only where one has changed.
 */
export type ServerEvent =
  | (Told<'hello'> & { readonly status: Status })
  | (Told<'generation-begun'> & { readonly generation: number; readonly cause: string })
  | (Told<'generation-serves'> & { readonly generation: number; readonly seconds: number })
  | (Told<'generation-failed'> & { readonly generation: number })
  | (Told<'worker'> & {
      readonly worker: number;
      readonly pid: number;
      readonly generation: number;
      readonly state: 'starting' | 'ready' | 'serving' | 'draining';
    })
  | (Told<'worker-failed'> & { readonly worker: number } & Failure)
  | (Told<'worker-held'> & {
      readonly worker: number;
      readonly debugger: string | null;
      readonly request: string | null;
    })
  | (Told<'worker-gone'> & { readonly worker: number; readonly pid: number })
  | (Told<'notice'> & { readonly text: string })
  | (Told<'wanted'> & { readonly workers: number })
  | (Told<'counters'> & {
      readonly health: Health;
      readonly sentence: string;
      /** By process id, as in `Status`. */
      readonly children: Readonly<Record<string, Child>>;
      readonly connections: number;
      readonly memory: number;
      readonly totals: Status['totals'];
    })
  | Told<'stopping'>;
