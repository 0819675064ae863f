"""The table of verdicts, row by row."""

from __future__ import annotations

import pytest

from pipeline.identity import Carried, compare
from pipeline.model import Entry, Url

_PAGE, _OWNER, _REPO = "https://example.org/a-page", "https://github.com/owner", "https://github.com/owner/repo"
_TITLE, _OTHER = "Robots Tending Greenhouse Seedlings", "Locks and Latches Under Contention"

_ROWS = (
    # the row, title and address, title and address that were carried, verdict
    ("same", _TITLE, _PAGE, _TITLE, _PAGE + "/?utm_source=x", "same"),
    ("trivial anchor", _TITLE, _PAGE, _TITLE, _PAGE + "#top", "same"),
    ("retitled", "A diary of greenhouse robots", _PAGE, _TITLE, _PAGE, "same"),
    ("translated", "照看温室幼苗的机器人", _PAGE, _TITLE, _PAGE, "same"),
    ("a title that says nothing", "PDF", _PAGE, _TITLE, _PAGE, "same"),
    ("a title that points", "this post", _PAGE, _TITLE, _PAGE, "same"),
    ("a title that points, Chinese", "点击这里", _PAGE, "照看温室幼苗的机器人", _PAGE, "same"),
    ("a title that only counts", "下篇", _PAGE, "照看温室幼苗的机器人", _PAGE, "same"),
    ("a title that is the address", _PAGE, _PAGE, _TITLE, _PAGE, "same"),
    ("version", "Seedling v1.1", _PAGE, "Seedling v1.0", _PAGE, "update"),
    ("year of which one has none", "Seedling Annual Survey", _PAGE, "Seedling 2021 Annual Survey", _PAGE, "update"),
    ("release of a file's name", "seed-mode.el 1.4 release", _REPO, "seed-mode.el", _REPO, "update"),
    ("site", _TITLE, "https://example.org/", _OTHER, "https://www.example.org", "standing"),
    (
        "release",
        "Wren: 0.9 is prettier",
        "https://wren.example/news/all",
        "Wren notes: 1.0 is out",
        "https://wren.example/news/all",
        "update",
    ),
    ("account", "@Wren", "https://github.com/wren", "@Wren", "https://github.com/Wren", "standing"),
    ("repository", _TITLE, _REPO, _OTHER, _REPO, "standing"),
    ("wrong link", _TITLE, _PAGE, _OTHER, _PAGE, "wrong-link"),
    ("a sibling's link", "fast-finch", f"{_OWNER}/finch-wasm", "Finch Wasm", f"{_OWNER}/finch-wasm", "wrong-link"),
    ("a shorter name", "finch", f"{_OWNER}/finch-wasm", "finch-wasm", f"{_OWNER}/finch-wasm", "same"),
    ("what it is", "Finch in Rust", f"{_OWNER}/finch-wasm", "finch-wasm", f"{_OWNER}/finch-wasm", "same"),
    ("two other names", "fast-finch", _REPO, "finch-wasm", _REPO, "same"),
    ("one anchor", _TITLE, _PAGE, _TITLE, _PAGE + "#roots", "likely"),
    ("two anchors", _TITLE, _PAGE + "#leaves", _TITLE, _PAGE + "#roots", "related"),
    ("one anchor, other titles", _TITLE, _PAGE, _OTHER, _PAGE + "#roots", "related"),
    ("likely title", _TITLE, _PAGE, _TITLE, "https://mirror.example.net/a", "likely"),
    (
        "a talk and a paper",
        _TITLE,
        "https://youtu.be/1SZOGp1D17E",
        _TITLE,
        "https://arxiv.org/abs/1706.03762",
        "related",
    ),
    ("pages of a series", _TITLE, "https://example.org/2020-w12", _TITLE, "https://example.org/2020-w13", "related"),
    ("a site and a page of it", _TITLE, "https://example.org/", _TITLE, _PAGE, "related"),
    ("a longer title on one site", _TITLE, _PAGE, _TITLE + ": a field diary", "https://example.org/b", "related"),
    ("a longer title elsewhere", _TITLE, _PAGE, _TITLE + ": a field diary", "https://example.net/b", "likely"),
    (
        "moved on one site",
        "Seedling Robots",
        "https://example.org/blog/robots-tending-seedlings",
        "Gentle Care: Seedling Robots - Jo's diary",
        "https://example.org/robots-tending-seedlings/",
        "likely",
    ),
    (
        "a usual name on one site",
        "Seedling Robots",
        "https://example.org/a/read-me",
        "Gentle Care: Seedling Robots - Jo's diary",
        "https://example.org/b/read-me",
        "related",
    ),
    ("issues of one title", _TITLE, _REPO + "/issues/12", _TITLE, _REPO + "/issues/21", "related"),
    ("an episode and a post", _TITLE, "https://radio.example.net/episode/9", _TITLE, _PAGE, "related"),
    (
        "short title and one date",
        "Gentle Robots",
        "https://example.org/2018-02-21-robots.html",
        "Gentle Robots",
        "https://example.net/2018/02/21/robots/",
        "likely",
    ),
    (
        "short title and two dates",
        "Gentle Robots",
        "https://example.org/2018-02-21-robots.html",
        "Gentle Robots",
        "https://example.net/2018/02/22/robots/",
        "related",
    ),
    ("part of", _TITLE, _REPO + "/tree/main/docs", _OTHER, _REPO, "related"),
    ("parts of one thing", _TITLE, _REPO + "/issues/1", _OTHER, _REPO + "/releases/tag/v1", "related"),
    ("two repositories of one owner", _TITLE, _REPO, _OTHER, "https://github.com/owner/other", "new"),
    ("related title", "手写一个正则引擎（一）", _PAGE, "手写一个正则引擎（二）", "https://example.org/b", "related"),
    ("new", _TITLE, _PAGE, _OTHER, "https://example.org/b", "new"),
    ("no address", _TITLE, "", _TITLE, _PAGE, "likely"),
    ("attachments of one name", _TITLE, "slides.pdf", _OTHER, "slides.pdf", "new"),
)


@pytest.mark.parametrize(
    ("title", "url", "earlier_title", "earlier_url", "kind"), [row[1:] for row in _ROWS], ids=[row[0] for row in _ROWS]
)
def test_verdicts(title: str, url: str, earlier_title: str, earlier_url: str, kind: str) -> None:
    """Address and title together give the verdict of the row."""
    entry = Entry(title=title, url=Url(url) if url else None)
    assert compare(entry, Carried(title=earlier_title, url=earlier_url)).kind == kind


def test_a_standing_link_is_no_repeat() -> None:
    """A link that is said to be standing stays one, whatever the titles."""
    entry = Entry(title=_TITLE, url=Url(_PAGE))
    assert compare(entry, Carried(title=_TITLE, url=_PAGE, standing=True)).kind == "standing"


def test_an_alias_is_the_same() -> None:
    """An address that the editor called an alias of the entry is the entry's."""
    entry = Entry(title=_TITLE, url=Url(_PAGE), alias=("https://old.example.net/a",))
    assert compare(entry, Carried(title=_OTHER, url="http://old.example.net/a/")).kind == "same"


def test_the_reason_names_thing_and_version() -> None:
    """The reason says what both addresses are of, and that one is another version."""
    entry = Entry(title=_TITLE, url=Url("https://arxiv.org/pdf/1706.03762v5"))
    verdict = compare(entry, Carried(title=_TITLE, url="https://arxiv.org/abs/1706.03762v1"))
    assert (verdict.kind, verdict.why) == ("same", "same arXiv paper, other version")
