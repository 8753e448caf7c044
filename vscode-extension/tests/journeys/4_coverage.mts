import { journey } from '../workbench/journey.mts';

export default journey(
  'Lines that requests run are marked as they run, and dropped where the text is another',
  async ({ bench }) => {
    await bench.command('Spawning: Start with Coverage');
    await bench.statusItem(/gen 1/).waitFor();
    await bench.openFile('shop/prices.py');
    await bench.marks.first().waitFor();
    const missing = await bench.marks.count();

    await bench.get('/basket?egg+frog');
    await bench.shot('4-coverage');
    console.log(missing);
  },
);
