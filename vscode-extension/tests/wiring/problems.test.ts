import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as vscode from 'vscode';
import { registerProblems } from '../../src/vscode/problems';
import { failure, reload, workerFailed } from '../core/examples';
import { editor } from './fake/editor';
import { begun, failed, onStage, stage } from './stage/onStage';
import { until } from './until';

onStage((parts) => [registerProblems(parts)]);

describe('the problems', () => {
  const found = () => {
    const list: { uri: vscode.Uri; one: vscode.Diagnostic }[] = [];
    editor.diagnostics.get('spawning')?.forEach((uri, all) => {
      list.push(...all.map((one) => ({ uri: uri as never, one: one as never })));
    });
    return list;
  };

  it('hold a failed reload until newer code serves', async () => {
    const file = stage.broken();
    const frame = {
      file: join(stage.folder, 'app.py'),
      line: 1,
      function: '<module>',
      source: 'import views',
      in_project: true,
    };
    const actor = await stage.meet();
    actor.tell(begun, workerFailed({ file, line: 3, column: 6, frames: [frame] }), failed);
    await until(() => found().length === 1);
    const [{ uri, one } = { uri: undefined, one: undefined }] = found();
    expect([uri?.fsPath, one?.source, one?.severity]).toEqual([
      file,
      'Spawning',
      vscode.DiagnosticSeverity.Error,
    ]);
    expect(one?.range).toEqual(new vscode.Range(2, 6, 2, 12));
    expect(one?.message).toContain("NameError: name 'x' is not defined");
    expect(one?.code).toMatchObject({ value: 'NameError' });
    expect(one?.relatedInformation?.map(({ message }) => message)).toEqual([
      'in <module>: import views',
    ]);

    const [begun8, ready8, serves8] = reload(8);
    actor.tell(begun8, ready8, serves8);
    await until(() => found().length === 0);
  });

  it('are those of the newest code, though a file was read slowly', async () => {
    const slow = join(stage.folder, 'slow.py');
    execFileSync('mkfifo', [slow]);
    const actor = await stage.meet();
    actor.tell(begun, workerFailed({ file: slow, line: 3, column: 6 }), failed);
    await until(() => stage.server(actor)?.status?.last_failure);
    const [begun8, ready8, serves8] = reload(8);
    actor.tell(begun8, ready8, serves8);
    await until(() => stage.server(actor)?.status?.last_failure?.current === false);
    writeFileSync(slow, 'x = 1\n'); // which ends the reading
    actor.tell(...reload(9));
    await until(() => stage.server(actor)?.status?.generation.serving === 9);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(found()).toEqual([]);
  });

  it('go with their server', async () => {
    const actor = await stage.meet({}, { last_failure: { ...failure(), current: true } });
    await until(() => found().length === 1);
    await actor.leave();
    await until(() => found().length === 0);
  });

  it('are listed where the application is named if no file is to blame', async () => {
    writeFileSync(join(stage.folder, 'pyproject.toml'), '[tool.spawning]\n');
    await stage.meet(
      {},
      { last_failure: { ...failure({ file: null, line: null, column: null }), current: true } },
    );
    await until(() => found().length === 1);
    expect(found()[0]?.uri.fsPath).toBe(join(stage.folder, 'pyproject.toml'));
  });

  it('of two servers in one file are both listed', async () => {
    const file = stage.broken();
    const told = { last_failure: { ...failure({ file, line: 3 }), current: true } };
    await stage.meet({}, told);
    await stage.meet({}, told);
    await until(() => found().length === 2);
  });
});
