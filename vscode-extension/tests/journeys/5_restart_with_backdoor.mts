import assert from 'node:assert/strict';
import { journey } from '../workbench/journey.mts';
import { wanted } from '../workbench/surroundings.mts';

export default journey(
  'A server that was started by hand without a backdoor is started as it was, with one',
  async ({ bench }) => {
    const { page } = bench;
    await bench.command('Terminal: Create New Terminal');
    await page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
    const options = '--reload=dev --status-port=0 -s 1 -t 3 --port=0 -l /dev/null';
    await bench.type(`${wanted('SPAWNING_PYTHON')} -m spawning ${options}`);
    await bench.statusItem(/gen 1/).waitFor();
    const [first] = bench.servers;

    await bench.command('Spawning: Attach to Backdoor');
    const question = bench.notification('was started without a backdoor');
    await question.waitFor();
    await bench.shot('5-without');
    await question.getByRole('button', { name: 'Restart with Backdoor' }).click();
    await bench.terminalLine(/^w\d+ g1 >>>/).waitFor();
    const [second] = bench.servers;
    assert.notEqual(second, first);
    assert.equal(bench.servers.length, 1);

    await bench.type('f"{config.threads} threads"');
    await bench.terminalLine(/^'3 threads'/).waitFor();
    await bench.shot('5-restarted');

    bench.sample.replace(
      'shop/app.py',
      '    return f"{GREETING}',
      '    breakpoint()\n    return f"{GREETING}',
    );
    await bench.statusItem(/gen 2/).waitFor();
    void bench.get('/');
    void bench.get('/?egg');
    await bench.command('Spawning: Focus on Servers View');
    await bench.treeRow('2 of 3 busy').waitFor();
    await bench.treeRow(/GET \/$/).waitFor();
    await bench.treeRow('GET /?egg').waitFor();
    await bench.shot('5-requests');
  },
);
