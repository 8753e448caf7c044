import { describe, expect, test } from 'vitest';
import {
  adapterOf,
  childConfiguration,
  initialConfiguration,
  joinedFrom,
  launchConfiguration,
} from '../../src/core/debugging';
import { definitionFrom } from '../../src/core/taskDefinition';

const LAUNCH = {
  python: '/v/bin/python',
  arguments: ['--reload=dev', 'shop:app'],
  cwd: '/shop',
  environment: { A: '1', B: '2' },
  hasDebugpyExtension: false,
};
const ATTACH = {
  name: 'Subprocess 7',
  type: 'python',
  request: 'attach',
  subProcessId: 7,
  connect: { host: '127.0.0.1', port: 5678 },
};

describe('a launch', () => {
  const expected = {
    type: 'spawning',
    request: 'launch',
    name: 'Spawning',
    module: 'spawning',
    python: '/v/bin/python',
    args: ['--reload=dev', 'shop:app'],
    cwd: '/shop',
    env: { A: '1', B: '2' },
    subProcess: true,
    justMyCode: true,
    console: 'integratedTerminal',
  };

  test('by our own adapter', () => {
    expect(launchConfiguration(initialConfiguration(), LAUNCH)).toEqual(expected);
  });

  test("by Microsoft's extension", () => {
    const launch = { ...LAUNCH, hasDebugpyExtension: true };
    expect(launchConfiguration(initialConfiguration(), launch)).toEqual({
      ...expected,
      type: 'debugpy',
    });
  });

  test('what launch.json says is kept, but for what the command line says', () => {
    const written = {
      ...initialConfiguration(),
      name: 'Mine',
      application: 'other:app',
      arguments: ['-t0'],
      coverage: true,
      justMyCode: false,
      console: 'internalConsole',
      env: { B: '3' },
      preLaunchTask: 'build',
    };
    expect(launchConfiguration(written, LAUNCH)).toEqual({
      ...expected,
      name: 'Mine',
      justMyCode: false,
      console: 'internalConsole',
      env: { A: '1', B: '3' },
      preLaunchTask: 'build',
    });
  });
});

describe('a process that joins', () => {
  test('is attached, without the purpose of its parent', () => {
    const joined = joinedFrom({ ...ATTACH, purpose: ['debug-test'] });
    expect(joined && childConfiguration(joined)).toEqual({
      ...ATTACH,
      type: 'spawning',
      __autoAttach: true,
    });
  });

  test.each([undefined, null, 3, {}, { connect: {} }, { ...ATTACH, connect: { host: 'x' } }])(
    '%j is none',
    (body) => {
      expect(joinedFrom(body)).toBeUndefined();
    },
  );
});

test.each([
  [
    launchConfiguration(initialConfiguration(), LAUNCH),
    { command: '/v/bin/python', args: ['-m', 'debugpy.adapter'] },
  ],
  [
    { ...ATTACH, type: 'spawning' },
    { host: '127.0.0.1', port: 5678 },
  ],
  [initialConfiguration(), undefined],
])('the adapter of a session', (configuration, expected) => {
  expect(adapterOf(configuration)).toEqual(expected);
});

test.each([
  [{ type: 'spawning' }, {}],
  [
    { application: 'shop:app', arguments: ['-t', '8'], coverage: true },
    { application: 'shop:app', arguments: ['-t', '8'], coverage: true },
  ],
  [{ application: ' ', arguments: 'x', coverage: 'yes' }, {}],
  [{ application: 3, arguments: ['a', 3] }, { arguments: ['a'] }],
])('a task that is written %j', (written, expected) => {
  expect(definitionFrom(written)).toEqual({ type: 'spawning', ...expected });
});
