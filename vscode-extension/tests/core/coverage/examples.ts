/** Answers as the server gives them, with what a test changes in them. */

import type { FileRow, LinesAnswer, Live } from '../../../src/core/coverage/answers';

export const APP = '/shop/app.py';

export function row(fields: Partial<FileRow> = {}): FileRow {
  return {
    path: APP,
    name: 'app.py',
    statements: 4,
    requests: 1,
    imports: 2,
    missing: 1,
    branches: 0,
    partial: 0,
    percent: 75,
    pending: false,
    stale: false,
    error: '',
    ...fields,
  };
}

export function live(fields: Partial<Live> = {}): Live {
  return {
    run: 'r1',
    seq: 7,
    whole: true,
    epoch: 0,
    paused: false,
    contexts: false,
    branch: false,
    problem: '',
    totals: { statements: 4, requests: 1, imports: 2, missing: 1, percent: 75, pending: 0 },
    files: [row()],
    gone: [],
    ...fields,
  };
}

export const SOURCE = ['def f():', '    return 1', '', 'x = f', 'y = 1'];

export function lines(fields: Partial<LinesAnswer> = {}): LinesAnswer {
  return {
    run: 'r1',
    seq: 7,
    file: row(),
    lines: {
      digest: 'd1',
      request: [2],
      import: [1, 4],
      missing: [5],
      partial: {},
      labels: [],
      contexts: {},
    },
    source: SOURCE,
    ...fields,
  };
}

/** `lines()` as the server says it. */
export const LINES = {
  run: 'r1',
  seq: 7,
  file: row(),
  digest: 'd1',
  source: SOURCE,
  request: [2],
  import: [1, 4],
  missing: [5],
  partial: {},
  labels: [],
  contexts: {},
};
