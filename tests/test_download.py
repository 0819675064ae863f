"""Sources on the web: taken over by their address, within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.publications import publish, written
from tests.web_server import raw, serving, status

RSS = (
    '<?xml version="1.0"?><rss><channel><item><title>T</title><link>/1</link><pubDate>4 Mar 2023</pubDate>'
    "<description>&lt;p&gt;A note&lt;/p&gt;</description></item></channel></rss>"
)
PAGE = '<html><head><title>4 March 2023</title></head><ul><li><a href="/x">中文</a></ul></html>'


def test_a_feed_is_taken_over_by_its_address(tmp_path: Path) -> None:
    """What lies at an address is recognised like a file, and a second time nothing is new."""
    root = written(tmp_path, {})
    with serving() as server:
        url = server.on(
            "/feed", status(200, "Content-Type: application/rss+xml", body=RSS.replace("/1", "https://a.example/1"))
        )
        words = ("-C", str(root), "import", "--allow-network", "127.0.0.0/8", url)
        ran, again = publish(*words), publish(*words)
    assert (ran.code, ran.err) == (0, "")
    assert f"issues/2023-03-05/index.md made: 1 entry of {url} (feed)" in ran.out
    assert "0 files made" in again.out


def test_links_of_a_page_are_from_its_address_on(tmp_path: Path) -> None:
    """Relative links lead to the site that the page is of, and the charset of the answer is the page's."""
    root = written(tmp_path, {})
    with serving() as server:
        reply = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n\r\n" + PAGE.encode("gbk")
        url = server.on("/old/page?x=1", raw(reply))
        ran = publish("-C", str(root), "import", "--allow-network", "127.0.0.0/8", url)
    assert ran.code == 0, ran.err
    text = (root / "issues/2023-03-04/index.md").read_text(encoding="utf-8")
    assert f"### [中文]({server.url}/x)" in text


@pytest.mark.parametrize("code", [404, 500])
def test_what_does_not_come_is_told(tmp_path: Path, code: int) -> None:
    """An address that answers otherwise is an error; what else was named is taken over all the same."""
    root = written(tmp_path, {"old/2023-03-04.md": "- [One](https://a.example/1)\n"})
    with serving() as server:
        url = server.on("/feed", status(code, body=RSS))
        ran = publish("-C", str(root), "import", "--allow-network", "127.0.0.0/8", url, str(root / "old"))
    assert ran.code == 1
    assert f"{url}: error: answers {code}: nothing is taken from it [not-fetched]" in ran.err
    assert (root / "issues/2023-03-04/index.md").exists()


def test_a_private_network_is_not_asked(tmp_path: Path) -> None:
    """Without leave no machine of a private network is asked."""
    root = written(tmp_path, {})
    with serving() as server:
        url = server.on("/feed", status(200, body=RSS))
        ran = publish("-C", str(root), "import", url)
        assert (ran.code, server.opened) == (1, 0)
    assert "[not-fetched]" in ran.err
