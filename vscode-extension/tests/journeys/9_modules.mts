import { journey } from '../workbench/journey.mts';

export default journey(
  'What a save would do is listed, and drawn in the graph of the modules',
  async ({ bench }) => {
    const { page } = bench;
    await bench.command('Spawning: Start');
    await bench.statusItem(/gen 1/).waitFor();
    await bench.terminalLine('spawn: watching').waitFor();
    await bench.openFile('shop/prices.py');

    await bench.command('Spawning: Why Would This File Reload');
    await bench.quickRow(/A save starts a new generation/).waitFor();
    await bench.quickRow('shop.app').waitFor();
    await bench.shot('9-why');
    await bench.quickRow('Show Module Graph').click();

    const graph = page.frameLocator('iframe.webview').frameLocator('iframe');
    const box = (name: string, tie: string) =>
      graph.locator(`.box[data-id="${name}"][data-tie="${tie}"]`);
    await box('shop.prices', 'self').waitFor();
    await box('shop.app', 'concerned').waitFor();
    await bench.shot('9-graph');

    // By the keyboard alone: to who imports it, and into its file.
    await page.keyboard.press('ArrowLeft');
    await box('shop.app', 'self').waitFor();
    await box('shop.prices', 'imported').waitFor();
    await page.keyboard.press('Enter');
    await bench.tab('app.py').waitFor();
    await bench.shot('9-opened');
  },
);
