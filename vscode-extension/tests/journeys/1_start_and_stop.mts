import assert from 'node:assert/strict';
import { journey } from '../workbench/journey.mts';

export default journey('Start and Stop by the palette, without launch.json', async ({ bench }) => {
  await bench.statusItem('Spawning').waitFor();

  await bench.command('Spawning: Start');
  await bench.statusItem(/gen 1/).waitFor();
  await bench.terminalLine('spawn: serving shop.app:application').waitFor();
  assert.match(await bench.get('/'), /Welcome to the shop: egg/);
  await bench.command('Spawning: Focus on Servers View');
  await bench.treeRow('shop.app:application').waitFor();
  await bench.treeRow('Generation 1').waitFor();
  await bench.shot('1-started');

  await bench.command('Spawning: Stop');
  await bench.statusItem(/gen 1/).waitFor({ state: 'detached' });
  await bench.treeRow('shop.app:application').waitFor({ state: 'detached' });
  assert.deepEqual(bench.servers, []);
  await bench.shot('1-stopped');
});
