/** One question to a server that measures coverage, one answer. */

import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Address } from './address';
import { isServers, socketOf } from './keeper';

const PATIENCE = 10_000;
const AWAY = 'the server does not answer.';
const NOT_HERE = 'it is not measured here: start the server with --coverage.';

/** What a person is told, one sentence; with `isMissing` the file is none that is measured. */
export class CoverageTrouble extends Error {
  constructor(
    sentence: string,
    readonly isMissing = false,
  ) {
    super(sentence);
  }
}

export type Ask = (question: string) => Promise<unknown>;

/** Returns what asks there for JSON; the promise is rejected with CoverageTrouble. */
export function asker(address: Address): Ask {
  return async (question) => {
    const found = await answered(address, 'GET', question);
    try {
      return JSON.parse(found) as unknown;
    } catch {
      throw new CoverageTrouble(NOT_HERE);
    }
  };
}

/** Tells the server to reset, pause or resume; returns what it says of it. */
export async function order(address: Address, name: 'reset' | 'pause' | 'resume'): Promise<string> {
  return (await answered(address, 'POST', `/${name}`)).trim();
}

async function answered(address: Address, method: string, question: string): Promise<string> {
  const answer = await sent(address, method, question);
  const said = await text(answer).catch(() => {
    throw new CoverageTrouble(AWAY);
  });
  const { statusCode = 0, headers } = answer;
  if (statusCode >= 200 && statusCode < 300) return said;
  // Without --coverage it is the application that answers, with a page of its own.
  const isOurs = (headers['content-type'] ?? '').startsWith('text/plain');
  throw new CoverageTrouble((isOurs && said.trim()) || NOT_HERE, isOurs && statusCode === 404);
}

async function sent(
  { base, controller }: Address,
  method: string,
  question: string,
): Promise<IncomingMessage> {
  if (controller !== undefined && !(await isServers(controller))) throw new CoverageTrouble(AWAY);
  const options = {
    method,
    signal: AbortSignal.timeout(PATIENCE),
    ...(controller !== undefined && { socketPath: socketOf(controller) }),
  };
  return new Promise((resolve, reject) => {
    const lost = (): void => {
      reject(new CoverageTrouble(AWAY));
    };
    request(base + question, options, resolve)
      .once('error', lost)
      .end();
  });
}
