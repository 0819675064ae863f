"""Feeds of others, read from a real server into the inbox: each entry once, none that an issue has had."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from publications import Ran, publish, written
from web_server import Server, redirect, serving, status

from pipeline.read.inbox import read_inbox
from pipeline.read.source import Report
from tests.test_syndicated import ATOM, RSS

TODAY = datetime.date.today().isoformat()


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
    """Without --allow-network nothing on this machine is asked, and the option that would let it be is named."""
    with serving() as server:
        url = server.on("/f", status(500))
        gathered(root, server, url)
        opened = server.opened
        ran = publish("gather", "-C", str(root))
        assert server.opened == opened
    why = "leads into a private network, which --allow-network 127.0.0.1 would let in: nothing is taken from it"
    assert (ran.code, f"{url} {why} [not-fetched]" in ran.err) == (1, True)


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
