"""Entries as text of the source format, in its plainest form, which reads back as the same entries."""

from __future__ import annotations

import json
import operator
import re
import textwrap
from collections.abc import Mapping

from pipeline.markup import tokens
from pipeline.model import Entry, Issue, Markdown
from pipeline.read.blocks import Block, blocks, head_of_item, items, leads, lines
from pipeline.read.markdown import NOTE_MARK
from pipeline.read.notes import inline_link

__all__ = ["escaped", "front_matter", "head", "headed", "mapping", "marked", "paragraph"]

# Each branch begins with a character of its own, so that re leaps from one of these to the next: seven times as fast.
_SPECIAL = re.compile(r"\\|`|\*|\[|\]|<|~|_(?<![^\W_]_)|_(?![^\W_])|&(?=[#\w]+;)|#(?<!\S#)(?=#*(?:\s|\Z))|:(?=//)")
_ITEM = r"(?:[-*+]|[0-9]{1,9}[.)])[ \t]+"
_LED_BY_LINK = re.compile(rf"\n[ \t]*(?:{_ITEM})?(?:\[|<|https?:)", re.IGNORECASE)
_MAY_BE_GROUPED = re.compile(rf"\n {{0,3}}(?:(?:{_ITEM})?(?:<|https?:)|{_ITEM}\[.*\)\s*[:：]|\[)", re.IGNORECASE)
"""What a note must hold for one of its blocks to be read as an entry, without and with an entry open above it.

Looked for behind a line feed, which `re` finds ten times as fast as the beginning of a line.
"""

_ENTITY = re.compile(r"&(?=[#\w]+;)")
_ATTRIBUTES = {
    "id": "id",
    "author": "author",
    "published": "published",
    "lang": "lang",
    "tags": "tags",
    "via": "via",
    "sponsored": "sponsored",
    "repeat": "repeat",
    "supersedes": "supersedes",
    "alias": "alias",
    "not_same_as": "not-same-as",
    "extra": "extra",
}
_PLAIN = re.compile(r"(?!(?:null|true|false|yes|no|on|off)\Z)[^\W_](?:[^:#\t\n]|:(?! |\Z)|(?<! )#)*", re.IGNORECASE)
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What YAML takes for the end of a line, or for no character of a text: written as escapes."""

_attributes = operator.attrgetter(*_ATTRIBUTES)


def front_matter(issue: Issue) -> str:
    """What an issue says of itself beside its title, as keys and values of YAML."""
    said = {
        "number": issue.number,
        "draft": issue.draft,
        "subject": issue.subject,
        "preheader": issue.preheader,
        "updated": str(issue.updated or ""),
        "moved_from": issue.moved_from,
        "extra": issue.extra,
    }
    return "".join(f"{name}: {_flow(value)}\n" for name, value in said.items() if value)


def head(entry: Entry) -> str:
    """The line that an entry begins with: its title as a link, further links, attributes in a comment."""
    return _links(entry) + _comment(entry)


def paragraph(entry: Entry) -> str:
    """An entry as a line of links with its note behind a colon; reads back so only where the note is one line."""
    comment = f": {entry.note}" if entry.note else ""
    return f"{_links(entry)}{comment}{_comment(entry)}\n"


def headed(entry: Entry, mark: str = "###") -> str:
    """An entry under a heading of its own, its note below it, then the entries that are grouped under it."""
    note = f"{marked(entry.note, grouped=True)}\n" if entry.note else ""
    return "\n".join([f"{mark} {head(entry)}\n{note}", *(headed(child, f"{mark}#") for child in entry.entries)])


def _links(entry: Entry) -> str:
    first = _link(entry.title, entry.url) if entry.url else escaped(entry.title)
    return ", ".join([first, *[_link(link.title, link.url) for link in entry.links]]) if entry.links else first


def _comment(entry: Entry) -> str:
    values = _attributes(entry)
    if not any(values):
        return ""
    given = zip(_ATTRIBUTES.values(), values, strict=True)
    return f" <!-- {{{', '.join(f'{word}: {_flow(value)}' for word, value in given if value)}}} -->"


def _flow(value: object) -> str:
    """A value as JSON, which is YAML too, with nothing in it that could end a comment."""
    text = _quoted(value)
    return text.replace("--", "-\\u002d").replace(">", "\\u003e") if ">" in text else text


def _link(title: str, url: str) -> str:
    return inline_link(escaped(title), _ENTITY.sub("&amp;", url) if "&" in url else url)


def escaped(title: str) -> str:
    """Plain text as Markdown that means just this text."""
    return _SPECIAL.sub(_backslashed, title)


def _backslashed(mark: re.Match[str]) -> str:
    """A function, as `re` looks for groups in a text at each call."""
    return f"\\{mark[0]}"


def marked(note: Markdown, *, grouped: bool) -> str:
    """A note or prose with a mark over each block that would read as an entry.

    `grouped` tells whether an entry is open above it: then a list item is one only as `[t](u): text`.
    """
    if not (_MAY_BE_GROUPED if grouped else _LED_BY_LINK).search(f"\n{note}"):
        return note
    data, parts, at = note.encode(), [], 0
    for block in blocks(tokens(note)):
        start = data.rfind(b"\n", 0, block.tokens[0].start) + 1
        if _misread(block, grouped=grouped):
            parts += [data[at:start].decode(), NOTE_MARK, "\n"]
            at = start
    return "".join([*parts, data[at:].decode()])


def _misread(block: Block, *, grouped: bool) -> bool:
    if block.name == "paragraph":
        return leads(next(lines(block.inner, 0)).found)
    if block.name == "list":
        heads = (head_of_item(item[1:-1])[0] for _, item in items(block))
        return any(leads(next(lines(found, 0)).found, colon=grouped) for found in heads if found)
    return False


def mapping(values: Mapping[str, str], *, dash: bool = False) -> str:
    """Keys and texts as lines of a block mapping, without those that are empty; behind a dash as one of a list."""
    text = "".join(f"{key}: {_scalar(value)}\n" for key, value in values.items() if value)
    return f"- {_indented(text)[2:]}" if dash else text


def _scalar(text: str) -> str:
    """A text on one line, bare where that says the same; several lines as a literal block."""
    if _PLAIN.fullmatch(text) and not _ODD.search(text) and text == text.strip():
        return text
    if "\n" in text.strip("\n") and not _ODD.search(text) and not text.startswith((" ", "\t", "\n")):
        return "|\n" + _indented(text.rstrip("\n"))
    return _quoted(text)


def _indented(text: str) -> str:
    return textwrap.indent(text, "  ", lambda line: line != "\n")


def _quoted(value: object) -> str:
    """A value as JSON, which is YAML too once what YAML takes for the end of a line is an escape."""
    return _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
