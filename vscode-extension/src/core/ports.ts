/** Free ports. */

import { createServer } from 'node:net';

const TRIES = 100;
const LAST = 65535;

/** Returns the first port after `taken` on which nobody listens; 0, any, where there is none. */
export async function nextFreePort(taken: number): Promise<number> {
  for (let port = taken + 1; port <= Math.min(LAST, taken + TRIES); port += 1) {
    if (await isFree(port)) {
      return port;
    }
  }
  return 0;
}

/** Returns whether one can listen on a port, on all interfaces: as the server may want to. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
