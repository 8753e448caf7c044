import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { journey } from '../workbench/journey.mts';

export default journey(
  'Where somebody else has the port, the editor says who, and takes another',
  async ({ bench }) => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const { port } = stranger.address() as AddressInfo;
    try {
      bench.sample.replace('pyproject.toml', 'port = 0', `port = ${port}`);
      await bench.command('Spawning: Start');
      await bench.notification(`${port}`).waitFor();
      await bench.shot('7-busy');
      await bench.notification(`${port}`).getByRole('button', { name: 'Use Another Port' }).click();
      await bench.statusItem(/gen 1/).waitFor();
      assert.match(await bench.get('/'), /Welcome to the shop/);
      await bench.shot('7-another');
    } finally {
      stranger.close();
    }
  },
);
