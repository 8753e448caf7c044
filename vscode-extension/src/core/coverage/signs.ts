/** What in the events of a server says that lines may have run. */

import type { ServerEvent } from '../contract';

export class Signs {
  private last = '';

  /** Whether it is busy, undefined: nothing has run. */
  of(event: ServerEvent): boolean | undefined {
    switch (event.event) {
      case 'hello':
      case 'generation-serves':
        return false;
      case 'counters': {
        const busy = Object.values(event.children).reduce((sum, child) => sum + child.busy, 0);
        const now = `${event.totals.requests} ${busy}`;
        if (now === this.last) return undefined;
        this.last = now;
        return busy > 0;
      }
      default:
        return undefined;
    }
  }
}
