/** A failed reload as what the editor lists among its problems; pure. */

import type { Failure, Frame, Note, Status } from './contract';
import { errorOf, placedIn } from './phrases';

export interface Related {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface Problem {
  /** Undefined where no file is to blame. */
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number;
  /** In characters, from 1; null where it is not known. */
  readonly column: number | null;
  readonly message: string;
  /** The type of the exception. */
  readonly code: string | undefined;
  /** Where that is explained. */
  readonly page: string | undefined;
  readonly related: readonly Related[];
}

const PAGE = 'https://docs.python.org/3/library/exceptions.html';
/** What is raised while a module is imported, of what that page explains. */
const EXPLAINED = new Set(
  (
    'ArithmeticError AssertionError AttributeError BufferError EOFError ImportError ' +
    'ModuleNotFoundError LookupError IndexError KeyError MemoryError NameError ' +
    'UnboundLocalError OSError BlockingIOError ChildProcessError ConnectionError ' +
    'BrokenPipeError ConnectionAbortedError ConnectionRefusedError ConnectionResetError ' +
    'FileExistsError FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError ' +
    'PermissionError ProcessLookupError TimeoutError ReferenceError RuntimeError ' +
    'NotImplementedError RecursionError StopIteration SyntaxError IndentationError TabError ' +
    'SystemError TypeError ValueError UnicodeError UnicodeEncodeError UnicodeDecodeError ' +
    'UnicodeTranslateError OverflowError ZeroDivisionError FloatingPointError ' +
    'SystemExit KeyboardInterrupt ExceptionGroup'
  ).split(' '),
);

/** What is wrong with a server's newest code; undefined where that serves. */
export function problemOf(note: Note, status: Status | undefined): Problem | undefined {
  const failure = status?.last_failure;
  if (status === undefined || !failure?.current) {
    return undefined;
  }
  const { type, column } = failure;
  const file = failure.file === null ? undefined : placedIn(failure.file, note);
  const line = failure.line ?? 1;
  return {
    ...{ file, line, column },
    message: [errorOf(failure), failure.hint ?? '', goesOn(failure, status)]
      .filter(Boolean)
      .join('\n'),
    code: type ?? undefined,
    page: type !== null && EXPLAINED.has(type) ? `${PAGE}#${type}` : undefined,
    related: relatedOf(failure.frames, note, file, line),
  };
}

function goesOn(failure: Failure, status: Status): string {
  const { serving } = status.generation;
  const failed = `Generation ${failure.generation} was not started`;
  return serving > 0
    ? `${failed}; generation ${serving} goes on serving.`
    : `${failed}; nothing serves.`;
}

/** The project's other frames, the one nearest to the error first. */
function relatedOf(
  frames: readonly Frame[],
  note: Note,
  file: string | undefined,
  line: number,
): Related[] {
  return frames
    .filter((frame) => frame.in_project)
    .map((frame) => ({
      file: placedIn(frame.file, note),
      line: frame.line,
      message: frame.source ? `in ${frame.function}: ${frame.source}` : `in ${frame.function}`,
    }))
    .filter((frame) => frame.file !== file || frame.line !== line)
    .reverse();
}
