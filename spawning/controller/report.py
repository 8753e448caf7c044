"""What the controller tells the user, as text; pure."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path

from spawning.config import Config
from spawning.controller.children import Child, State
from spawning.controller.policy import Situation, holder
from spawning.controller.replacement import (
    Finding,
    Hung,
    LimitTooLow,
    Lingers,
    Recovered,
    Worn,
    mebibytes,
)
from spawning.messages import Failed, Frame, WorkerGone


def shown(file: str, folder: str) -> str:
    """Return a path as the user in `folder` would write it."""
    return os.path.relpath(file, folder) if Path(file).is_relative_to(folder) else file


def failure(failed: Failed, folder: str, every_frame: bool) -> list[str]:
    """Return the lines that explain a failed import, the first one for machines as well."""
    text = f"{failed.type}: {failed.message}"
    hint = f"; {failed.hint}" if failed.hint else ""
    if not failed.found:
        return [f"error: {failed.message}{hint}"]
    if not failed.file:
        return [f"error: {failed.message if hint or not failed.frames else text}{hint}"]
    place = f"{os.path.join(folder, failed.file)}:{failed.line}:{failed.column or 1}"
    frames = [
        frame
        for number, frame in enumerate(failed.frames)
        if every_frame or frame.in_project or number == len(failed.frames) - 1
    ]
    return [f"error: {place}: {text}", *(f"  {_frame(frame, folder)}" for frame in frames)]


def folded(lines: Sequence[str]) -> list[str]:
    """Return the lines with none among them that has a line break in it."""
    return [re.sub(r"\s*[\r\n]+\s*", " ", line) for line in lines]


def _frame(frame: Frame, folder: str) -> str:
    return f"{shown(frame.file, folder)}:{frame.line} in {frame.function}: {frame.source}"


def death(gone: WorkerGone) -> str:
    """Return the line about a worker that died without having been told to."""
    code = gone.code
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return f"worker {gone.worker_id} (pid {gone.pid}) died {how}"


def killing(child: Child, overdue: bool, deadman: float) -> list[str]:
    """Return the lines about a worker that is killed by SIGKILL; none where that is usual."""
    if child.held is not None:
        return [f"the debugger ({child.held.by}) in {_held(child)}, is ended"]
    return _overdue(child, deadman) if overdue else []


def waiting(cause: str, known: Situation) -> str:
    """Return the line about a reload that does not begin yet; '' where it does, or was told."""
    child = holder(known)
    told = known.asked is not None and cause in known.asked.causes
    if child is None or child.held is None or told:
        return ""
    return f"{cause}; the reload waits for the debugger ({child.held.by}) in {_held(child)}"


def together(causes: Sequence[str]) -> str:
    """Return the causes of one reload, as one."""
    shown = causes[:3] if len(causes) > 4 else causes
    more = [f"{len(causes) - len(shown)} more"] if len(causes) > len(shown) else []
    return ", ".join([*shown, *more])


def _held(child: Child) -> str:
    held = child.held
    if held is not None and held.method:
        return f"{held.method} {held.target}, worker {child.worker_id}"
    if child.state is State.STARTING:
        return f"the import of the application, worker {child.worker_id}"
    return f"worker {child.worker_id}"


def _overdue(child: Child, deadman: float) -> list[str]:
    lines = [
        f"worker {child.worker_id} (pid {child.pid}) of generation {child.generation} did not"
        f" finish within {deadman:g} s and is killed"
    ]
    lines += [f"  {r.method} {r.target} had taken {r.seconds:.1f} s" for r in child.requests]
    return lines


def finding(found: Finding, known: Situation, config: Config, now: float) -> str:
    """Return the line about what the overseer has found."""
    if isinstance(found, LimitTooLow):
        return (
            f"error: --max-memory: {mebibytes(config.max_memory)} will not do, the server uses"
            f" {mebibytes(found.used)} at rest; type a limit well above that"
        )
    child = known.children.by_id[found.worker_id]
    who = f"worker {child.worker_id} (pid {child.pid})"
    match found:
        case Worn(_, why):
            return f"{who} is replaced: {why}"
        case Hung(_, seconds, oldest):
            took = f" {oldest.line} has taken {now - oldest.since:.1f} s;" if oldest else ""
            end = "" if known.development else ", and it is replaced"
            return f"{who} hangs: blocked for {seconds:.1f} s;{took} its stacks follow{end}"
        case Lingers(_, oldest):
            left = child.overdue_at(known.deadman) - now
            sooner = "" if known.is_running else ", or at once by Ctrl-C"
            return (
                f"{who} of generation {child.generation} still answers {oldest.line}, for"
                f" {now - oldest.since:.1f} s now; it is killed in {max(0.0, left):.0f} s{sooner}"
            )
        case Recovered():
            return f"{who} hangs no longer"


def first_takeover(config: Config, urls: list[str], generation: int, seconds: float) -> str:
    """Return the line that says where the application is."""
    threads = f"{config.threads} threads" if config.threads else "greenlets"
    workers = "1 worker" if config.processes == 1 else f"{config.processes} workers"
    return (
        f"serving {' '.join(config.args)} on {' '.join(urls)} ({workers}, {threads},"
        f" controller {os.getpid()}, generation {generation} in {milliseconds(seconds)})"
    )


def takeover(cause: str, generation: int, seconds: float) -> str:
    """Return the line that says that new code serves."""
    return f"{cause}: generation {generation} in {milliseconds(seconds)}"


def milliseconds(seconds: float) -> str:
    """Return a duration as a user reads it best."""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
