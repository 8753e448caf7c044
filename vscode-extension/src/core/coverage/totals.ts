/** What the status bar says of coverage. */

import type { Known } from './known';

/** As in coverage.py's reports: 100 and 0 are said only where they are exact. */
export function percent(value: number): string {
  if (value > 0 && value < 1) return '1%';
  if (value < 100 && value > 99) return '99%';
  return `${Math.round(value)}%`;
}

export interface Line {
  readonly text: string;
  readonly tooltip: string;
}

export function statusLine(known: Known, server: string, trouble: string): Line | undefined {
  const totals = known.totals;
  if (trouble) return { text: '$(shield) –', tooltip: `Coverage of ${server}: ${trouble}` };
  if (!totals) return undefined;
  const mark = known.paused ? ' $(debug-pause)' : '';
  const said = [`Coverage of ${server}`];
  if (known.problem) said.push(known.problem);
  else if (totals.statements === 0) said.push('Nothing has been analysed yet.');
  else {
    said.push(
      `${counted(totals.requests)} run by requests, ${counted(totals.imports)} at import only, ` +
        `${counted(totals.missing)} never, of ${counted(totals.statements)} lines.`,
    );
  }
  if (known.paused) said.push('Paused: what requests run is not counted.');
  const figure = totals.statements === 0 ? '–' : percent(totals.percent);
  return { text: `$(shield) ${figure}${mark}`, tooltip: said.join('\n') };
}

function counted(value: number): string {
  return value.toLocaleString('en');
}
