"""Entries written as YAML, and the attributes that an entry may carry in either form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.answers import REFERENCE, parsed_answer
from pipeline.model import Link, Location, Markdown, Url
from pipeline.read.comment import own_form
from pipeline.read.draft import Draft
from pipeline.read.fields import Fields, nearest
from pipeline.read.links import Prover
from pipeline.read.notes import proven
from pipeline.read.source import Report, Source
from pipeline.read.yaml import Items, Node, Pairs, Text, parsed, plain

__all__ = ["ATTRIBUTES", "attributes", "from_comment", "from_yaml"]

ATTRIBUTES = (
    *("id", "author", "published", "lang", "tags", "via", "sponsored", "repeat", "supersedes", "alias", "not-same-as"),
    "extra",
)
"""What an entry may carry beside title, address, links and note; the same words in YAML and in a Markdown comment."""

_KEYS = ("title", "url", "section", "links", "note", "entries", *ATTRIBUTES)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_PUBLISHED = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHAPES = {
    "id": (_ID, "letters, digits, dots, hyphens and underscores, 64 at the most"),
    "lang": (_LANGUAGE, "a language tag such as en or zh-CN"),
    "published": (_PUBLISHED, "a year, a month or a day: 2023, 2023-03, 2023-03-04"),
    "supersedes": (REFERENCE, "an entry of an earlier issue, such as 2023-02-25#whisper"),
}
_COMMENT_KEY = re.compile(r"(?:\A\{?|[,\n])[^\S\n]*([A-Za-z][\w-]*)\s*:")


def attributes(fields: Fields, prover: Prover, report: Report) -> dict[str, Any]:
    """The attributes among the fields of an entry, by the names of `Entry`."""
    found: dict[str, Any] = {
        "author": fields.text("author"),
        "tags": fields.texts("tags"),
        "sponsored": fields.flag("sponsored"),
        "repeat": fields.text("repeat"),
        "alias": fields.texts("alias"),
        "not_same_as": fields.texts("not-same-as"),
    }
    for name, (shape, wanted) in _SHAPES.items():
        word = fields.text(name)
        if word and not shape.fullmatch(word):
            report.error(fields.place(name), "bad-value", f"“{name}” must be {wanted}")
        found[name] = word
    if found["repeat"] and parsed_answer(found["repeat"]) is None:
        wanted = "update, recall, rerun, ok or running until 2023-04-01, and may end with “of 2023-02-25#whisper”"
        report.error(fields.place("repeat"), "bad-value", f"“repeat” must be {wanted}")
    if not all(map(REFERENCE.fullmatch, found["not_same_as"])):
        wanted = "entries of earlier issues, such as [2023-02-25#whisper]"
        report.error(fields.place("not-same-as"), "bad-value", f"“not-same-as” must be {wanted}")
    if not all(alias.startswith(("https://", "http://")) for alias in found["alias"]):
        report.error(fields.place("alias"), "bad-value", "“alias” must be addresses, each with its https://")
    via = fields.node("via")
    found["via"] = _note(via, prover, report) if isinstance(via, Text) else Markdown(fields.text("via"))
    extra = fields.node("extra")
    found["extra"] = plain(extra) if isinstance(extra, Pairs) else {}
    if extra is not None and not isinstance(extra, Pairs):
        report.error(fields.place("extra"), "bad-value", "“extra” must be a mapping of keys to values")
    return {name: value for name, value in found.items() if value}


def from_comment(comment: str, where: Location, prover: Prover, report: Report) -> dict[str, Any]:
    """The attributes in a comment on a title's line; none, with a warning where one is nearly named, in any other."""
    text = comment.strip().removeprefix("<!--").removesuffix("-->").strip()
    own = own_form(text, ATTRIBUTES, where)
    if own:
        return attributes(Fields(own, ATTRIBUTES, report), prover, report)
    if not _COMMENT_KEY.match(text):
        return {}
    keys = _COMMENT_KEY.findall(text)
    if not any(key in ATTRIBUTES for key in keys):
        near = nearest(keys[0], ATTRIBUTES)
        if near:
            report.warning(where, "comment", f"taken as a comment of yours, as “{keys[0]}” is no key here{near}")
        return {}
    flow = "\n" not in text and not text.startswith("{")
    source = Source(where.path, f"{{{text}}}" if flow else text, line=where.line or 1, exact=False)
    node = parsed(source, report)
    if not isinstance(node, Pairs):
        return {}
    return attributes(Fields(node, ATTRIBUTES, report), prover, report)


def _note(node: Text, prover: Prover, report: Report) -> Markdown:
    """The Markdown of a scalar, located in the file that it stands in."""
    if not node.value:
        return Markdown("")
    line = (node.location.line or 1) + node.block
    return proven(Source(node.location.path, node.value, line=line, exact=False), prover, report)


def from_yaml(node: Node, prover: Prover, report: Report) -> Iterator[tuple[str, Draft]]:
    """The entries of a YAML file, one or a list, each with the title of its section."""
    for item in node.items if isinstance(node, Items) else (node,):
        if isinstance(item, Pairs):
            fields = Fields(item, _KEYS, report)
            yield fields.text("section"), _entry(fields, prover, report)
        else:
            report.error(item.location, "bad-entry", "an entry is a mapping: title, url, section, note, …")


def _entry(fields: Fields, prover: Prover, report: Report) -> Draft:
    title, url = " ".join(fields.text("title").split()), fields.text("url")
    if not title:
        report.error(fields.location, "no-title", "the entry has no title: add “title:”")
    note = fields.node("note")
    return Draft(
        title,
        fields.location,
        prover(url, fields.place("url")) if url else None,
        tuple(_links(fields.node("links"), prover, report)),
        note=[_note(note, prover, report) if isinstance(note, Text) else fields.text("note")],
        entries=list(_grouped(fields.node("entries"), prover, report)),
        attributes=attributes(fields, prover, report),
    )


def _grouped(node: Node | None, prover: Prover, report: Report) -> Iterator[Draft]:
    for item in node.items if isinstance(node, Items) else ((node,) if node else ()):
        if isinstance(item, Pairs):
            yield _entry(Fields(item, [key for key in _KEYS if key != "section"], report), prover, report)
        else:
            report.error(item.location, "bad-entry", "an entry is a mapping: title, url, note, …")


def _links(node: Node | None, prover: Prover, report: Report) -> Iterator[Link]:
    for item in node.items if isinstance(node, Items) else ((node,) if node else ()):
        if not isinstance(item, Pairs):
            report.error(item.location, "bad-value", "a link is a mapping of “title” and “url”")
            continue
        fields = Fields(item, ("title", "url"), report)
        title, url = " ".join(fields.text("title").split()), prover(fields.text("url"), fields.place("url"))
        if url is not None:
            yield Link(title=title or str(url), url=Url(url))
