/** One question to a server that measures coverage, one answer. */

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

/** Returns what asks `base` for JSON; the promise is rejected with CoverageTrouble. */
export function asker(base: string): Ask {
  return async (question) => {
    const found = await textOf(await answered(base + question, 'GET'));
    try {
      return JSON.parse(found) as unknown;
    } catch {
      throw new CoverageTrouble(NOT_HERE);
    }
  };
}

/** Tells `base` to reset, pause or resume; returns what the server says of it. */
export async function order(base: string, name: 'reset' | 'pause' | 'resume'): Promise<string> {
  return (await textOf(await answered(`${base}/${name}`, 'POST'))).trim();
}

async function answered(address: string, method: string): Promise<Response> {
  const options = { method, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) } as const;
  const answer = await fetch(address, options).catch(() => {
    throw new CoverageTrouble(AWAY);
  });
  if (answer.ok) return answer;
  // Without --coverage it is the application that answers, with a page of its own.
  const isOurs = (answer.headers.get('Content-Type') ?? '').startsWith('text/plain');
  const said = isOurs ? (await textOf(answer)).trim() : '';
  throw new CoverageTrouble(said || NOT_HERE, isOurs && answer.status === 404);
}

async function textOf(answer: Response): Promise<string> {
  return answer.text().catch(() => {
    throw new CoverageTrouble(AWAY);
  });
}
