"""What a web page says of itself: title, author, day and language, as it tells search engines and social networks."""

from __future__ import annotations

import codecs
import datetime
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.formats.encodings import ENCODINGS
from pipeline.formats.trees import Element, html_tree, walk, words

__all__ = ["Page", "day_in", "decoded", "one_line", "page"]

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)|encoding=[\"']([\w:.-]+)", re.IGNORECASE
)
_LOOKED_INTO = 2048
_ODD = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_TEXT_AT_MOST = 300
_DAY = re.compile(r"\s*([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?(?![0-9])")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

_TITLES = ("citation_title", "og:title", "twitter:title", "dc.title")
_AUTHORS = ("citation_author", "author", "article:author", "dc.creator", "parsely-author")
_DAYS = (
    *("article:published_time", "citation_publication_date", "citation_date", "datepublished", "dc.date"),
    *("dc.date.issued", "date", "pubdate", "parsely-pub-date"),
)
_LANGUAGES = ("content-language", "og:locale", "dc.language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says of itself, in the forms of an entry's attributes; empty where it says nothing."""

    title: str = ""
    author: str = ""
    published: str = ""
    lang: str = ""


def page(body: bytes, content_type: str) -> Page:
    """What the bytes of a page say. It raises nothing, and takes time linear in their number."""
    root = html_tree(decoded(body, content_type)).root
    if root is None:
        return Page()
    elements = [(name, element) for event, name, element in walk(root) if event == "start"]
    metas = dict(_metas(element for name, element in reversed(elements) if name == "meta"))
    said = [thing for name, element in elements if name == "script" for thing in _linked_data(element)]
    titles = (words(element) for name, element in elements if name == "title")
    html = next((element.get("lang") or "" for name, element in elements if name == "html"), "")
    return Page(
        title=_first([*(metas.get(name, "") for name in _TITLES), *(_text(one, "headline") for one in said), *titles]),
        author=_first(filter(_is_name, [*(metas.get(name, "") for name in _AUTHORS), *(_author(one) for one in said)])),
        published=_first(
            map(day_in, [*(metas.get(name, "") for name in _DAYS), *(_text(one, "datePublished") for one in said)])
        ),
        lang=_first(map(_language, [html, *(metas.get(name, "") for name in _LANGUAGES)])),
    )


def decoded(body: bytes, content_type: str) -> str:
    """The text of bytes: by their mark, else in the encoding of the header, else the one that they name, else UTF-8."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    named = _META_CHARSET.search(body[:_LOOKED_INTO])
    inner = (named[1] or named[2]).decode("ascii", "replace") if named else ""
    header = _CHARSET.search(content_type)
    for label in (header[1].lower() if header else "", inner.lower()):
        if label in ENCODINGS:
            return body.decode(ENCODINGS[label], "replace")
        if label in ("utf-8", "utf8"):
            break
    return body.decode("utf-8-sig", "replace")


def one_line(text: str) -> str:
    """A text of somebody else's as it may stand in a source: on one line, without controls, not endless."""
    line = " ".join(_ODD.sub("", text).split())
    return line if len(line) <= _TEXT_AT_MOST else line[:_TEXT_AT_MOST].rpartition(" ")[0] or line[:_TEXT_AT_MOST]


def day_in(text: str) -> str:
    """The day, month or year that a text begins with, as entries have it: 2023-03-04; empty where it is none."""
    match = _DAY.match(text)
    if not match:
        return ""
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        datetime.date(year or 0, month or 1, day or 1)
    except ValueError:
        return ""
    return "-".join([match[1], *(f"{part:02}" for part in (month, day) if part)])


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, map(one_line, texts)), "")


def _metas(elements: Iterable[Element]) -> Iterator[tuple[str, str]]:
    for element in elements:
        for key in ("name", "property", "itemprop", "http-equiv"):
            yield (element.get(key) or "").lower(), element.get("content") or ""


def _linked_data(script: Element) -> Iterator[dict[str, object]]:
    """The things that a script of JSON-LD tells of."""
    if (script.get("type") or "").lower() != "application/ld+json":
        return
    try:
        found = json.loads("".join(str(part) for part in script.itertext()))
    except (ValueError, RecursionError):
        return
    graph = found.get("@graph") if isinstance(found, dict) else None
    for thing in [found, *(found if isinstance(found, list) else []), *(graph if isinstance(graph, list) else [])]:
        if isinstance(thing, dict):
            yield thing


def _text(thing: dict[str, object], name: str) -> str:
    value = thing.get(name)
    return value if isinstance(value, str) else ""


def _author(thing: dict[str, object]) -> str:
    given = thing.get("author")
    authors = given if isinstance(given, list) else [given]
    names = [one if isinstance(one, str) else _text(one, "name") for one in authors if isinstance(one, (str, dict))]
    return ", ".join(name for name in names[:3] if name)


def _is_name(text: str) -> bool:
    return "://" not in text


def _language(text: str) -> str:
    match = _LANGUAGE.match(text.strip().replace("_", "-"))
    return match[0] if match else ""
