import { journey } from '../workbench/journey.mts';

export default journey(
  'Coverage of a server that listens on a unix socket only is shown as any other',
  async ({ bench }) => {
    bench.sample.replace('pyproject.toml', 'port = 0', 'bind = ["unix:shop.sock"]');
    await bench.command('Spawning: Start with Coverage');
    await bench.statusItem(/gen 1/).waitFor();
    await bench.openFile('shop/prices.py');
    await bench.hasMarks({ tinted: 5, all: 8 });
    await bench.get('/basket?egg+frog');
    await bench.hasMarks({ tinted: 0, all: 8 });

    await bench.command('Spawning: Show Coverage');
    await bench.quickRow('Browse All Files').click();
    await bench.notification('which no browser can open').waitFor();
    await bench.command('Spawning: Focus on Servers View');
    await bench.treeRow('Generation 1').waitFor();
    await bench.shot('4-unix-socket');
  },
);
