"""The figures of the manual: bars, and recordings of terminals."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _load(folder: str, name: str) -> ModuleType:
    sys.path.insert(0, str(ROOT / folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


plots = _load("benchmarks", "plots")
published = _load("benchmarks", "published")
reel = _load("scripts/recording", "reel")
cast = _load("scripts/recording", "cast")


def test_bars_are_drawn_to_scale_and_say_what_they_mean() -> None:
    bars = [
        plots.Bar("a < b", 10.0, "10 ms", (10.0, 25.0), ours=True),
        plots.Bar("c", 100.0, "100 ms", note="3 failed"),
        plots.Bar("d", None, "-", note="does not serve it"),
    ]
    text = plots.picture([plots.Panel("A site", "milliseconds", bars)], "how soon")
    root = ElementTree.fromstring(text)
    widths = [float(w) for w in re.findall(r'class="bar[^>]* width="([\d.]+)"', text)]
    assert len(widths) == 2
    assert widths[1] / widths[0] == pytest.approx(10, rel=0.02)
    said = " ".join(root.itertext())
    assert all(word in said for word in ("a < b", "100 ms", "3 failed", "does not serve it"))
    assert "prefers-color-scheme: dark" in text


def test_what_is_published_of_saves() -> None:
    def saves(peer: str, *milliseconds: float, **more: object) -> dict[str, object]:
        latencies = [{"role": "leaf", "how": "atomic", "milliseconds": ms} for ms in milliseconds]
        counted = {"missed": 0, "failed_kept": {}, "failed_new": {}, "reconnects": 0}
        whole = {"old_answers": 0, "trouble": "", "site": "small", "edited": "mixed"}
        return {"peer": peer, "latencies": latencies, **counted, **whole, **more}

    figures = [
        saves(published.OURS, 8.04, 9.0, 30.0),
        saves("theirs", 500.0, missed=2, failed_kept={"refused": 3}, failed_new={"reset": 1}),
        saves("not started", trouble="no port\nand more"),
        saves(published.OURS, 1.0, edited="leaf"),  # one file again and again: not shown
    ]
    (site,) = published.reload_figures({"figures": figures})
    ours, theirs, failed = site["servers"]
    assert (ours["p50"], ours["worst"], ours["saves"], ours["failed"]) == (9.0, 30.0, 3, 0)
    assert (theirs["saves"], theirs["missed"], theirs["failed"]) == (3, 2, 4)
    assert (failed["p50"], failed["trouble"]) == (None, "no port")
    text = published.reload_picture({"panels": [site]})
    assert "4 requests failed, 2 saves missed" in text
    assert "the worst of 3 saves" in text
    assert "does not serve it" in text


def test_a_spread_that_is_far_beyond_the_scale_stays_in_the_picture() -> None:
    bars = [plots.Bar("a", 10.0, "10", (10.0, 9000.0)), plots.Bar("b", 20.0, "20")]
    text = plots.picture([plots.Panel("A site", "ms", bars)], "how soon")
    (end,) = re.findall(r'class="spread"[^>]* x2="([\d.]+)"', text)
    assert float(end) <= plots.WIDTH - plots.MARGIN - plots.NOTES


def test_a_recording_shows_each_line_when_it_was_there() -> None:
    plain = reel.Look()
    first = (reel.Run(0, "$ ", plain),)
    second = (reel.Run(0, "$ ls & <x>", reel.Look("green", "default", True)),)
    frames = [
        reel.Frame(0.0, (first, ())),
        reel.Frame(1.0, (second, ())),
        reel.Frame(2.0, (first, ())),
        reel.Frame(4.0, (second, ())),
    ]
    text = reel.animation(frames, 20, 8.0, "typing")
    ElementTree.fromstring(text)
    # Two different contents, although the line changed three times.
    assert text.count("<text") == 2
    step = -reel.LINE
    assert (
        "@keyframes k0{0.00%{transform:translateY(0px)}"
        f"12.50%{{transform:translateY({step}px)}}"
        "25.00%{transform:translateY(0px)}"
        f"50.00%{{transform:translateY({step}px)}}}}"
    ) in text
    assert "k1" not in text  # a line that is empty all the time
    assert "prefers-reduced-motion" in text


def test_recordings_are_kept_as_asciinema_keeps_them(tmp_path: Path) -> None:
    kept = cast.Cast("typing", (80, 24), [(0.5, b"$ "), (0.75, "é\x1b[0m".encode()), (60.0, b"x")])
    cast.write(tmp_path / "a.cast", kept)
    assert '"version": 2' in (tmp_path / "a.cast").read_text().splitlines()[0]
    again = cast.read(tmp_path / "a.cast")
    assert again == kept
    assert [at for at, _ in again.hastened()] == pytest.approx([0, 0.25, 0.25 + cast.LONGEST_PAUSE])
