"""What pages that are open in a browser are told, by way of the workers that serve them.

Rules:
1. A page knows the version that it shows, and asks for what came since.  So each of
   the news says all that counts, and nobody has to have heard the one before.
2. Workers are told before they serve: a question that was parked at the old
   generation is answered by the new one because of what that has heard.
3. Requests wait for new code from the moment at which the save is known to the
   takeover or the failure, `--reload-wait` at most, and that for all of them together:
   code that never becomes ready stops the server for so long and no longer.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

from spawning.config import Config
from spawning.controller.audience import Fact
from spawning.controller.workers import Workers
from spawning.messages import (
    Failed,
    GenerationFailed,
    GenerationServes,
    News,
    Refresh,
    WorkerFailed,
)

UNEXPLAINED = Failed(
    True, "", "The new code did not start; the terminal may say why.", "", 0, 0, (), ""
)
STYLES = ".css"


def newer(news: News) -> News:
    """Return the news on which the next ones are based: what they do not say is as it was."""
    # Who has missed a change of style sheets only has to see the whole page anew.
    content = news.version if news.styles else news.content
    return dataclasses.replace(
        news, version=news.version + 1, content=content, styles=(), refresh=False
    )


def served(news: News) -> News:
    """New code serves."""
    after = newer(news)
    return dataclasses.replace(after, content=after.version, failure=None)


def failed(news: News, failure: Failed) -> News:
    """New code does not start."""
    return dataclasses.replace(newer(news), failure=failure)


def changed(news: News, files: Sequence[str]) -> News:
    """Templates or static files have changed."""
    after = newer(news)
    if files and all(Path(file).suffix == STYLES for file in files):
        return dataclasses.replace(after, styles=tuple(files))
    return dataclasses.replace(after, content=after.version, refresh=True)


class Newsroom:
    """The newest news, and who has to hear them; implements `audience.Listener`."""

    wake_at = None
    process = None

    def __init__(self, config: Config, workers: Workers) -> None:
        self._hold_time = config.hold_time
        self._is_open = bool(config.reload) or config.has_live_pages
        self._workers = workers
        first = int(time.time() * 1000)  # greater than any that a page has from an earlier run
        self._news = News(first, first, (), None)
        self._failures: dict[int, Failed] = {}

    def keep_up(self, now: float) -> None:
        """Nothing is due."""

    def tell(self, fact: Fact) -> None:
        """Make news of a fact, or not."""
        match fact:
            case WorkerFailed(generation=generation, failure=failure):
                self._failures[generation] = failure
            case GenerationFailed(generation):
                self._workers.gate.hold[0] = 0.0
                self._publish(failed(self._news, self._failures.get(generation, UNEXPLAINED)))
                self._failures.clear()
            case GenerationServes():
                self._failures.clear()
                # Its workers hear it before they serve, and the others serve no more.
                self._news = served(self._news)
            case Refresh(files=files):
                self._publish(changed(self._news, files))
            case _:
                pass

    def end(self) -> None:
        """Tell nobody anything more."""

    def expect(self, now: float) -> None:
        """Newer code is known: requests wait for it."""
        if self._hold_time:
            self._workers.gate.hold[0] = now + self._hold_time

    def brief(self, worker_id: int) -> None:
        """Tell a worker that is going to serve."""
        if self._is_open:
            self._workers.tell(worker_id, self._news)

    def _publish(self, news: News) -> None:
        self._news = news
        if self._is_open:
            self._workers.tell_all(news)
