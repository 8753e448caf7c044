/**
 * Takes the journeys of tests/journeys one after the other, in one workbench: to open it takes
 * longer than most of them.
 *
 *     node tests/workbench/journeys.mts [PART OF A FILE'S NAME]
 *
 * Each leaves the workbench as it was found: no server, no editor, the sample unchanged.  Where
 * one fails, a screenshot tells what was to be seen, and the next gets a new page.
 */

import { readdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { newPage, startBrowser } from './browser.mts';
import { CodeServer, type Wishes } from './code_server.mts';
import type { Journey } from './journey.mts';
import { Sample } from './sample.mts';
import { tellResults, wanted } from './surroundings.mts';
import { Workbench } from './workbench.mts';

const FOLDER = new URL('../journeys/', import.meta.url);

const only = process.argv[2] ?? '';
const names = readdirSync(FOLDER).filter((name) => name.includes(only) && name.endsWith('.mts'));
const benches: Workbench[] = [];
const given: (() => Promise<void> | void)[] = [];

/** Its folder is there as long as windows may show it. */
function newSample(name?: string): Sample {
  const sample = new Sample(name);
  given.push(() => {
    sample.remove();
  });
  return sample;
}

/** A window of an editor of its own. */
async function newBench(browser: Browser, wishes: Wishes): Promise<Workbench> {
  const sample = newSample();
  const server = await CodeServer.start({
    extensions: [wanted('SPAWNING_VSIX')],
    settings: { 'spawning.interpreterPath': wanted('SPAWNING_PYTHON') },
    ...wishes,
  });
  given.push(() => server.stop());
  return kept(new Workbench(await newPage(browser), sample, server));
}

/** One more window of the same editor. */
async function newWindow(bench: Workbench, place: string | undefined): Promise<Workbench> {
  const window = kept(bench.beside(await newPage(browser)));
  await window.show(place);
  return window;
}

function kept(bench: Workbench): Workbench {
  benches.push(bench);
  return bench;
}

/** Closes all windows but the shared one. */
async function closeOthers(): Promise<void> {
  for (const { page } of benches.splice(1)) await page.context().close();
}

const began = Date.now();
const seconds = (): string => ((Date.now() - began) / 1000).toFixed(0);
let [passed, failed] = [0, 0];
const browser = await startBrowser();
given.push(() => browser.close());
try {
  const bench = await newBench(browser, {});
  await bench.open();
  console.log(`the workbench is open after ${seconds()} s`);
  for (const name of names) {
    const found = (await import(new URL(name, FOLDER).href)) as { default: Journey };
    const { title } = found.default;
    try {
      await found.default.run({
        bench,
        restricted: () => newBench(browser, { restricted: true }),
        sample: newSample,
        window: (place) => newWindow(bench, place),
      });
      await closeOthers();
      await bench.clear();
      console.log(`passed  ${title} (at ${seconds()} s)`);
      passed += 1;
    } catch (error) {
      console.log(`FAILED  ${title} (at ${seconds()} s)`);
      console.log(error instanceof Error ? error.stack : error);
      failed += 1;
      for (const [number, one] of benches.entries()) {
        await one.shot(`failed-${name.replace('.mts', '')}-${number}`);
      }
      await closeOthers();
      await bench.reopen();
    }
  }
} finally {
  for (const give of given.reverse()) await give();
}
tellResults(passed, failed);
process.exitCode = failed > 0 ? 1 : 0;
