import assert from 'node:assert/strict';
import { journey } from '../workbench/journey.mts';

export default journey('A breakpoint holds across a reload', async ({ bench }) => {
  const { page } = bench;
  await bench.openFile('shop/app.py');
  await bench.selectText('return f"{GREETING}');
  await page.keyboard.press('F9');
  await page.locator('.codicon-debug-breakpoint').first().waitFor();

  await bench.command('Spawning: Start with Debugger');
  await bench.statusItem(/gen 1/).waitFor();
  const first = bench.get('/');
  await page.locator('.debug-top-stack-frame-line').waitFor();
  await bench.shot('6-stopped');
  await page.keyboard.press('F5');
  // Or the next stop seems to be there already.
  await page.locator('.debug-top-stack-frame-line').waitFor({ state: 'detached' });
  assert.match(await first, /Welcome to the shop/);

  bench.sample.replace('shop/prices.py', '"frog": 5', '"frog": 6');
  await bench.statusItem(/gen 2/).waitFor();
  const second = bench.get('/');
  await page.locator('.debug-top-stack-frame-line').waitFor();
  await bench.shot('6-stopped-again');
  await page.keyboard.press('F5');
  assert.match(await second, /Welcome to the shop/);

  await page.locator('.debug-toolbar').getByRole('button', { name: /^Stop/ }).click();
  await bench.statusItem(/gen 2/).waitFor({ state: 'detached' });
  await bench.gone();
});
