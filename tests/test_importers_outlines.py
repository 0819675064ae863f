"""OPML: lists of feeds, outlines with links, and what hides in XML."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from pipeline.importers import recognised
from pipeline.importers.outlines import OPML
from pipeline.importers.source import Imported, SourceFile
from tests.damage import damaged, read_by

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>My feeds</title><dateCreated>Sat, 04 Mar 2023 10:00:00 GMT</dateCreated></head>
<body>
<outline text="Tech">
  <outline text="Blogs">
    <outline type="rss" text="A &amp; B" xmlUrl="https://a.example/feed"
      htmlUrl="https://a.example/" description="On &lt;b&gt;A&lt;/b&gt;" category="/x/y,z"/>
  </outline>
  <outline type="rss" text="Only a feed" xmlUrl="https://b.example/feed"/>
</outline>
<outline type="link" text="A link" url="https://c.example/">
  <outline text="said of it"/>
  <outline text="and *more*"/>
</outline>
<outline text="A thought"/>
</body></opml>
"""


def read(text: str | bytes) -> Imported:
    """What the importer makes of a file that it recognises."""
    file = SourceFile(path="list.opml", data=text.encode() if isinstance(text, str) else text)
    assert recognised(file) is OPML
    return OPML.read(file)


def test_a_list_of_feeds_is_an_issue() -> None:
    """Outlines with an address are entries, those over them sections, those under them notes; a feed is a link."""
    [issue] = read(LIST).issues
    assert (issue.title, str(issue.date)) == ("My feeds", "2023-03-04")
    assert [(section.title, [entry.title for entry in section.entries]) for section in issue.sections] == [
        ("", ["A link", "A thought"]),
        ("Tech / Blogs", ["A & B"]),
        ("Tech", ["Only a feed"]),
    ]
    link, thought = issue.sections[0].entries
    assert (link.note, thought.url) == ("- said of it\n- and \\*more\\*", None)
    [blog] = issue.sections[1].entries
    assert [(one.title, one.url) for one in blog.links] == [("feed", "https://a.example/feed")]
    assert (blog.note, blog.tags, blog.location.line) == ("On **A**", ("x/y", "z"), 7)
    assert issue.sections[2].entries[0].url == "https://b.example/feed"


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "gbk"])
def test_a_declared_encoding_is_read(codec: str) -> None:
    """The XML declaration or a byte order mark tells how the file is to be read."""
    text = f'<?xml version="1.0" encoding="{codec}"?><opml><body><outline text="中文" url="https://a.example/"/></body></opml>'
    assert read(text.encode(codec)).issues[0].entries[0].title == "中文"


def test_no_entity_is_expanded_and_no_file_read() -> None:
    """Entities that a document defines are worth nothing: neither a bomb nor a file of the machine comes of them."""
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE opml [<!ENTITY l0 "lol">{lols}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    begin = time.process_time()
    found = read(
        f'{bomb}<opml><head><title>&f;&l11;</title></head><body><outline text="&l11;" url="https://a.example/"/>'
        '<outline text="T" url="https://b.example/"/></body></opml>'
    )
    assert time.process_time() - begin < 1
    assert len(str(found)) < 10_000
    assert "root:" not in str(found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<opml><body>" + "<outline text='a'>" * 1000, "error: cannot be read as an outline: Excessive depth"),
        ("<opml><body><outline text='a' url='https://a.example'></body>", "warning: not well-formed"),
        ("<opml/>", "warning: no outline in it"),
        ("", "error: cannot be read as an outline"),
    ],
)
def test_what_is_no_outline_is_told(text: str, told: str) -> None:
    """What is broken is told with its place; as much as can be told is taken."""
    found = read(text)
    assert told in str(found.findings[0])
    assert ("not well-formed" in told) == bool(found.issues)


@given(damaged(LIST.encode()))
@settings(max_examples=300, deadline=None)
def test_no_accident_raises(data: bytes) -> None:
    """Whatever befell a file, it gives sound entries that read back, or says why not."""
    read_by(OPML, "list.opml", data)
