"""Records of links, as tables and exports name their columns: Pocket, Raindrop, Pinboard, Instapaper, people's own."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Mapping

from pipeline.dates import day_of
from pipeline.importers.saved import Saved, note_of
from pipeline.model import Location

__all__ = ["Columns", "is_address", "unused"]

_NOT_LETTERS = re.compile(r"[\W_]+")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "address": (
        "url",
        "link",
        "href",
        "uri",
        "address",
        "givenurl",
        "resolvedurl",
        "webaddress",
        "website",
        "网址",
        "链接",
    ),
    "title": ("title", "name", "giventitle", "resolvedtitle", "headline", "linktitle", "标题", "名称"),
    "note": (
        *("note", "notes", "comment", "comments", "extended", "description", "summary", "annotation", "selection"),
        *("quote", "highlights", "备注", "描述", "摘要", "简介"),
    ),
    "excerpt": ("excerpt", "snippet"),
    "day": (
        *("date", "created", "createdat", "added", "addedat", "timeadded", "dateadded", "adddate", "saved", "savedat"),
        *("saveddate", "time", "timestamp", "published", "publishedat", "pubdate", "when", "日期", "时间"),
    ),
    "issue": ("issue", "issuenumber", "issueno", "issuedate", "edition", "期", "期数"),
    "tags": ("tags", "tag", "labels", "label", "keywords", "documenttags", "标签"),
    "section": ("section", "folder", "category", "topic", "collection", "group", "heading", "list", "分类", "栏目"),
    "author": ("author", "authors", "by", "byline", "creator", "作者"),
    "lang": ("lang", "language", "语言"),
    "private": ("private", "isprivate"),
    "shared": ("shared", "public"),
    "unread": ("toread", "unread", "isunread", "status"),
}
_MEANING = {name: meaning for meaning, names in _NAMES.items() for name in names}
_MACHINES = frozenset(
    "id hash meta cursor cover favicon itemid resolvedid sortid readingprogress guid parent index lastmodified "
    "datelastused typecode type removed important broken cache".split()
)
"""Columns that say something to a program alone: left out, and told."""

_NO_SECTIONS = ("unread", "archive", "unsorted", "starred", "read archive")
_YES = ("1", "yes", "true", "y", "unread")
_NO = ("0", "no", "false", "n")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether a cell is a web address and nothing else."""
    return bool(_ADDRESS.fullmatch(text.strip()))


def _plain(name: str) -> str:
    return _NOT_LETTERS.sub("", name).lower()


def unused(names: Iterable[str]) -> list[str]:
    """Those of some columns that are left out."""
    return [name for name in names if _plain(name) in _MACHINES]


class Columns:
    """What the columns of a table mean, by their names; `known` tells whether one of them is of addresses."""

    def __init__(self, names: Iterable[str]) -> None:
        self._meaning: dict[str, list[str]] = {}
        self._others: list[str] = []
        found = {name: _plain(name) for name in names}
        pinboard = "extended" in found.values()  # where a description is the title
        for name, plain in found.items():
            meaning = "title" if pinboard and plain == "description" else _MEANING.get(plain)
            if meaning:
                self._meaning.setdefault(meaning, []).append(name)
            elif plain not in _MACHINES and name.strip():
                self._others.append(name)
        for names_of in self._meaning.values():
            names_of.sort(key=lambda name: _order(found[name]))
        self.known = "address" in self._meaning

    def saved(self, record: Mapping[str, object], where: Location, section: str = "") -> Saved:
        """The link of a record; cells without a meaning that we know are kept as `extra`."""
        title, section = self._text(record, "title"), self._text(record, "section") or section
        lang = self._text(record, "lang")
        others = {name: _text(record.get(name)) for name in self._others}
        others |= {"language": lang} if lang and not _LANGUAGE.fullmatch(lang) else {}
        notes = [_text(record.get(name)) for name in self._meaning.get("note", ())]
        notes = [note for note in dict.fromkeys(notes) if note] or [self._text(record, "excerpt")]
        shared = self._text(record, "shared").lower()
        return Saved(
            title=title,
            address=self._text(record, "address"),
            location=where,
            note="\n\n".join(note_of(note) for note in notes if note),
            section="" if section.lower() in _NO_SECTIONS else section,
            day=day_of(self._text(record, "day")),
            issue=self._text(record, "issue").removeprefix("#"),
            tags=tuple(_tags(next((record[name] for name in self._meaning.get("tags", ()) if name in record), ""))),
            author=self._text(record, "author"),
            lang=lang if _LANGUAGE.fullmatch(lang) else "",
            private=self._text(record, "private").lower() in _YES or shared in _NO,
            unread=self._text(record, "unread").lower() in _YES,
            extra=tuple((" ".join(name.split()), text) for name, text in others.items() if text),
        )

    def _text(self, record: Mapping[str, object], meaning: str) -> str:
        """The first cell of a meaning that is not empty."""
        for name in self._meaning.get(meaning, ()):
            if text := _text(record.get(name)):
                return text
        return ""


def _order(plain: str) -> int:
    return next(names.index(plain) for names in _NAMES.values() if plain in names)


def _text(value: object) -> str:
    """A cell as text: numbers and flags as JSON writes them, what is nested by its names or as JSON."""
    if isinstance(value, str):
        return value.strip()
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, Mapping):
        named = value.get("name") or value.get("title")
        return named.strip() if isinstance(named, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    return json.dumps(value)


def _tags(value: object) -> list[str]:
    """The tags of a cell: a list, a list in JSON, or words between commas, bars, semicolons, else blanks."""
    if isinstance(value, str) and value.startswith("["):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, Mapping):
        tags = list(map(str, value))
    elif isinstance(value, list):
        tags = [_tag(one) for one in value]
    else:
        text = _text(value)
        mark = next((mark for mark in "|;,，、" if mark in text), None)
        tags = text.split(mark)
    return [tag for tag in dict.fromkeys(" ".join(tag.split()).removeprefix("#") for tag in tags) if tag]


def _tag(value: object) -> str:
    return _text(value.get("tag", value) if isinstance(value, Mapping) else value)
