"""Pages of old issues in HTML, as mailing services and people make them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from pipeline.importers import recognised
from pipeline.importers.hypertext import note_of_html
from pipeline.importers.page import PAGE
from pipeline.importers.source import Imported, SourceFile
from tests.damage import damaged, read_by

MAIL = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Weekly</title><style>a { color: red }</style>
<meta property="article:published_time" content="2023-03-04T10:00:00Z"></head>
<body><nav><a href="https://weekly.example/">home</a></nav>
<div style="display:none">Preheader that nobody reads</div>
<table><tr><td><p><a href="https://mail.example/view">View this email in your browser</a></p></td></tr>
<tr><td><h1>Weekly &#8470; 12</h1><p>Hello <b>all</b>, from <a href="https://i.example">us</a>.</p>
<h2>News</h2>
<ul><li><a href="https://a.example/1">One</a> &mdash; a note with <code>x_y</code></li>
<li><strong><a href="https://a.example/2?a=1&amp;b=2">Two [x]</a></strong><br>words
<ul><li>nested <em>deep </em>one</li></ul></li></ul>
<h2>Tools</h2>
<h3><a href="/3">Three</a></h3><p>About *three*.</p>
<blockquote>quoted</blockquote><pre>code
  here</pre>
<h3><a href="https://a.example/4"><img src="https://i.example/p.png" alt="Picture"></a></h3>
<img src="https://t.example/o.gif" width="1" height="1" alt="pixel">
</td></tr><tr><td>You can <a href="https://mail.example/u">unsubscribe</a> here</td></tr></table></body></html>
"""


def read(text: str | bytes, name: str = "old.html") -> Imported:
    """What the importer makes of a file that it recognises."""
    file = SourceFile(path=name, data=text.encode() if isinstance(text, str) else text)
    assert recognised(file) is PAGE
    return PAGE.read(file)


def test_a_mail_is_read() -> None:
    """Headings are sections, links entries, the text by them notes; day and title are the page's own."""
    [issue] = read(MAIL.replace("<head>", '<head><base href="https://weekly.example/12/">')).issues
    assert (issue.title, str(issue.date)) == ("Weekly № 12", "2023-03-04")
    assert [(s.title, [(e.title, e.url, e.note) for e in s.entries]) for s in issue.sections] == [
        (
            "News",
            [
                ("One", "https://a.example/1", "a note with `x_y`"),
                ("Two [x]", "https://a.example/2?a=1&b=2", "words\n\n- nested *deep* one"),
            ],
        ),
        (
            "Tools",
            [
                ("Three", "https://weekly.example/3", "About \\*three\\*.\n\n> quoted\n\n```\ncode\n  here\n```"),
                ("Picture", "https://a.example/4", ""),
            ],
        ),
    ]
    assert issue.intro == "Hello **all**, from [us](https://i.example)."


def test_lines_are_those_of_the_page() -> None:
    """Entries and findings say in which line of the HTML they stand; what was left out is told."""
    found = read(MAIL)
    assert [entry.location.line for entry in found.issues[0].entries] == [9, 10, 13, 16]
    assert [(finding.rule, finding.location.line) for finding in found.findings] == [
        ("left-out", 6),
        ("missing-file", 13),
        ("prose", 7),
    ]


def test_the_content_of_a_page_is_its_article() -> None:
    """Of a page with menus around an article the article is read, and what is left out is told."""
    found = read(
        '<html><body><a href="https://m.example">menu</a><article><h1>T</h1>'
        '<ul><li><a href="https://a.example">A</a></li></ul></article></body></html>'
    )
    assert [entry.title for entry in found.issues[0].entries] == ["A"]
    assert "1 links around the content" in found.findings[0].message


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ('<html><meta charset="gbk"><h3><a href="https://a.example">中文</a></h3>'.encode("gbk"), "中文"),
        ('<html><h3><a href="https://a.example">café</a></h3>'.encode("cp1252"), "café"),
        (
            '<html><h3><a href="https://a.example">a&nbsp;&lt;b&gt; &#x4e2d;&shy;x</a></h3>'.encode("utf-16"),
            "a <b> 中 x",
        ),
        (
            '<?xml version="1.0" encoding="iso-8859-2"?><html><h3><a href="https://a.example">żółw</a></h3>'.encode(
                "iso-8859-2"
            ),
            "żółw",
        ),
    ],
)
def test_encodings_and_entities_are_read(data: bytes, title: str) -> None:
    """A declared charset, a byte order mark and entities give the characters that readers saw."""
    assert [entry.title for entry in read(data).issues[0].entries] == [title]


@pytest.mark.parametrize(
    ("html", "note"),
    [
        ("plain *text* <3", "plain \\*text\\* \\<3"),
        ("<p>1. a</p><p>- b</p>", "1\\. a\n\n\\- b"),
        ("<h2>Head</h2>text", "**Head**\n\ntext"),
        ("<ol><li>a</li><li>b<p>c</p></li></ol>", "1. a\n1. b\n\n   c"),
        ("<b>a <b>b</b> </b>c<b> </b>", "**a b** c"),
        ("<a href='https://a.example/x y'><div>a</div><b>b</b></a>", "[a **b**](https://a.example/x%20y)"),
        ("<a href='https://a.example'><img src=x></a>", "[https\\://a.example](https://a.example)"),
        ("<img src='https://i.example/p.png' alt='A [cat]'>", "![A \\[cat\\]](https://i.example/p.png)"),
        ("<h2><a href='#s'>#</a> <a href='#s'>Head</a></h2>", "**Head**"),
        ("see https://a.example/_x_", "see <https://a.example/_x_>"),
        ("<p>see https://a.example/</p>", "see <https://a.example/>"),
        ("<code>a`b</code><code>x*</code>", "a\\`b`x*`"),
        ("<pre>```</pre>", "````\n```\n````"),
        ("<script>alert(1)</script><p onclick=x>ok<!-- no --></p>", "ok"),
    ],
)
def test_html_becomes_markdown(html: str, note: str) -> None:
    """What a fragment shows, its Markdown shows, too, and no more."""
    assert note_of_html(html) == note


@pytest.mark.parametrize(
    "piece", ["<div>", "<b>", "<ul><li>", "<a href='https://a.example'>x", "&amp;", "<p>- ", "<p>["]
)
def test_hostile_pages_take_no_time(piece: str) -> None:
    """200 KB of any one thing take seconds at the most, and end in an issue or in an error with its line."""
    begin = time.process_time()
    found = read("<html><body>" + piece * (200_000 // len(piece)))
    assert time.process_time() - begin < 5
    assert found.issues or found.findings[0].location.line


@given(damaged(MAIL.encode()))
@settings(max_examples=300, deadline=None)
def test_no_accident_raises(data: bytes) -> None:
    """Whatever befell a page, it gives sound entries that read back, or says why not."""
    read_by(PAGE, "old.html", data)
