"""What pages say of themselves, and `publish add --fetch` on a real server."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publications import publish, written
from web_server import html, redirect, serving, status

from pipeline.formats.pages import Page, day_in, decoded, page

ALLOW = ["--allow-network", "127.0.0.0/8"]
ARTICLE = """<!doctype html><html lang="de-AT"><head><title>Site | Titel</title>
<meta property="og:title" content="Titel &amp; mehr"><meta name="author" content=" A.\u202e  Writer ">
<meta property="article:published_time" content="2023-03-04T10:00:00+01:00"></head><body><p>text</p></body></html>"""
LINKED = """<title>T</title><script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "H",
"datePublished": "2023/3/4", "author": [{"name": "A"}, {"name": "B"}]}]}</script>"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ARTICLE, Page(title="Titel & mehr", author="A. Writer", published="2023-03-04", lang="de-AT")),
        (LINKED, Page(title="H", author="A, B", published="2023-03-04")),
        ("<title> a\n b </title>", Page(title="a b")),
        ("<meta name=citation_title content=C><title>x</title>", Page(title="C")),
        ("<meta name=author content='https://facebook.example/a'><title>x</title>", Page(title="x")),
        ("<meta property='og:locale' content='zh_CN'><title>x</title>", Page(title="x", lang="zh-CN")),
        ("<script type='application/ld+json'>[{]</script><title>x</title>", Page(title="x")),
        ('<script type=\'application/ld+json\'>{"author": 3, "headline": []}</script>', Page()),
        ("", Page()),
        ("<svg><title>drawn</title></svg><title>x", Page(title="drawn")),
    ],
)
def test_a_page_says_what_it_is(text: str, said: Page) -> None:
    """Title, author, day and language come from where pages tell them, on one line, without controls."""
    assert page(text.encode(), "text/html; charset=utf-8") == said


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("标题".encode("gbk"), "text/html; charset=GB2312", "标题"),
        ("<meta charset=big5>標題".encode("big5"), "text/html", "<meta charset=big5>標題"),
        ("é“".encode("cp1252"), "text/html; charset=iso-8859-1", "é“"),
        ("é".encode(), "text/html; charset=nonsense", "é"),
        ("é".encode(), "text/html; charset=zip", "é"),
        ("é".encode(), "text/html; charset=rot13", "é"),
        ("<meta charset=idna>é".encode(), "text/html; charset=unicode_escape", "<meta charset=idna>é"),
        ("<meta charset=gbk>é".encode(), "text/html; charset=UTF-8", "<meta charset=gbk>é"),
        ("标题".encode("utf-16"), "text/html; charset=gbk", "标题"),
        (b"\xff", "", "\ufffd"),
    ],
)
def test_a_page_is_read_in_its_encoding(body: bytes, kind: str, text: str) -> None:
    """The header names the encoding, else the page; what is no encoding of texts is none."""
    assert decoded(body, kind) == text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-03-04T01:00Z", "2023-03-04"),
        ("2021/9/25", "2021-09-25"),
        ("2021", "2021"),
        ("2021-13-01", ""),
        ("0000", ""),
        ("20210925", ""),
        ("soon", ""),
    ],
)
def test_a_day_is_one_of_the_calendar(text: str, day: str) -> None:
    """A date is taken as far as it is told, and not at all where there is no such day."""
    assert day_in(text) == day


@given(
    st.binary()
    | st.lists(st.sampled_from(["<meta ", "content=", "<title>", "<", "'", '"', "{", "og:title", ">", "\x00"]))
    .map("".join)
    .map(str.encode),
    st.text(),
)
def test_any_page_can_be_read(body: bytes, kind: str) -> None:
    """Whatever a server sends, nothing is raised, and what comes out may stand in a source."""
    said = page(body, kind)
    assert all(text.isprintable() or " " in text for text in (said.title, said.author))


@pytest.mark.parametrize(
    "unit", ["<div>", "<!--", "<a ", "<a b='", '<a b="x" ', "<b><i><p>", "<title>", "&", "<script>"]
)
def test_a_hostile_page_takes_no_time(unit: str) -> None:
    """A megabyte of what makes other parsers take minutes is read within seconds."""
    started = time.process_time()
    page((unit * 1_000_000)[:1_000_000].encode(), "text/html")
    assert time.process_time() - started < 3


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication in English."""
    return written(tmp_path, {"issues/2023-03-04/index.md": "# One\n"})


def test_a_link_is_completed_by_its_page(root: Path) -> None:
    """--fetch writes what the page says, but never over what was given; the address stays as it was given."""
    with serving() as server:
        server.on("/a", html(ARTICLE))
        url = server.on("/r", redirect(302, "/a"))
        ran = publish("add", f"{url}?utm_source=x", "-t", "Mine", "--fetch", *ALLOW, "-C", str(root))
        assert server.paths() == ["GET /r", "GET /a"]
        publish("add", f"{server.url}/a", "--fetch", *ALLOW, "-C", str(root))
    assert (ran.code, ran.err) == (0, "")
    text = (root / "inbox.yaml").read_text(encoding="utf-8")
    assert f"title: Mine\n  url: {url}\n  author: A. Writer\n  published: 2023-03-04\n  lang: de-AT\n" in text
    assert f"title: Titel & mehr\n  url: {server.url}/a\n" in text


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (status(404), "the page answers 404"),
        (status(200, "Content-Type: application/pdf"), "it is no page but application/pdf"),
        (html("nothing"), "the page names no title"),
        (redirect(302, "http://10.0.0.1/"), "the page "),
    ],
)
def test_a_page_that_says_nothing_is_no_reason_to_lose_a_find(reply, told: str, root: Path) -> None:
    """Where nothing can be fetched, the link is put in as it was given, and it is told why."""
    with serving() as server:
        url = server.on("/a", reply)
        ran = publish("add", url, "--fetch", *ALLOW, "-C", str(root))
    assert ran.code == 0
    assert told in ran.err
    assert f"url: {url}\n" in (root / "inbox.yaml").read_text(encoding="utf-8")


def test_private_networks_are_not_asked(root: Path) -> None:
    """Without --allow-network nothing on this machine is asked; the link is put in."""
    with serving() as server:
        ran = publish("add", server.on("/a", html(ARTICLE)), "--fetch", "-C", str(root))
        assert server.opened == 0
    assert ran.code == 0
    assert "[not-fetched]" in ran.err
