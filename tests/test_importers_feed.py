"""Feeds: RSS, Atom and JSON, of links or of whole issues."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.importers import recognised
from pipeline.importers.feed import FEED
from pipeline.importers.source import Imported, SourceFile
from tests.damage import damaged, read_by
from tests.publications import publish, written

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Links</title>
<item><title>A &amp;amp; B &lt;i&gt;c&lt;/i&gt;</title><link>https://a.example/1</link><dc:creator>Ann</dc:creator>
  <pubDate>Sat, 04 Mar 2023 10:00:00 +0000</pubDate><category>x</category><category>y</category>
  <description>short</description>
  <content:encoded><![CDATA[<p>A <b>note</b>, see <a href="/2">that</a>&nbsp;&eacute;.</p>]]></content:encoded></item>
<item><link>https://a.example/3</link><pubDate>Mon, 06 Mar 2023 10:00:00 +0000</pubDate>
  <description>Words without a title</description><author>b@b.example (Bob)</author></item>
</channel></rss>
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Links</title>
<entry><title type="html">T</title><link rel="self" href="https://w.example/1"/><link href="https://a.example/1"/>
<published>2023-03-04T10:00:00Z</published><author><name>Ann</name></author><category term="x"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>A <em>note</em> &lt; 3</p></div></content></entry>
</feed>
"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "items": [
        {
            "id": "1",
            "url": "https://w.example/1",
            "external_url": "https://a.example/1",
            "title": "T",
            "content_html": "<p>A <em>note</em> &lt; 3</p>",
            "date_published": "2023-03-04T10:00:00Z",
            "authors": [{"name": "Ann"}],
            "tags": ["x"],
        }
    ],
}


def read(text: str, name: str = "feed.xml") -> Imported:
    """What the importer makes of a file that it recognises."""
    file = SourceFile(path=name, data=text.encode())
    assert recognised(file) is FEED
    return FEED.read(file)


def test_rss_is_read() -> None:
    """An item is an entry with its fullest text as note, in the issue of its week; without a title its words are it."""
    first, second = read(RSS).issues
    assert [str(issue.date) for issue in (first, second)] == ["2023-03-05", "2023-03-12"]
    [entry] = first.entries
    assert (entry.title, entry.url, entry.author, entry.tags) == ("A & B c", "https://a.example/1", "Ann", ("x", "y"))
    assert entry.note == "A **note**, see [that](https://a.example/2) é."
    assert entry.location.line == 4
    [other] = second.entries
    assert (other.title, other.author) == ("Words without a title", "Bob")


@pytest.mark.parametrize("text", [ATOM, json.dumps(JSON), json.dumps(JSON).replace("/", "\\/")])
def test_atom_and_json_are_read(text: str) -> None:
    """The same item in Atom and as JSON is the same entry; a linkblog's item leads to what it links to."""
    [issue] = read(text, "feed").issues
    [entry] = issue.entries
    assert str(issue.date) == "2023-03-05"
    assert (entry.title, entry.url, entry.author, entry.tags) == ("T", "https://a.example/1", "Ann", ("x",))
    assert entry.note == "A *note* \\< 3"


def test_a_feed_of_issues_gives_issues() -> None:
    """Where most items hold links to several sites, each is an issue of its day, its content read as a page."""
    items = "".join(
        f"<item><title>Issue {n}</title><link>https://w.example/{n}</link><pubDate>0{n} Mar 2023 10:00 GMT</pubDate>"
        "<description>&lt;h2&gt;News&lt;/h2&gt;&lt;ul&gt;"
        + "".join(f"&lt;li&gt;&lt;a href='https://s{k}.example/{n}'&gt;T{k}&lt;/a&gt; - note" for k in range(3))
        + "&lt;/ul&gt;</description></item>"
        for n in (4, 3)
    )
    issues = read(f"<rss><channel>{items}</channel></rss>").issues
    assert [(issue.title, str(issue.date)) for issue in issues] == [
        ("Issue 3", "2023-03-03"),
        ("Issue 4", "2023-03-04"),
    ]
    assert [(section.title, len(section.entries)) for section in issues[0].sections] == [("News", 3)]


def test_our_own_feeds_come_back(tmp_path: Path) -> None:
    """What is imported of the feeds that a build makes are the issues and entries that it was made of."""
    lines = "".join(f"### [T{n}](https://s{n}.example/)\n\nnote {n}\n\n" for n in range(4))
    root = written(tmp_path / "a", {"issues/2023-03-04/index.md": f"# Issue 7\n\n## News\n\n{lines}"})
    assert publish("-C", str(root), "build").code == 0
    for name in ("feed.xml", "atom.xml", "feed.json"):
        other = written(tmp_path / name, {})
        ran = publish("-C", str(other), "import", str(root / "out" / name))
        assert ran.code == 0, ran.err
        text = (other / "issues/2023-03-04/index.md").read_text(encoding="utf-8")
        assert text.count("### [T") == 4, text
        assert "## News" in text
        assert "note 3" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<rss><channel>" + "<item>" * 1000, "error: cannot be read as a feed: Excessive depth"),
        ("<rss><channel><item><title>T</title><link>https://a.example/</link>", "warning: not well-formed"),
        ("<rss/>", "warning: no item in it"),
        ('{"version": "https://jsonfeed.org/version/1", "items": 3}', "warning: no item in it"),
        ('{"version": "https://jsonfeed.org/version/1", }', "feed.xml:1:"),
    ],
)
def test_what_is_no_feed_is_told(text: str, told: str) -> None:
    """What is broken is told with its place; as much as can be told is taken."""
    found = read(text)
    assert told in str(found.findings[0])
    assert ("not well-formed" in told) == bool(found.issues)


@given(damaged(RSS.encode()))
@settings(max_examples=200, deadline=None)
def test_no_accident_raises(data: bytes) -> None:
    """Whatever befell a feed in XML, it gives sound entries that read back, or says why not."""
    read_by(FEED, "feed.xml", data)


@given(damaged(json.dumps(JSON).encode()))
@settings(max_examples=200, deadline=None)
def test_no_accident_raises_in_json(data: bytes) -> None:
    """Whatever befell a feed in JSON, it gives sound entries that read back, or says why not."""
    read_by(FEED, "feed.json", data)
