import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { type Tell, whileSlow } from '../../src/vscode/progress';
import { editor } from './fake/editor';

beforeEach(() => {
  editor.reset();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Work that a test ends. */
function work() {
  let end: (result: string) => void = () => undefined;
  let tell: Tell = () => undefined;
  let token: vscode.CancellationToken | undefined;
  const result = whileSlow('Starting shop', (given, say) => {
    [token, tell] = [given, say];
    return new Promise<string>((resolve) => (end = resolve));
  });
  return {
    result,
    end: (with_: string) => {
      end(with_);
    },
    tell: (text: string) => {
      tell(text);
    },
    isCalledOff: () => token?.isCancellationRequested,
  };
}

test('nothing is shown of what is done in a moment', async () => {
  const { result, end } = work();
  vi.advanceTimersByTime(600);
  end('done');
  expect(await result).toBe('done');
  vi.advanceTimersByTime(600);
  expect(editor.progress).toEqual([]);
});

test('what lasts is shown, with what it said last and says then, until it is done', async () => {
  const { result, end, tell } = work();
  tell('waiting for the port');
  vi.advanceTimersByTime(800);
  tell('and still');
  expect(editor.progress).toMatchObject([
    { title: 'Starting shop', said: ['waiting for the port', 'and still'], isOver: false },
  ]);
  end('done');
  await result;
  await vi.waitFor(() => {
    expect(editor.progress[0]?.isOver).toBe(true);
  });
});

test('it can be called off', () => {
  const { isCalledOff, end } = work();
  vi.advanceTimersByTime(800);
  expect(isCalledOff()).toBe(false);
  editor.progress[0]?.cancel();
  expect(isCalledOff()).toBe(true);
  end('');
});
