"""Markdown newsletters as people write them: a row a convention, a row a defect, and a law for whatever they write."""

from __future__ import annotations

import datetime
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.importers import recognised
from pipeline.importers.source import Imported, SourceFile
from pipeline.model import Entry, Issue, Publication, Url
from pipeline.read.issue import Folder, read_issue
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels
from pipeline.render.renderers import SOURCE
from pipeline.render.templates import Templates

CONTEXT = RenderContext(
    publication=Publication(title="T", url=Url("https://t.example"), id="t.example"),
    archive=(),
    issues=(),
    templates=Templates([DEFAULTS]),
    labels=Labels(language="en", words={}),
    root=Path(),
)
DAY = datetime.date(2023, 3, 4)


def imported(text: str | bytes, name: str = "old.md") -> Imported:
    """What the importer that knows a file makes of it."""
    source = SourceFile(path=name, data=text.encode() if isinstance(text, str) else text)
    importer = recognised(source)
    assert importer is not None
    return importer.read(source)


def issue_of(text: str | bytes, name: str = "old.md") -> Issue:
    """The one issue of a file."""
    [issue] = imported(text, name).issues
    return issue


def shown(entry: Entry) -> str:
    """An entry on one line: title, address, what else it has."""
    parts = [f"{entry.title} <{entry.url or ''}>"]
    parts += [f"+{link.title} <{link.url}>" for link in entry.links]
    parts += [
        f"{name}={getattr(entry, name)}" for name in ("author", "lang", "tags", "sponsored") if getattr(entry, name)
    ]
    parts += [f"note={entry.note}"] if entry.note else []
    parts += [f"({shown(child)})" for child in entry.entries]
    return " ".join(parts).replace("\n\n", " ¶ ").replace("\n", " ⏎ ")


_CASE = re.compile(r"^=== (.+)\n((?:.*\n)*?)---\n((?:.+\n)*)", re.MULTILINE)
CONVENTIONS = {
    case[1]: (case[2], case[3].splitlines())
    for case in _CASE.finditer(
        Path(__file__, "../cases/markdown_conventions.txt").resolve().read_text(encoding="utf-8")
    )
}
"""What people write, and the entries that it is, one a line; ¶ stands for a blank line, ⏎ for the end of one."""


@pytest.mark.parametrize(("text", "entries"), CONVENTIONS.values(), ids=CONVENTIONS)
def test_a_convention_is_understood(text: str, entries: list[str]) -> None:
    """Each convention gives its entries: titles, addresses, notes, and what else was said."""
    assert len(CONVENTIONS) > 25
    assert [shown(entry) for entry in issue_of(text).entries] == entries


A, B, C = (f"- [{name}](https://{name}.example)\n\n" for name in "abc")
SECTIONS = {
    "headings of the second level": (f"# T\n\n## A\n\n{A}## B\n\n{B}", "T", ["A", "B"]),
    "headings of the first level": (f"Title: T\n\n# A\n\n{A}# B\n\n{B}", "T", ["A", "B"]),
    "headings of the third level": (f"### A\n\n{A}### B\n\n{B}", "", ["A", "B"]),
    "a heading above headings": (f"# N\n## A\n\n{A}## B\n\n{B}# C\n\n{C}", "N", ["A", "B", "C"]),
    "empty headings": (f"Title: T\n\n# N\n## A\n\n{A}## B\n\n{B}# C\n\n{C}", "T", ["N: A", "N: B", "C"]),
    "bold lines": (f"**A**\n\n{A}**B**\n\n{B}", "", ["A", "B"]),
    "lines led by a sign": (f"🔥 A\n\n{A}📚 B\n\n{B}", "", ["🔥 A", "📚 B"]),
    "plain lines": (f"A\n{A}B\n{B}", "", ["A", "B"]),
    "a link among headings": (f"## [A](https://x.example)\n\n{A}## B\n\n{B}## C\n\n{C}", "", ["A", "B", "C"]),
}


@pytest.mark.parametrize(("text", "title", "sections"), SECTIONS.values(), ids=SECTIONS)
def test_sections_are_found(text: str, title: str, sections: list[str]) -> None:
    """What stands above a run of entries is its section, by headings, bold lines, signs or plain lines."""
    issue = issue_of(text)
    assert (issue.title, [section.title for section in issue.sections]) == (title, sections)
    assert all(len(section.entries) == 1 for section in issue.sections)


DEFECTS = {
    "no scheme": ("- [A](www.a.example/x)\n", ["A <https://www.a.example/x>"]),
    "no address": ("- [A]()\n- [B](https://b.example)\n", ["A <>", "B <https://b.example>"]),
    "a page of their own site": (
        "- [A](https://a.example): see [about](/about.html)\n",
        ["A <https://a.example> note=see about (`/about.html`)"],
    ),
    "brackets in a title": ("- [A [1] (b)](https://a.example)\n", ["A [1] (b) <https://a.example>"]),
    "full-width parentheses": (
        "- [A](https://a.example)（注）\n- [B]（https://b.example）\n",
        ["A <https://a.example> note=（注）", "B <https://b.example>"],
    ),
    "a space before the address": ("- [A] (https://a.example)\n", ["A <https://a.example>"]),
    "an address over two lines": ("- [A](https://a.example/one-\n  two)\n", ["A <https://a.example/one-two>"]),
    "carriage returns": (
        "- [A](https://a.example)\r\n  note\r\n- [B](https://b.example)\r\n",
        ["A <https://a.example> note=note", "B <https://b.example>"],
    ),
    "a byte order mark": ("\ufeff- [A](https://a.example)\n", ["A <https://a.example>"]),
    "zero-width characters": ("- [\u200bA](https://a.example\u200b)\n", ["A <https://a.example>"]),
    "control characters": ("- [A\x08](https://a.example)\n", ["A <https://a.example>"]),
    "links in comments": (
        "<!-- [X](https://x.example) -->\n- [A](https://a.example) <!-- [Y](https://y.example) -->\n",
        ["A <https://a.example>"],
    ),
    "template tags": (
        "{% include x %}\n\n* toc\n{:toc}\n\n- [A](https://a.example)\n{: .big}\n",
        ["A <https://a.example>"],
    ),
    "a link that is never closed": (
        "- [A](https://a.example)\n  see [B](https://b.example\n",
        ["A <https://a.example> note=see \\[B\\](<https://b.example>"],
    ),
    "a heading in a note": ("- [A](https://a.example)\n\n  ## loud\n", ["A <https://a.example> note=**loud**"]),
}


@pytest.mark.parametrize(("text", "entries"), DEFECTS.values(), ids=DEFECTS)
def test_a_defect_is_mended(text: str, entries: list[str]) -> None:
    """What is written wrongly loses no word, and no link that leads somewhere."""
    assert [shown(entry) for entry in issue_of(text).entries] == entries


def written(issue: Issue) -> bytes:
    """The issue in our own form."""
    content = next(SOURCE(replace(CONTEXT, issues=(issue,)))).content
    assert isinstance(content, bytes)
    return content


INLINE = [
    *(
        "word",
        "词。",
        "**bold**",
        "**重点。**",
        "_u_",
        "`co](de`",
        "<b>raw</b>",
        "&amp;",
        "&#8203;",
        "\\[x\\]",
        "#tag",
        "C#",
    ),
    *("[t](https://a.example/x)", "[t](https://a.example/x_(y))", "![alt](a.png)", "![](a.png)", "[file](b.pdf)"),
    *(
        "<https://b.example>",
        "https://c.example/?a=1&b=2",
        "https://c.example/_x_",
        "www.d.example",
        "[www](www.d.example)",
    ),
    *(
        ":",
        ": ",
        " - ",
        ", ",
        "：",
        ".",
        "。",
        "!",
        "|",
        "~~s~~",
        "*",
        "_",
        "[",
        "]",
        "](",
        "] (",
        "（",
        "）",
        "<",
        ">",
    ),
    *("<!-- c -->", "<!-- id: x1 -->", "<!-- note -->", "<!--", "-->", "[r][ref]", "[ref]", "[x]()", "[x](/local)"),
    *(
        '<a href="https://h.example">h</a>',
        "<p>",
        '<a href="https://h.example"><img src="https://i.example/x.png"></a>',
        "[![](a.png)](https://h.example)",
        "</p>",
        "<a href=",
        "by Ann",
        "(ad)",
        "（英文）",
        "[video]",
        "1、",
        "🔥",
    ),
    *("[t]（https://f.example）", "2023-03-04 | Town |", "{% x %}", "{{ y }}", "\u200b", "\x08", "\\", "`", "```"),
]
LINES = [
    *(
        "",
        "",
        "# ",
        "## ",
        "### ",
        "#### ",
        "##### ",
        "* ",
        "  * ",
        "    * ",
        "- ",
        "1. ",
        "> ",
        "    ",
        "  ",
        "\t",
        "```",
    ),
    *(
        "---",
        "***",
        "===",
        "<!-- note -->",
        "{: .x}",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "1. a\n   https://o.example\n",
    ),
]
line = st.builds(
    lambda start, between, parts: start + between.join(parts),
    st.sampled_from(LINES),
    st.sampled_from(["", " "]),
    st.lists(st.sampled_from(INLINE), max_size=5),
)
sources = st.lists(line, max_size=14).map(lambda lines: "\n".join(lines) + "\n\n[ref]: https://r.example/x 'T'\n")


@settings(max_examples=1000, deadline=None)
@given(sources)
def test_whatever_is_imported_reads_back_as_it_was_understood(text: str) -> None:
    """Of every text the issue that is made of it is written, read by the house without an error, and is the same."""
    source = SourceFile(path="2023-03-04.md", data=text.encode(), beside=frozenset(["a.png", "b.pdf"]))
    importer = recognised(source)
    assert importer is not None
    for issue in importer.read(source).issues:
        files = {"index.md": written(issue)}
        folder = Folder(path="i", name=str(DAY), date=DAY, sources=files, others=source.beside)
        again = read_issue(folder)
        assert again.issue is not None, again.findings
        assert (again.issue.title, again.issue.intro) == (issue.title, issue.intro)
        assert again.issue.sections == issue.sections
        assert again.issue.extra == issue.extra


@pytest.mark.parametrize(
    "piece",
    [
        *("[a](https://b.example) ", "- [a](/x)\n", "[a](", "<a href=", '<a href="x">', "<!--", "{% x\n", "> ", "- "),
        *("# [a](https://b.example) ", "[a](https://b.example): x\ny\n", "**a**\n<https://b.example>\n", "| [a](b.c) "),
        *(
            "### a\n\nhttps://b.example\n\n",
            "](https://a.example\n",
            "https://a_b*c",
            "[x] ",
            "```\n1. a\n   https://b.c\n",
        ),
    ],
)
def test_hostile_text_takes_no_time(piece: str) -> None:
    """200 KB of any one thing take seconds at the most, and end in an issue or in an error with its place."""
    begin = time.process_time()
    found = imported(piece * (200_000 // len(piece)))
    assert time.process_time() - begin < 5
    assert found.issues or all(finding.location.line for finding in found.findings)


def test_what_is_of_no_entry_is_told() -> None:
    """Links in the prose of an issue, and words of a header without a place of their own, are kept and told."""
    text = "---\ntitle: T\nlayout: post\n---\nWelcome to [us](https://u.example).\n\n## S\n\n- [A](https://a.example)\n"
    found = imported(text)
    assert [(one.location.line, one.rule) for one in found.findings] == [(5, "prose"), (1, "header")]
    assert found.issues[0].intro == "Welcome to [us](https://u.example)."
    assert found.issues[0].extra == {"layout": "post"}
