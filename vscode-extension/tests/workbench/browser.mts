/** Chromium without a window, which reaches nothing but this machine. */

import { type Browser, chromium, type Page } from 'playwright-core';
import { wanted } from './surroundings.mts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];
/** Milliseconds for something to appear: long, for the machine may be busy with other tests. */
export const PATIENCE = 45_000;

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: wanted('SPAWNING_CHROMIUM'), args: ARGUMENTS });
}

export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  // A page with something unsaved asks whether it may be left.
  page.on('dialog', (dialog) => void dialog.accept());
  return page;
}
