import assert from 'node:assert/strict';
import { journey } from '../workbench/journey.mts';

export default journey(
  'A save in the editor is served at once, and the status bar tells its generation',
  async ({ bench }) => {
    await bench.command('Spawning: Start');
    await bench.statusItem(/gen 1/).waitFor();

    await bench.openFile('shop/app.py');
    await bench.selectText('Welcome to the shop');
    await bench.page.keyboard.type('Good morning');
    await bench.page.keyboard.press('Control+S');
    await bench.statusItem(/gen 2 .*ms/).waitFor();
    assert.match(await bench.get('/'), /Good morning: egg/);
    await bench.shot('2-saved');

    await bench.selectText('Good morning');
    await bench.page.keyboard.type('Good evening');
    await bench.page.keyboard.press('Control+S');
    await bench.statusItem(/gen 3 .*ms/).waitFor();
    assert.match(await bench.get('/'), /Good evening: egg/);
    await bench.command('Spawning: Focus on Servers View');
    await bench.command('View: Hide Panel');
    await bench.treeRow(/Generation 3/).waitFor();
    await bench.quickInput.waitFor({ state: 'hidden' });
    await bench.shot('2-saved-again');
  },
);
