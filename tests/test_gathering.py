"""Feeds of others, read from a real server into the inbox: each entry once, none that an issue has had."""

from __future__ import annotations

import datetime
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publications import Ran, publish, written
from web_server import Server, redirect, serving, status

from pipeline.read.inbox import read_inbox
from pipeline.read.source import Report
from pipeline.syndicated import Item, items

ONE = "https://a.example/1"
TODAY = datetime.date.today().isoformat()
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>F</title>
<item><title>One &amp;amp; &lt;b&gt;only&lt;/b&gt;</title><link>https://a.example/1?utm_source=rss</link>
<pubDate>Sat, 04 Mar 2023 10:00:00 GMT</pubDate><dc:creator>A. Writer</dc:creator></item>
<item><title>Vec&lt;T&gt;</title><guid>https://a.example/2</guid></item>
<item><title>No link</title><guid isPermaLink="false">x</guid></item>
<item><link>/relative</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><link href="https://f.example"/>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">One <em>x</em></div></title>
<link rel="replies" href="https://a.example/r"/><link href="https://a.example/1"/><updated>2023-03-05T00:00:00Z</updated>
<published>2023-03-04T00:00:00Z</published><author><name>A</name><uri>https://u.example</uri></author></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>F</title><link>https://f.example</link></channel>
<item rdf:about="x"><title>One</title><link>https://a.example/1</link></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "https://a.example/1",
                "title": "One",
                "authors": [{"name": "A"}],
                "date_published": "2023-03",
            },
            {"id": "2", "external_url": "https://a.example/2"},
            {"id": 3, "url": 3},
            7,
        ],
    }
)
LAUGHS = f"""<!DOCTYPE rss [<!ENTITY a "ha">
<!ENTITY b "{"&a;" * 50}"><!ENTITY c "{"&b;" * 50}"><!ENTITY d "{"&c;" * 50}">
<!ENTITY e "{"&d;" * 50}"><!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel>
<item><title>&e;&f;x</title><link>https://a.example/1</link></item></channel></rss>"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            RSS,
            [
                Item(
                    url="https://a.example/1?utm_source=rss",
                    title="One & only",
                    author="A. Writer",
                    published="2023-03-04",
                ),
                Item(url="https://a.example/2", title="Vec<T>"),
                Item(url="https://f.example/relative"),
            ],
        ),
        (ATOM, [Item(url="https://a.example/1", title="One x", author="A", published="2023-03-04")]),
        (RDF, [Item(url="https://a.example/1", title="One")]),
        (
            JSON,
            [
                Item(url="https://a.example/1", title="One", author="A", published="2023-03"),
                Item(url="https://a.example/2"),
            ],
        ),
        ("<rss><channel></channel></rss>", []),
        ("<html><body>no feed</body></html>", None),
        ("{}", None),
        ("", None),
    ],
    ids=["rss", "atom", "rdf", "json", "empty", "page", "other json", "nothing"],
)
def test_a_feed_of_any_kind_gives_its_items(text: str, found: list[Item] | None) -> None:
    """RSS, Atom and JSON Feed give address, title, author and day; an item without an address is left out."""
    read = items(text.encode(), "", "https://f.example/feed.xml")
    assert (None if read is None else list(read)) == found


def test_entities_are_not_expanded() -> None:
    """A feed that grows without bound when it is read, or names a file of this machine, does neither."""
    started = time.process_time()
    read = items(LAUGHS.encode(), "", "https://f.example")
    assert time.process_time() - started < 1
    assert read is None or all("root:" not in item.title and "haha" not in item.title for item in read)


@given(
    st.binary()
    | st.sampled_from([RSS, ATOM, JSON]).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.text(max_size=9)).map(
            lambda cut: (text[: cut[0]] + cut[1] + text[cut[0] + 3 :]).encode("utf-8", "ignore")
        )
    )
)
def test_any_bytes_can_be_read(body: bytes) -> None:
    """Whatever a server sends, nothing is raised, and addresses are those of the web."""
    for item in items(body, "", "https://f.example") or ():
        assert item.url.startswith(("http://", "https://"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication with an issue that has had the second item under another title."""
    return written(tmp_path, {"issues/2023-03-04/index.md": "# One\n\n### [Quite another](http://www.a.example/2/)\n"})


def gathered(root: Path, server: Server, *feeds: str) -> Ran:
    """`publish gather` with these feeds in the settings."""
    lines = "".join(f"  - {feed}\n" for feed in feeds)
    settings_text = f"title: Weekly\nurl: https://weekly.example\ngather:\n{lines}"
    (root / "newsletter.yaml").write_text(settings_text, encoding="utf-8")
    return publish("gather", "--allow-network", "127.0.0.0/8", "-C", str(root))


def urls(root: Path) -> list[str]:
    """The addresses that wait in the inbox."""
    inbox = read_inbox("inbox.yaml", (root / "inbox.yaml").read_bytes(), Report())
    assert inbox is not None
    return [str(one.entry.url) for one in inbox.waiting]


def test_feeds_come_into_the_inbox(root: Path) -> None:
    """What is new stands in the inbox, in the feed's section, cleaned; not what an issue had or another feed."""
    with serving() as server:
        server.on("/rss", status(200, "Content-Type: application/rss+xml", body=RSS))
        atom = server.on("/atom", status(200, body=ATOM))
        ran = gathered(root, server, f"{{url: {server.url}/rss, section: News}}", atom)
        again = gathered(root, server, f"{{url: {server.url}/rss, section: News}}", atom)
    assert (ran.code, ran.err) == (0, "")
    assert "2 new entries in the inbox" in ran.out
    assert "0 new entries in the inbox" in again.out
    text = (root / "inbox.yaml").read_text(encoding="utf-8")
    first = "- title: One & only\n  url: https://a.example/1\n  section: News\n  author: A. Writer\n"
    assert f"{first}  published: 2023-03-04\n  added: {TODAY}\n" in text
    assert urls(root) == ["https://a.example/1", f"{server.url}/relative"]


def test_a_server_is_asked_by_what_it_said(root: Path) -> None:
    """The next round sends back ETag and Last-Modified; 304 is nothing new."""
    with serving() as server:
        feed = server.on(
            "/f", status(200, 'ETag: "x"', "Last-Modified: Sat, 04 Mar 2023 10:00:00 GMT", body=ATOM), status(304)
        )
        gathered(root, server, feed)
        ran = gathered(root, server, feed)
        headers = server.asked[1].headers
    assert headers["if-none-match"] == '"x"'
    assert headers["if-modified-since"] == "sat, 04 mar 2023 10:00:00 gmt"
    assert "1 feed has nothing new" in ran.out


def test_what_was_thrown_away_does_not_come_again(root: Path) -> None:
    """An entry that somebody took out of the inbox stays out while the feed still has it; a new one comes."""
    with serving() as server:
        more = ATOM.replace(
            "<entry>", '<entry><title>New</title><link href="https://a.example/new"/></entry><entry>', 1
        )
        feed = server.on("/f", status(200, body=ATOM), status(200, body=more))
        gathered(root, server, feed)
        (root / "inbox.yaml").write_text("# all read\n", encoding="utf-8")
        gathered(root, server, feed)
    assert urls(root) == ["https://a.example/new"]


def test_what_is_remembered_may_be_lost(root: Path) -> None:
    """Without the memory, or with a damaged one, what waits is not put in again."""
    with serving() as server:
        feed = server.on("/f", status(200, body=ATOM))
        gathered(root, server, feed)
        for damage in (b"{", b'{"a": 1}', b"[]"):
            (root / ".publish/cache/gather.json").write_bytes(damage)
            assert gathered(root, server, feed).code == 0
    assert urls(root) == ["https://a.example/1"]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (status(500), "answers 500"),
        (status(200, body="<html></html>"), "is no feed"),
        (redirect(302, "/f"), "redirects more than"),
        (redirect(302, "http://169.254.169.254/"), "not-fetched"),
    ],
)
def test_a_feed_that_fails_leaves_the_others(reply, told: str, root: Path) -> None:
    """A feed that cannot be read is told, the others are; where none could be read, the exit code is 1."""
    with serving() as server:
        bad, good = server.on("/f", reply), server.on("/good", status(200, body=ATOM))
        both = gathered(root, server, bad, good)
        alone = gathered(root, server, bad)
    assert (both.code, alone.code) == (0, 1)
    assert told in both.err
    assert urls(root) == ["https://a.example/1"]


def test_private_networks_are_not_asked(root: Path) -> None:
    """Without --allow-network nothing on this machine is asked."""
    with serving() as server:
        gathered(root, server, server.on("/f", status(500)))
        opened = server.opened
        assert publish("gather", "-C", str(root)).code == 1
        assert server.opened == opened


@pytest.mark.parametrize(
    "line", ["gather: [ftp://x.example]", "gather: [{section: A}]", "gather: [[a]]", "gather: {a: b}"]
)
def test_a_feed_that_is_none_is_an_error_of_the_settings(line: str, root: Path) -> None:
    """What is no address of a feed is told with its line; without feeds there is nothing to do."""
    (root / "newsletter.yaml").write_text(f"title: T\nurl: https://t.example\ngather: {line}\n", encoding="utf-8")
    ran = publish("gather", "-C", str(root))
    assert ran.code == 1
    assert ran.err.startswith("newsletter.yaml:3:")
    (root / "newsletter.yaml").write_text("title: T\nurl: https://t.example\n", encoding="utf-8")
    assert "no feeds to gather from" in publish("gather", "-C", str(root)).err
