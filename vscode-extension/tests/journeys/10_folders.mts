import assert from 'node:assert/strict';
import { journey } from '../workbench/journey.mts';

export default journey(
  'Of two folders each has an application, settings and a server of its own',
  async ({ sample, window }) => {
    const [shop, mill] = [sample('sample'), sample('mill')];
    const folders = [
      { name: 'shop', path: shop.folder },
      { name: 'mill', path: mill.folder },
    ];
    shop.write('both.code-workspace', JSON.stringify({ folders }));
    const bench = await window(shop.path('both.code-workspace'));
    await bench.statusItem('Spawning').waitFor();

    await bench.command('Spawning: Start');
    await bench.quickRow('mill').waitFor();
    await bench.shot('10-which');
    await bench.quickRow('mill').click();
    await bench.statusItem(/gen 1/).waitFor();
    await bench.command('Spawning: Start');
    await bench.quickRow('shop').click();
    await bench.statusItem(/(shop|wsgi).* gen 1 .*\(\+1\)/).waitFor();
    assert.equal(await bench.get('/', 'wsgi'), 'The mill grinds rye\n');
    assert.match(await bench.get('/', 'shop'), /^Welcome to the shop/);

    await bench.command('Spawning: Focus on Servers View');
    await bench.treeRow('wsgi').waitFor();
    await bench.treeRow('shop.app:application').waitFor();
    await bench.treeRow('0 of 2 busy').waitFor();
    await bench.treeRow('0 of 4 busy').waitFor();
    await bench.statusItem(/gen 1/).click();
    await bench.quickRow('Other servers').waitFor();
    await bench.shot('10-both');
    await bench.page.keyboard.press('Escape');

    await bench.command('Spawning: Stop');
    await bench.quickRow('wsgi').waitFor();
    await bench.shot('10-stop-which');
    await bench.quickRow('wsgi').click();
    await bench.treeRow('wsgi').waitFor({ state: 'detached' });
    await bench.statusItem(/\(\+1\)/).waitFor({ state: 'detached' });
    assert.match(await bench.get('/'), /^Welcome to the shop/);
    await bench.command('Spawning: Stop');
    await bench.statusItem(/gen 1/).waitFor({ state: 'detached' });
    await bench.gone();
  },
);
