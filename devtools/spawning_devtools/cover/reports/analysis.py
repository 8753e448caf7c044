"""The process that counts: statements, and which of them ran; started by `analyst`, see `niced`.

It is asked one thing a line, and answers each by one line:

    {"facts": {…}}  what ran of a file      {"numbers": {…}, "state": […]}
    {"look": …}     is anything new?        {"is_new": …, "named": […], "problem": ""}

The first line that it says, unasked, is an answer as to `look`.

Rules:
1. coverage.py parses and counts, so that numbers are those of its reports.
2. The source is read when it is asked for.  What it says of it stands until the source,
   or the configuration of the project, changes.
"""

from __future__ import annotations

import dataclasses
import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, TextIO

import coverage
from coverage.exceptions import CoverageException, NotPython
from coverage.files import GlobMatcher, prep_patterns
from coverage.plugin import FileReporter
from coverage.python import PythonFileReporter
from coverage.results import Analysis, analysis_from_file_reporter

from spawning_devtools.cover.disk import State, digest_of, state_of
from spawning_devtools.cover.facts import (
    FileFacts,
    Numbers,
    Ran,
    Setup,
    Version,
    facts_from_json,
)
from spawning_devtools.cover.niced import yield_to_others
from spawning_devtools.cover.reports import datafile

PARSED = 300
"""So many files are kept as they were parsed, those asked for last."""
ATTEMPTS = 3


def main(settings: Mapping[str, Any], orders: TextIO, answers: TextIO) -> None:
    """Answer until the keeper is gone."""
    yield_to_others(is_idle=True)
    counter = Counter(Setup(**settings["setup"]))

    def say(answer: Mapping[str, Any]) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    say(counter.look())
    for line in orders:
        order = json.loads(line)
        if "facts" in order:
            facts = facts_from_json(order["facts"])
            state = state_of(facts.path)  # before: what comes later is new
            say({"numbers": dataclasses.asdict(counter.numbers(facts)), "state": state})
        else:
            say(counter.look())


@dataclasses.dataclass(slots=True)
class _Told:
    """What ran of a file, as `Analysis` wants to be told it."""

    ran: Ran
    is_arcs: bool

    def has_arcs(self) -> bool:
        return self.is_arcs

    def lines(self, _path: str) -> list[int]:
        return _lines(self.ran)

    def arcs(self, _path: str) -> Ran:
        return self.ran


def _lines(ran: Ran) -> list[int]:
    """Return the lines of lines or arcs, as coverage.py has them."""
    found: set[int] = set()
    for one in ran:
        found.update(one if isinstance(one, tuple) else (one,))
    return [line for line in found if line > 0]


class Counter:
    """Counts, and remembers how files are parsed."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._cov: coverage.Coverage | None = None
        self._problem = ""
        self._configuration: dict[str, State] = {}
        self._parsed: OrderedDict[tuple[str, str], FileReporter] = OrderedDict()
        self._ran: set[str] = set()
        self._open()

    def _open(self) -> None:
        self._cov, self._problem = None, ""
        self._parsed.clear()
        try:
            self._cov = datafile.opened(self._setup)
        except Exception as error:  # of a plugin, perhaps
            self._problem = _cannot(error)
        else:
            attempted = self._cov.config.config_files_attempted
            self._configuration = {path: state_of(path) for path in attempted}

    def look(self) -> dict[str, Any]:
        """Return which files `source` names, and whether all that was said is void."""
        was_valid = self._cov is not None
        if not was_valid or self._has_new_configuration():
            self._open()
            is_new = was_valid or self._cov is not None
        else:
            is_new = False
        named: list[str] = []
        if self._cov is not None:
            try:
                named = [path for path, _ in datafile.never_ran(self._cov, self._ran)]
            except CoverageException as error:
                self._problem = _cannot(error)
        return {"is_new": is_new, "named": named, "problem": self._problem}

    def _has_new_configuration(self) -> bool:
        return any(state_of(path) != state for path, state in self._configuration.items())

    def numbers(self, facts: FileFacts) -> Numbers:
        """Return what is to be said of a file; never raises."""
        cov, path = self._cov, facts.path
        if cov is None:
            return Numbers(path, name=path, problem=self._problem)
        if facts.versions:
            self._ran.add(path)
        for _ in range(ATTEMPTS):
            digest = digest_of(path)
            if not digest:
                name = PythonFileReporter(path, cov).relative_filename()
                return Numbers(path, name=name, is_gone=True)
            known = Numbers(
                path=path,
                digest=digest,
                is_stale=bool(facts.versions) and facts.of(digest) is None,
            )
            try:
                reporter = self._reporter(cov, path, digest)
                counted = self._count(cov, known, reporter, facts.of(digest) or Version(digest))
            except Exception as error:
                counted = self._failed(cov, known, error)
            if digest_of(path) == digest:
                break
            self._parsed.pop((path, digest), None)  # it was parsed as it is by now
        return counted

    def _failed(self, cov: coverage.Coverage, known: Numbers, error: Exception) -> Numbers:
        """Return what is to be said of a file that cannot be parsed: as reports decide it."""
        reporter = PythonFileReporter(known.path, cov)
        is_no_python = isinstance(error, NotPython) and not reporter.should_be_python()
        return dataclasses.replace(
            known,
            name=reporter.relative_filename(),
            is_left_out=is_no_python or _is_left_out(cov, reporter),
            problem=str(error).partition("\n")[0] or type(error).__name__,
        )

    def _reporter(self, cov: coverage.Coverage, path: str, digest: str) -> FileReporter:
        reporter = self._parsed.pop((path, digest), None) or datafile.reporter_of(cov, path)
        self._parsed[path, digest] = reporter
        while len(self._parsed) > PARSED:
            self._parsed.popitem(last=False)
        return reporter

    def _count(
        self, cov: coverage.Coverage, known: Numbers, reporter: FileReporter, version: Version
    ) -> Numbers:
        is_arcs = self._setup.branch
        told: Any = _Told({*version.imports, *version.requests}, is_arcs)
        counted = analysis_from_file_reporter(told, cov.config.precision, reporter, known.path)
        executed = counted.statements - counted.missing
        requests = _statements(version.requests, reporter) & executed
        if isinstance(reporter, PythonFileReporter):
            requests &= _in_functions(reporter)
            if not is_arcs:
                reporter.parser._ast_root = None  # large, and coverage.py lets go of it with arcs
        return dataclasses.replace(
            known,
            name=reporter.relative_filename(),
            is_left_out=_is_left_out(cov, reporter),
            statements=tuple(sorted(counted.statements)),
            requests=tuple(sorted(requests)),
            imports=tuple(sorted(executed - requests)),
            missing=tuple(sorted(counted.missing)),
            excluded=tuple(sorted(counted.excluded)),
            partial=_partial(counted, reporter) if is_arcs else {},
            branches=counted.numbers.n_branches,
            partial_branches=counted.numbers.n_partial_branches,
            missing_branches=counted.numbers.n_missing_branches,
            contexts={
                label: tuple(sorted(_statements(ran, reporter) & executed))
                for label, ran in version.contexts.items()
            },
        )


def _cannot(error: Exception) -> str:
    return "coverage.py cannot be configured: " + str(error).partition("\n")[0]


def _statements(ran: Ran, reporter: FileReporter) -> set[int]:
    return reporter.translate_lines(_lines(ran))


def _in_functions(reporter: FileReporter) -> set[int]:
    regions = reporter.code_regions()
    return set().union(*(region.lines for region in regions if region.kind == "function"))


def _is_left_out(cov: coverage.Coverage, reporter: FileReporter) -> bool:
    """Return whether reports leave it out: as `coverage.report_core` decides it."""
    include, omit = cov.config.report_include, cov.config.report_omit
    if include and not GlobMatcher(prep_patterns(include)).match(reporter.filename):
        return True
    return bool(omit and GlobMatcher(prep_patterns(omit)).match(reporter.filename))


def _partial(counted: Analysis, reporter: FileReporter) -> dict[int, str]:
    """Return what is to be said of lines from which not all branches were taken."""
    stats = counted.branch_stats()
    said = {}
    for line, ends in counted.missing_branch_arcs().items():
        if line in counted.missing:
            continue
        if len(ends) == stats[line][0]:
            said[line] = f"line {line} didn't jump anywhere: it always raised an exception."
        else:
            said[line] = "; ".join(_branch(reporter, counted, line, end) for end in ends)
    return said


def _branch(reporter: FileReporter, counted: Analysis, line: int, end: int) -> str:
    return reporter.missing_arc_description(line, end, counted.arcs_executed)
