"""The screen of `spawnctl top`, as lines of fragments; pure."""

from __future__ import annotations

from collections.abc import Sequence

from spawning_devtools.ctl.figures import count, duration, size
from spawning_devtools.ctl.rendering import Fragments, clean, fitted, width_of
from spawning_devtools.ctl.status.sight import HELD, HUNG, Request, Sight, Worker
from spawning_devtools.ctl.status.text import health_style, state_style
from spawning_devtools.ctl.top.columns import COLUMNS, cell, fitting, ordered
from spawning_devtools.ctl.top.rates import History, sparkline
from spawning_devtools.ctl.top.state import Chosen

Line = Fragments
SLOW, VERY_SLOW = 1.0, 10.0
"""Seconds after which a request is worth a look."""
LABEL, FIGURE = "class:label", "class:figure"

KEYS = (
    ("F1", "Help"), ("q", "Quit"), ("a", "Attach"), ("r", "Reload"), ("<>", "Sort"),
    ("/", "Filter"), ("f", "Follow"), ("+-", "Workers"), ("k", "End"),
)  # fmt: skip

HELP = (
    ("Up Down PgUp PgDn Home End", "choose a worker"),
    ("< >  Left Right", "sort by another column"),
    ("N P M T", "sort by worker, processor, memory, oldest request"),
    ("I", "the other way round"),
    ("f  Enter", "show the requests of the chosen worker only, and again of all"),
    ("/", "show the requests with a text in them; Esc shows all"),
    ("a", "attach to the chosen worker (--backdoor)"),
    ("r", "start a new generation"),
    ("+ -", "one worker more, one fewer"),
    ("k", "end the chosen worker, when its requests are done, and replace it"),
    ("s", "stop the server"),
    ("Space", "hold the picture, and go on"),
    ("q  F10  Ctrl-C", "leave; the server goes on"),
)


def screen(history: History, chosen: Chosen, width: int, height: int) -> list[Line]:
    """Return the whole screen."""
    sight = history.sight
    if sight is None:
        return [[("", " looking ...")]]
    if chosen.helps:
        page = [*_head(history, width), [], *_help(width)]
        return [*page[: height - 1], _foot(chosen, width)]
    workers = ordered(sight, history.rates, chosen.by, chosen.inverted)
    requests = shown_requests(sight, chosen, workers)
    head = _head(history, width)
    room = max(2, height - len(head) - 5)  # a blank, two heads, a blank, the keys
    for_workers = min(len(workers), max(1, room - min(len(requests), room // 2)))
    body = [
        *head,
        [],
        _columns(chosen, width),
        *_workers(history, chosen, workers, for_workers, width),
        [],
        _request_head(sight, requests, chosen, width),
        *(_request(one, width) for one in requests[: max(0, room - for_workers)]),
    ]
    body += [[] for _ in range(height - 1 - len(body))]
    return [*body[: height - 1], _foot(chosen, width)]


def shown_requests(sight: Sight, chosen: Chosen, workers: Sequence[Worker]) -> list[Request]:
    """Return the requests that are to be shown, the oldest first."""
    number = workers[chosen.place(workers)].number if workers else 0
    return [
        one
        for one in sight.in_flight
        if (not chosen.only_its or one.worker == number)
        and chosen.filter.lower() in one.line.lower()
    ]


# ---------------------------------------------------------------- the head


def _head(history: History, width: int) -> list[Line]:
    sight, rates = history.sight, history.rates
    assert sight is not None
    left: Line = [(FIGURE, f" {clean(sight.application)}"), (LABEL, "  pid "),
                  ("", str(sight.pid)), (LABEL, "  up "), ("", duration(sight.age))]  # fmt: skip
    sentence = clean(sight.sentence).rstrip(".")
    right: Line = [(health_style(sight.health), f"{sight.health}"), ("", f": {sentence} ")]
    where = " ".join([*sight.urls, *(f"backdoor {one}" for one in sight.backdoor[:1])])
    lines = [_spread(left, right, width), [(LABEL, f" {fitted(where, width - 2)}")], []]
    meter = min(30, max(10, width // 4))
    tail: Line = [(LABEL, "  cpu "), (FIGURE, f"{rates.whole_cpu:.0f}%"), (LABEL, "  mem "),
                  (FIGURE, size(sight.memory)), (LABEL, "  workers "),
                  (FIGURE, str(len(sight.workers)))]  # fmt: skip
    lines.append([(LABEL, " busy     "), *_meter(sight.busy, sight.slots, meter), *tail])
    lines.append([(LABEL, " requests "), (FIGURE, f"{count(rates.requests):>6}/s "),
                  ("class:curve", sparkline(history.curve, meter - 8)), ("", "  "),
                  *_classes(sight), *_latency(history)])  # fmt: skip
    if sight.failure:
        told = f"{sight.failure.get('type')}: {sight.failure.get('message')}"
        place = f" ({sight.failure['file']}:{sight.failure['line']})"
        place = place if sight.failure.get("file") else ""
        lines.append([("class:error", fitted(clean(f" {told}{place}"), width))])
    return [_cut(line, width) for line in lines]


def _meter(busy: int, slots: int, width: int) -> Line:
    text = f"{busy}/{slots}" if slots else str(busy)
    inside = width - 2
    full = min(inside, round(inside * busy / slots)) if slots else min(inside, busy)
    share = busy / slots if slots else 0.0
    style = "class:error" if share >= 1 else "class:notice" if share > 0.7 else "class:good"
    bar = "|" * full + " " * (inside - full)
    bar = bar[: inside - len(text)]
    return [(FIGURE, "["), (style, bar), (FIGURE, text), (FIGURE, "]")]


def _classes(sight: Sight) -> Line:
    styles = {2: "class:good", 3: "class:starting", 4: "class:notice", 5: "class:error"}
    numbers = dict(enumerate(sight.by_class))
    shown: Line = []
    for digit in (2, 3, 4, 5):
        if numbers.get(digit):
            shown += [(LABEL, f"{digit}xx "), (styles[digit], f"{count(numbers[digit])}  ")]
    if numbers.get(0):
        shown += [(LABEL, "cut "), ("class:error", f"{count(numbers[0])}  ")]
    return shown


def _latency(history: History) -> Line:
    latency = history.rates.latency
    return [(LABEL, "mean "), (FIGURE, f"{latency * 1000:.1f} ms")] if latency is not None else []


# ---------------------------------------------------------------- the tables


def _columns(chosen: Chosen, width: int) -> Line:
    line: Line = []
    for column in fitting(width, chosen.by):
        is_sorting = column is COLUMNS[chosen.by]
        arrow = ("▲" if column.descends is chosen.inverted else "▼") if is_sorting else ""
        text = (
            cell(column, column.head + arrow, column.width) if column.width else column.head + arrow
        )
        line.append(("class:bar.sorting" if is_sorting else "class:bar", f" {text}"))
    return _filled(line, width, "class:bar")


def _workers(
    history: History, chosen: Chosen, workers: Sequence[Worker], room: int, width: int
) -> list[Line]:
    place = chosen.place(workers)
    first = min(max(0, place - room + 1), max(0, len(workers) - room))
    return [
        _worker(history, worker, chosen, number == place, width)
        for number, worker in enumerate(workers[first : first + room], start=first)
    ]


def _worker(history: History, worker: Worker, chosen: Chosen, is_chosen: bool, width: int) -> Line:
    line: Line = []
    for column in fitting(width, chosen.by):
        text = cell(column, column.text(worker, history.rates), column.width)
        line.append(("" if is_chosen else _style(column.head, worker), f" {text}"))
    if is_chosen:
        return [("class:chosen", text) for _, text in _filled(_cut(line, width), width, "")]
    return _cut(line, width)


def _style(head: str, worker: Worker) -> str:
    if head == "STATE":
        return state_style(worker.state)
    if head == "OLDEST REQUEST":
        if worker.state in (HUNG, HELD):
            return state_style(worker.state)
        return _slow(worker.in_flight[0].seconds) if worker.in_flight else ""
    if head in ("PID", "AGE", "CONN"):
        return LABEL
    return FIGURE if head == "WORKER" else ""


def _request_head(sight: Sight, requests: Sequence[Request], chosen: Chosen, width: int) -> Line:
    number = f"{len(requests)} of {len(sight.in_flight)}"
    of = f" of worker {chosen.worker}" if chosen.only_its and chosen.worker else ""
    like = f" with '{chosen.filter}'" if chosen.filter or chosen.filtering else ""
    return _filled(
        [("class:bar", f"     AGE WORKER  REQUEST{of}{like}, {number}")], width, "class:bar"
    )


def _request(request: Request, width: int) -> Line:
    style = _slow(request.seconds)
    return _cut([(style, f" {duration(request.seconds):>7} {request.worker:>6}  "),
                 ("", clean(request.line))], width)  # fmt: skip


def _slow(seconds: float) -> str:
    return "class:error" if seconds >= VERY_SLOW else "class:notice" if seconds >= SLOW else ""


# ---------------------------------------------------------------- the foot, and help


def _foot(chosen: Chosen, width: int) -> Line:
    if chosen.asked is not None:
        return _filled([("class:question", f" (y/n) {chosen.question}?")], width, "class:question")
    if chosen.filtering:
        return _filled([("class:question", f" show requests with: {chosen.filter}█")], width,
                       "class:question")  # fmt: skip
    line: Line = [("class:notice", " held, Space goes on ")] if chosen.paused else []
    if chosen.said:
        line.append(("class:said", f" {fitted(clean(chosen.said), width - 2)} "))
        return _filled(line, width, "class:foot")
    for key, about in KEYS:
        more: Line = [("class:key", f" {key}"), ("class:foot", f" {about} ")]
        if sum(width_of(text) for _, text in [*line, *more]) <= width:
            line += more
    return _filled(line, width, "class:foot")


def _help(width: int) -> list[Line]:
    column = max(len(keys) for keys, _ in HELP)
    lines: list[Line] = [
        _cut([(FIGURE, f" {keys:<{column}}"), ("", f"  {about}")], width) for keys, about in HELP
    ]
    return [*lines, [], [(LABEL, " any key leaves this page")]]


# ---------------------------------------------------------------- widths


def _spread(left: Line, right: Line, width: int) -> Line:
    blanks = width - sum(width_of(text) for _, text in [*left, *right])
    return [*left, ("", " " * max(2, blanks)), *right]


def _filled(line: Line, width: int, style: str) -> Line:
    blanks = width - sum(width_of(text) for _, text in line)
    return [*_cut(line, width), (style, " " * max(0, blanks))]


def _cut(line: Line, width: int) -> Line:
    kept: Line = []
    for style, text in line:
        if width <= 0:
            break
        kept.append((style, fitted(text, width)))
        width -= width_of(kept[-1][1])
    return kept
