/** A journey: what a user does in the workbench, and sees. */

import type { Sample } from './sample.mts';
import type { Workbench } from './workbench.mts';

export interface Surroundings {
  /** Shared by all journeys, with the sample application open. */
  readonly bench: Workbench;
  /** Opens a workbench of its own, for what cannot be shared. */
  readonly restricted: () => Promise<Workbench>;
  /** Makes one more application, of a folder of tests. */
  readonly sample: (name: string) => Sample;
  /** Opens one more window, on a folder, on a workspace's file, or, without either, on nothing. */
  readonly window: (place?: string) => Promise<Workbench>;
}

export interface Journey {
  readonly title: string;
  readonly run: (surroundings: Surroundings) => Promise<void>;
}

export function journey(title: string, run: Journey['run']): Journey {
  return { title, run };
}
