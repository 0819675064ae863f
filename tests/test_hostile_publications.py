"""Random hostile publications: whatever they hold, a build ends with findings, or with editions that are sound.

`HOSTILE_EXAMPLES=20000 make test` looks longer.
"""

from __future__ import annotations

import email
import json
import os
import re
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from publications import publish, written

AT = "issues/2023-03-04"
EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "200"))

HARMLESS = [
    *(
        "`x`",
        "**x**",
        "*",
        "_",
        "~~",
        "|a|b|\n|-|-|\n|c|",
        "\\*",
        "<",
        ">",
        "&",
        "#",
        "=",
        ":",
        "]]>",
        "'",
        '"',
        "词。**词**",
    ),
    *(
        "\n",
        "\n\n",
        "\n\n* ",
        "\n\n> ",
        "\n\n1. ",
        "\n\n    ",
        "\r",
        "\t",
        "  \n",
        "😀",
        "ß",
        "\u202e",
        "\u2028",
        "\ufeff",
    ),
    *("[x](https://a.example)", "[x](b.example)", "[x](a.png)", "![](a.png)", "[x](#f)", "https://a.example/(x))"),
    *("<a@b.example>", "[x](mailto:a@b?bcc=c@d)", "<https://a.example/'onclick='x>", "&lt;script&gt;", "&#x3c;script>"),
    *("<img src=x onerror=alert(1)>", "<a href=javascript:alert(1)>", "<b onclick=x>", "</p></div>", "<svg onload=x>"),
    *(
        "<iframe src=data:text/html,x>",
        "<table><td>",
        "<base href=//x>",
        "<form action=javascript:x>",
        "<details open>",
    ),
    *("{{ 7*7 }}", "{% raw %}", "{# x", "*|UNSUB|*", "@TrackLink", "=?utf-8?q?x=0D=0ABcc:_e@e?=", "\nBcc: e@e\n"),
    *("&view_url;", "&later-0;", "&nope;", "第二期", "#27", "x" * 80, "词" * 60, "www.a.example", "a, b; c <d>"),
]
REFUSED = [
    *(
        "[",
        "](",
        "![",
        "```",
        "\n\n### ",
        "\n\n## ",
        "\n---\n",
        "\n===\n",
        "[x](javascript:alert(1))",
        "[x](/etc/passwd)",
    ),
    *("[x][r]\n\n[r]: data:text/html,x\n", "<javascript:alert(1)>", "<script>", "<!--", "-->", "<![CDATA[", "<?x"),
    *("<!-- id: x -->", "<!-- {via: '[x](a.png)', tags: [y]} -->", "&#1;", "<b title='&#27;'>", "\x00", "\x1b[31m"),
]
HARMLESS_TEXT = st.lists(st.sampled_from(HARMLESS), max_size=4).map("".join)
ANY_TEXT = st.lists(st.sampled_from(HARMLESS + REFUSED) | st.text(max_size=3), max_size=4).map("".join)
FIELDS = (
    "note",
    "author",
    "published",
    "lang",
    "via",
    "section",
    "id",
    "links",
    "tags",
    "entries",
    "extra",
    "title",
    "no",
)
SETTINGS = ("description", "language", "timezone", "publish_at", "id", "author", "email", "feeds", "sections", "no")
Files = dict[str, str | bytes]


def _json(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return strategy.map(lambda value: json.dumps(value, ensure_ascii=False))


def _markdown(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(text, max_size=6).map(
        lambda parts: f"# A\n\n## S\n\n### [T](https://a.example)\n\nx {''.join(parts)}"
    )


def any_files() -> st.SearchStrategy[Files]:
    """A publication of which most are refused."""
    value = ANY_TEXT | st.lists(ANY_TEXT, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), ANY_TEXT, max_size=2)
    entries = st.lists(st.dictionaries(st.sampled_from(FIELDS), value, max_size=4), max_size=3)
    issue = st.dictionaries(st.sampled_from(["title", "subject", "intro", "number", "updated"]), value, max_size=2)
    more = st.dictionaries(st.sampled_from(SETTINGS), value, max_size=2)
    return st.fixed_dictionaries(
        {"newsletter.yaml": _json(more.map(lambda found: {"title": "T", "url": "https://t.example", **found}))},
        optional={
            f"{AT}/i.md": _markdown(ANY_TEXT) | st.binary(max_size=20),
            f"{AT}/e.yaml": _json(entries) | ANY_TEXT,
            f"{AT}/issue.yaml": _json(issue),
            f"{AT}/a.png": st.binary(max_size=30),
        },
    )


def harmless_files() -> st.SearchStrategy[Files]:
    """A publication of which most are built."""
    text = HARMLESS_TEXT
    entry = st.fixed_dictionaries(
        {"title": text.map(lambda word: f"T {word}")},
        optional={
            **dict.fromkeys(("note", "author", "via", "section"), text),
            "tags": st.lists(text, max_size=2),
            "url": text.map(lambda path: f"https://a.example/{path}"),
            "links": st.just([{"title": "=?utf-8?q?x?=", "url": "https://a.example/\"'<>"}]),
        },
    )
    settings = st.fixed_dictionaries(
        {"title": text.map(lambda word: f"T {word}"), "url": st.just("https://t.example")},
        optional={
            "description": text,
            "author": st.fixed_dictionaries({"name": text}),
            "email": st.fixed_dictionaries({"why": text, "postal_address": text}),
        },
    )
    issue = st.fixed_dictionaries({}, optional=dict.fromkeys(("title", "subject", "preheader"), text))
    return st.fixed_dictionaries(
        {
            "newsletter.yaml": _json(settings),
            f"{AT}/i.md": _markdown(text),
            f"{AT}/e.yaml": _json(st.lists(entry, min_size=1, max_size=3)),
            f"{AT}/issue.yaml": _json(issue),
            f"{AT}/a.png": st.binary(max_size=30),
        }
    )


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=any_files() | harmless_files())
def test_a_hostile_publication_is_refused_or_sound(files: Files) -> None:
    """No input gives a traceback; an error has its place and leaves nothing; what is written is sound."""
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder), {name: _bytes(content) for name, content in files.items()})
        ran = publish("build", "-C", folder, "--format", "json")
        errors = [found for found in ran.findings if found["severity"] == "error"]
        assert ran.code == bool(errors)
        assert all(found["line"] or found["rule"] in ("empty-issue", "missing-issue") for found in errors), errors
        assert (root / "out").exists() != bool(errors)
        assert list(_faults(root / "out")) == []


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_MERGE_TAG = re.compile(r"\{\{|\{%|\{#|\*\||@TrackLink")
_HEADER = (
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Archived-At"),
    *("Auto-Submitted", "Feedback-ID", "MIME-Version", "Content-Type"),
)


def _faults(out: Path) -> Iterator[str]:
    """What is unsound in the editions."""
    for path in (path for path in out.rglob("*") if path.is_file() and path.name != "a.png"):
        data = path.read_bytes()
        text = data.decode()
        if _CONTROL.search(text):
            yield f"{path.name}: a control character"
        if path.suffix == ".xml":
            etree.fromstring(data, etree.XMLParser(resolve_entities=False))
        elif path.suffix == ".json":
            for item in json.loads(text)["items"]:
                yield from _Scripts.found(item["content_html"])
        elif path.suffix == ".html":
            yield from _Scripts.found(text)
        elif path.suffix == ".eml" and tuple(email.message_from_bytes(data).keys()) != _HEADER:
            yield "a header that is not ours"
        if path.name in ("email.html", "email.txt") and _MERGE_TAG.search(re.sub("(?s)<style.*?</style>", "", text)):
            yield f"{path.name}: a merge tag"


_PICTURES = (("svg", ("class", name)) for name in ("chart", "strip", "share"))
_OURS = (("script", ("type", "application/ld+json")), *_PICTURES)
"""Data, which runs nothing, and the pictures of the statistics; no entry can bring either into a page."""


class _Scripts(HTMLParser):
    """Looks for what a browser would run."""

    @classmethod
    def found(cls, html: str) -> list[str]:
        """The tags and attributes that run something."""
        parser = cls()
        parser.faults = []
        parser.feed(html)
        return parser.faults

    faults: list[str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "svg", "base", "form") and (tag, *attrs[:1]) not in _OURS:
            self.faults.append(tag)
        for name, value in attrs:
            scheme = re.match(r"[\s\x00-\x20]*([a-z+.-]+):", value or "", re.IGNORECASE)
            if name.startswith("on") or (
                name in ("href", "src") and scheme and scheme[1] not in ("http", "https", "mailto")
            ):
                self.faults.append(f"{name}={value}")
