"""The Markdown edition reads back as the same issue."""

import datetime
from dataclasses import replace
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.model import Issue, Publication, Url
from pipeline.read.issue import Folder, Reading, read_issue
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels
from pipeline.render.markdown import issue_markdown
from pipeline.render.templates import Templates

PUBLICATION = Publication(title="T", url=Url("https://t.example"), id="t.example")
TEMPLATES = Templates([DEFAULTS])
NAMES = frozenset(["a.png", "b.pdf"])


def read(name: str, text: str) -> Reading:
    """The reading of a folder with this one file and two attachments."""
    day = datetime.date(2023, 3, 4)
    return read_issue(Folder(path="i", name=str(day), date=day, sources={name: text.encode()}, others=NAMES))


def written(issue: Issue) -> str:
    """The issue's Markdown edition."""
    context = RenderContext(
        publication=PUBLICATION,
        archive=(issue,),
        issues=(issue,),
        templates=TEMPLATES,
        labels=Labels(language="en", words={}),
        root=Path(),
    )
    content = next(issue_markdown(context)).content
    assert isinstance(content, bytes)
    return content.decode()


def same_again(name: str, text: str) -> None:
    """Asserts the law for one source, if it can be read at all."""
    issue = read(name, text).issue
    if issue is None:
        return
    issue = replace(issue, number=issue.number or 7)
    again = read("index.md", written(issue))
    assert again.issue is not None, again.findings
    # A title is plain text: an image in it leaves its words, and its file is no longer asked for.
    assert replace(again.issue, attachments=issue.attachments) == issue


INLINE = [
    *(
        "word",
        "词",
        "**bold**",
        "**重点。**",
        "*em*",
        "`co](de`",
        "<b>raw</b>",
        "&amp;",
        "\\[x\\]",
        "#tag",
        "C#",
        "_u_",
    ),
    *(
        "[t](https://a.example/x)",
        "[t](https://a.example/x_(y))",
        "![alt](a.png)",
        "[file](b.pdf)",
        "<https://b.example>",
    ),
    *(
        "https://c.example/?a=1&b=2",
        ":",
        ": ",
        " - ",
        ", ",
        "：",
        ".",
        "。",
        "!",
        "<!-- c -->",
        "[r][ref]",
        "[ref]",
        "|",
        "~~s~~",
    ),
    *(
        "[www](www.d.example/p)",
        "\\",
        "&lt;",
        "*",
        "_",
        "[",
        "]",
        "1.",
        "-",
        "\u200b",
        "🎉",
        "<!-- id: x1 -->",
        "<!-- tags: [a, b] -->",
    ),
]
LINES = [
    "",
    "# ",
    "## ",
    "### ",
    "#### ",
    "##### ",
    "* ",
    "  * ",
    "- ",
    "1. ",
    "> ",
    "    ",
    "```",
    "---",
    "***",
    "<!-- note -->",
    "| a | b |\n|---|---|\n| 1 | 2 |",
]
line = st.builds(
    lambda start, parts: start + " ".join(parts), st.sampled_from(LINES), st.lists(st.sampled_from(INLINE), max_size=5)
)
glued = st.builds(
    lambda start, parts: start + "".join(parts), st.sampled_from(LINES), st.lists(st.sampled_from(INLINE), max_size=5)
)
sources = st.lists(st.one_of(line, glued), max_size=14).map(
    lambda lines: "\n".join(lines) + "\n\n[ref]: https://r.example/x 'T'\n"
)


@settings(max_examples=1000, deadline=None)
@given(sources)
@example("### [t](https://a.example/x)https://c.example/?a=1&b=2[t](https://a.example/x_(y))\n")
def test_any_markdown_that_reads_is_written_as_what_it_is(text: str) -> None:
    """Of every Markdown source without errors, the Markdown edition reads back as the same issue."""
    same_again("index.md", text)
