"""What pages are told, as each of the news is made of the one before."""

from __future__ import annotations

from spawning.controller.newsroom import UNEXPLAINED, changed, failed, served
from spawning.messages import News

START = News(100, 100, (), None)
STYLE = ("/site/static/site.css",)
TEMPLATE = ("/site/templates/home.html",)


def test_new_code_makes_pages_look_different_and_ends_a_failure() -> None:
    assert served(failed(START, UNEXPLAINED)) == News(102, 102, (), None)


def test_a_failure_leaves_pages_as_they_are() -> None:
    assert failed(START, UNEXPLAINED) == News(101, 100, (), UNEXPLAINED)


def test_a_template_changes_pages_and_leaves_a_failure() -> None:
    after = changed(failed(START, UNEXPLAINED), TEMPLATE)
    assert after == News(102, 102, (), UNEXPLAINED, refresh=True)


def test_style_sheets_are_named_where_nothing_else_changed() -> None:
    assert changed(START, STYLE) == News(101, 100, STYLE, None)
    assert changed(START, STYLE + TEMPLATE) == News(101, 101, (), None, refresh=True)
    assert changed(START, ()).content == 101


def test_who_has_missed_a_style_sheet_sees_the_whole_page_anew() -> None:
    after = failed(changed(START, STYLE), UNEXPLAINED)
    assert after == News(102, 101, (), UNEXPLAINED)
