"""What a feed holds, as items: RSS in its dialects, Atom, and JSON Feed."""

from __future__ import annotations

import email.utils
import itertools
import json
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

from pipeline.pages import day_in, decoded, one_line
from pipeline.trees import Element, walk, words, xml_tree

__all__ = ["Item", "items"]

_AT_MOST = 1_000
"""Items of a feed; the largest that are in use have some hundred."""

_TAG = re.compile(r"</?(?:a|b|br|code|em|i|p|small|span|strong|sub|sup|tt|u)(?:\s[^<>]*)?/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: its address, and what the feed says of it in the forms of an entry's attributes."""

    url: str
    title: str = ""
    author: str = ""
    published: str = ""


def items(body: bytes, content_type: str, url: str) -> tuple[Item, ...] | None:
    """The items of a feed with an address each, in its order; None where the bytes are no feed. It raises nothing.

    `url` is the feed's own: addresses may be relative to it.
    """
    text = decoded(body, content_type)
    if text.lstrip().startswith("{"):
        return _from_json(text, url)
    root = xml_tree(text).root
    if root is None or _name(root) not in ("rss", "rdf", "feed"):
        return None
    found = (element for event, name, element in walk(root) if event == "start" and name in ("item", "entry"))
    read = (_item(element, url) for element in itertools.islice(found, _AT_MOST))
    return tuple(item for item in read if item)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _item(element: Element, base: str) -> Item | None:
    parts = [(_name(child), child) for child in element if isinstance(child.tag, str)]
    links = [child.get("href") or "" for name, child in parts if name == "link" and _is_alternate(child)]
    links += [words(child) for name, child in parts if name == "link" and not child.get("href")]
    links += [words(child) for name, child in parts if name == "guid" and child.get("isPermaLink") != "false"]
    address = _joined(base, next(filter(None, links), ""))
    if not address:
        return None
    said = {name: words(child) for name, child in reversed(parts)}
    people = [words(_part(child, "name")) for name, child in parts if name == "author"]
    days = (said.get(name, "") for name in ("published", "pubdate", "date", "issued", "updated"))
    return Item(
        url=address,
        title=one_line(unescape(_TAG.sub("", said.get("title", "")))),
        author=one_line(said.get("creator", "") or ", ".join(filter(None, people[:3]))),
        published=next(filter(None, map(_day, days)), ""),
    )


def _is_alternate(link: Element) -> bool:
    return bool(link.get("href")) and (link.get("rel") or "alternate").lower() == "alternate"


def _part(element: Element, name: str) -> Element:
    """The part of this name, or the element itself."""
    return next((child for child in element if isinstance(child.tag, str) and _name(child) == name), element)


def _joined(base: str, address: str) -> str:
    try:
        found = urljoin(base, address.strip()) if address.strip() else ""
    except ValueError:  # such as an open bracket
        return ""
    return found if found.startswith(("http://", "https://")) else ""


def _day(text: str) -> str:
    """A day as RSS writes it (RFC 822), or as all others do (ISO 8601)."""
    if day_in(text):
        return day_in(text)
    try:
        return email.utils.parsedate_to_datetime(text).date().isoformat() if text else ""
    except (ValueError, TypeError, OverflowError):
        return ""


def _from_json(text: str, base: str) -> tuple[Item, ...] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = found.get("items") if isinstance(found, dict) and "jsonfeed.org" in str(found.get("version")) else None
    if not isinstance(listed, list):
        return None
    return tuple(filter(None, (_of_json(one, base) for one in listed[:_AT_MOST] if isinstance(one, dict))))


def _of_json(one: dict[str, object], base: str) -> Item | None:
    def text(name: str) -> str:
        value = one.get(name)
        return value if isinstance(value, str) else ""

    address = _joined(base, text("url") or text("external_url"))
    given = one.get("authors")
    people = given if isinstance(given, list) else [one.get("author")]
    names = [str(person.get("name") or "") for person in people if isinstance(person, dict)]
    if not address:
        return None
    return Item(
        url=address,
        title=one_line(text("title")),
        author=one_line(", ".join(filter(None, names[:3]))),
        published=_day(text("date_published")),
    )
