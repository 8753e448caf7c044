/**
 * The stand-in for the editor's interface: `import 'vscode'` gives this in the tests of the wiring.
 *
 * It keeps what it is told; a test looks at that, and answers as the user would, by `editor` of
 * `./fake/editor`.  It decides nothing by itself: a message is dismissed and a list is left by
 * Escape unless the test says otherwise.
 */

export * from './fake/enums';
export * from './fake/events';
export * from './fake/places';
export * from './fake/values';
export * from './fake/work';
export { commands, env, extensions } from './fake/desk';
export { debug, languages, tasks, tests } from './fake/services';
export { window } from './fake/window';
export { workspace } from './fake/workspace';
