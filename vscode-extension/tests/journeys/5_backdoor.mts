import assert from 'node:assert/strict';
import { journey } from '../workbench/journey.mts';

export default journey(
  'The backdoor answers in a terminal, runs what is selected, and enters a breakpoint',
  async ({ bench }) => {
    await bench.command('Spawning: Start');
    await bench.statusItem(/gen 1/).waitFor();

    await bench.command('Spawning: Attach to Backdoor');
    await bench.terminalLine(/^w\d+ g1 >>>/).waitFor();
    await bench.type('6 * 7');
    await bench.terminalLine(/^42\s*$/).waitFor();

    await bench.openFile('shop/app.py');
    await bench.selectText('GREETING = "Welcome to the shop"');
    await bench.command('Spawning: Send Selection to Running Server');
    await bench.terminalLine(/>>> GREETING = "Welcome to the shop"/).waitFor();
    await bench.shot('5-backdoor');

    bench.sample.replace(
      'shop/app.py',
      '    return f"{GREETING}',
      '    breakpoint()\n    return f"{GREETING}',
    );
    await bench.statusItem(/gen 2/).waitFor();
    // The prompt may come to the new worker before the request, or after it: it takes nothing.
    const page = bench.get('/');
    await bench.notification('breakpoint() waits in GET /').waitFor();
    await bench.shot('5-breakpoint');
    await bench.notification('breakpoint() waits in GET /').getByText('Attach').click();
    await bench.terminalLine(/\(Pdb\)/).waitFor();
    await bench.shot('5-entered');
    await bench.type('c');
    assert.match(await page, /Welcome to the shop/);
  },
);
