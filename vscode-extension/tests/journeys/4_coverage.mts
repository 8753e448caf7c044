import { journey } from '../workbench/journey.mts';

export default journey(
  'Lines are marked as requests run them, and not where the text is another',
  async ({ bench }) => {
    const { page } = bench;
    await bench.command('Spawning: Start with Coverage');
    await bench.statusItem(/gen 1/).waitFor();
    await bench.openFile('shop/prices.py');
    // Neither price() nor total() has run: five lines.  The two of `def` and the prices have, at import.
    await bench.hasMarks({ tinted: 5, all: 8 });
    await bench.statusItem(/^\s*\d+%/).waitFor();
    await bench.shot('4-imported');

    await bench.get('/basket?egg+frog');
    await bench.hasMarks({ tinted: 0, all: 8 });
    await bench.shot('4-requested');

    await bench.selectText('What things cost');
    await page.keyboard.type('What is to be paid');
    await bench.hasMarks({ tinted: 0, all: 0 });
    await bench.command('File: Revert File');
    await bench.hasMarks({ tinted: 0, all: 8 });

    await bench.command('Spawning: Show Coverage');
    await bench.quickRow('Snapshot into Test Coverage').waitFor();
    await bench.shot('4-menu');
    await bench.quickRow('Snapshot into Test Coverage').click();
    await bench.treeRow(/prices\.py.*100/).waitFor();
    await bench.shot('4-snapshot');
  },
);
