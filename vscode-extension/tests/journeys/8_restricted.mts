import assert from 'node:assert/strict';
import { journey } from '../workbench/journey.mts';

export default journey(
  'In a folder that is not trusted nothing is started, until it is',
  async ({ restricted }) => {
    const bench = await restricted();
    await bench.open();
    await bench.statusItem('Restricted Mode').waitFor();
    await bench.statusItem('Spawning').waitFor();
    await bench.command('Spawning: Start');
    await bench.notification('trust').waitFor();
    assert.deepEqual(bench.servers, []);
    await bench.shot('8-restricted');

    await bench
      .notification('trust')
      .getByRole('button', { name: 'Manage Workspace Trust' })
      .click();
    await bench.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: /^Trust$/ })
      .click();
    await bench.statusItem('Restricted Mode').waitFor({ state: 'detached' });
    await bench.command('Spawning: Start');
    await bench.statusItem(/gen 1/).waitFor();
    await bench.shot('8-trusted');
  },
);
