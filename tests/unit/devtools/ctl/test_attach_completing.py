"""What is offered while somebody types, and what is asked for."""

from __future__ import annotations

import pytest

from spawning_devtools.ctl.attach.completing import CUT_AT, Kept, Offer, Place

TEXT = {
    "'abc": True, "'abc'": False, "'a' + '": True, "# why": True, "'''a\n": True, "f(": False,
    '"""a""" + x': False, "rb'": True, "": False, "'a\\'": True, "''": False, "''''''": False,
}  # fmt: skip


@pytest.mark.parametrize(("before", "is_text"), TEXT.items())
def test_within_a_string_or_comment(before: str, is_text: bool) -> None:
    assert Place(before).is_text is is_text


def test_keys_are_no_text() -> None:
    for before in ("d['", 'd["ab', "a.b[", "f()['x", "d[0]['"):
        assert Place(before).is_key, before
    for before in ("['", "x = ['a", "d['a'", "d['a']"):
        assert not Place(before).is_key, before


def test_a_narrower_question_is_not_asked_again() -> None:
    kept = Kept()
    assert kept.narrowed(Place("app.")) is None
    kept.keep(Place("app."), [Offer("config", 4), Offer("copy", 4), Offer("run", 4)])
    assert kept.narrowed(Place("app.co")) == [Offer("config", 4), Offer("copy", 4)]
    assert kept.narrowed(Place("app.x")) == []
    assert kept.narrowed(Place("apx.co")) is None
    assert kept.narrowed(Place("app.config.")) is None
    kept.forget()
    assert kept.narrowed(Place("app.co")) is None


def test_an_answer_that_was_cut_is_asked_for_anew() -> None:
    kept = Kept()
    kept.keep(Place("m."), [Offer(f"a{number}", 2) for number in range(CUT_AT)])
    assert kept.narrowed(Place("m.a1")) is None


def test_what_was_deleted_is_asked_for_anew() -> None:
    kept = Kept()
    kept.keep(Place("app.co"), [Offer("config", 4)])
    assert kept.narrowed(Place("app.c")) is None


def test_keys_are_narrowed_too() -> None:
    kept = Kept()
    kept.keep(Place("d["), [Offer("'a'", 2), Offer("'b'", 2)])
    assert kept.narrowed(Place("d['b")) == [Offer("'b'", 2)]


def test_case_counts_in_the_order_only() -> None:
    kept = Kept()
    offers = [Offer(text, 0) for text in ("Abc", "abd", "_ab", "b")]
    kept.keep(Place(""), offers)
    assert [one.text for one in kept.narrowed(Place("ab")) or ()] == ["abd", "Abc"]
    assert [one.text for one in kept.narrowed(Place("A")) or ()] == ["Abc", "abd"]
    assert [one.text for one in kept.narrowed(Place("_")) or ()] == ["_ab"]
