import { mkdirSync } from 'node:fs';
import { journey } from '../workbench/journey.mts';

const VIEW = 'Spawning: Focus on Servers View';

export default journey(
  'Where no server runs, the view says how one is started, and starts it',
  async ({ bench, window }) => {
    await bench.command(VIEW);
    await bench.welcome.or(bench.treeRow(/./)).waitFor();
    if (!(await bench.welcome.isVisible())) throw new Error('a server of yours runs: end it first');
    await bench.quickInput.waitFor({ state: 'hidden' });
    await bench.shot('11-welcome');
    await bench.welcome.getByRole('button', { name: 'Start', exact: true }).click();
    await bench.statusItem(/gen 1/).waitFor();
    await bench.treeRow('shop.app:application').waitFor();
    await bench.welcome.waitFor({ state: 'hidden' });
    await bench.command('Spawning: Stop');
    await bench.welcome.getByText('No server of yours runs').waitFor();

    mkdirSync(bench.sample.path('empty'));
    const other = await window(bench.sample.path('empty'));
    await other.command(VIEW);
    await other.welcome.getByRole('button', { name: 'Start', exact: true }).click();
    await other.notification('No WSGI application was found in empty').waitFor();
    await other.shot('11-no-application');

    const none = await window();
    await none.command(VIEW);
    await none.welcome.getByRole('button', { name: 'Open Folder' }).waitFor();
    await none.shot('11-no-folder');
  },
);
