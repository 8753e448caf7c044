import assert from 'node:assert/strict';
import { journey } from '../workbench/journey.mts';

export default journey(
  'A reload that fails stands in Problems, while older code serves, until it is mended',
  async ({ bench }) => {
    await bench.command('Spawning: Start');
    await bench.statusItem(/gen 1/).waitFor();
    await bench.openFile('shop/app.py');

    const before = bench.sample.replace('shop/prices.py', '"frog": 5', '"frog": fife');
    await bench.statusItem('still serving generation 1').waitFor();
    assert.match(await bench.get('/'), /Welcome to the shop: egg/);
    await bench.command('Problems: Focus on Problems View');
    await bench.problem("name 'fife' is not defined").waitFor();
    await bench.problem('prices.py').waitFor();
    await bench.quickInput.waitFor({ state: 'hidden' });
    await bench.shot('3-failed');
    await bench.problem("name 'fife' is not defined").dblclick();
    await bench.tab('prices.py').waitFor();
    await bench.shot('3-at-the-line');

    bench.sample.write('shop/prices.py', before);
    await bench.statusItem(/gen 3/).waitFor();
    await bench.problem("name 'fife' is not defined").waitFor({ state: 'detached' });
    await bench.command('Spawning: Focus on Servers View');
    await bench.treeRow(/Generation 3.*serves/).waitFor();
    await bench.shot('3-mended');
  },
);
