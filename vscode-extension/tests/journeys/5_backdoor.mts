import { journey } from '../workbench/journey.mts';

export default journey(
  'The backdoor answers in a terminal, and runs what is selected in the editor',
  async ({ bench }) => {
    await bench.command('Spawning: Start');
    await bench.statusItem(/gen 1/).waitFor();

    await bench.command('Spawning: Attach to Backdoor');
    await bench.terminalLine(/^>>>/).waitFor();
    await bench.type('6 * 7');
    await bench.terminalLine(/^42\s*$/).waitFor();
    await bench.shot('5-backdoor');
  },
);
