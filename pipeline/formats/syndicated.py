"""What a feed holds, as items: RSS in its dialects, Atom, and JSON Feed."""

from __future__ import annotations

import email.utils
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from pipeline.dates import day_of
from pipeline.formats.pages import day_in, decoded
from pipeline.formats.trees import Element, line_of, walk, words, xml_tree

__all__ = ["Feed", "Item", "feed_in", "items"]

_AT_MOST = 1_000
"""Items of a feed on the web; the largest that are in use have some hundred."""

_PEOPLE = 3
_TAG = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|del|em|font|h[1-6]|i|img|ins|kbd|mark|p|small|span|strong|sub|sup|tt|u)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
"""Tags as titles have them in text that is escaped twice; `Vec<T>` is none."""

_ROOTS = ("rss", "rdf", "feed")
_AROUND = (*_ROOTS, "channel", "items", "item", "entry")
"""What items lie in; one in another where an end tag is missing."""

_BODIES = ("encoded", "content", "description", "summary")
"""Where an item may say something, the fullest first."""

_DAYS = ("published", "pubdate", "issued", "date", "updated", "modified")
_BASE, _LANG = (f"{{http://www.w3.org/XML/1998/namespace}}{name}" for name in ("base", "lang"))

_BASE_AT_MOST = 2_048
"""Characters of an address that others are put behind: without a bound each of many items could have a long one."""

_DAY_AT_MOST = 100
_ADDRESS = r"[^\s@()]+@[^\s@()]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: the address that it leads to, and what the feed says of it in the forms of an entry's attributes.

    `html` is what it says, whole where the feed has it so; addresses in it are relative to `base`, which is empty
    where the feed names none, and then to `url`. `line` is that of a feed in XML.
    """

    url: str
    title: str = ""
    author: str = ""
    published: str = ""
    html: str = ""
    base: str = ""
    tags: tuple[str, ...] = ()
    lang: str = ""
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed's items in its order, None where it is no feed; its first fault and its place, and whether it ends early.

    A feed in XML that is not well-formed has both a fault and items, as far as can be told.
    """

    items: tuple[Item, ...] | None
    fault: str = ""
    line: int | None = None
    column: int | None = None
    cut: bool = False


def items(body: bytes, content_type: str, url: str) -> tuple[Item, ...] | None:
    """The items of a feed from the web that lead to the web, a thousand at most; None where the bytes are no feed.

    `url` is the feed's own: addresses may be relative to it. It raises nothing.
    """
    found = feed_in(decoded(body, content_type), url).items
    return None if found is None else tuple(item for item in found[:_AT_MOST] if _on_web(item.url))


def feed_in(text: str, url: str = "") -> Feed:
    """The feed that a text is, with all of its items; addresses are relative to `url`, or else to where it says it is.

    It raises nothing. What an item leads to may be no address, or none of the web.
    """
    text = text.strip()
    if text.startswith("{"):
        return _from_json(text, url)
    tree = xml_tree(text)
    elements = [] if tree.root is None else [element for event, _, element in walk(tree.root) if event == "start"]
    if not any(_name(element) in _ROOTS for element in elements):
        return Feed(items=None, fault=tree.fault or "no RSS, no Atom", line=tree.line)
    base = url or _home(elements)
    bases = _declared(elements, base)
    read = (_item(element, base, bases) for element in elements if _is_item(element))
    return Feed(items=tuple(read), fault=tree.fault, line=tree.line, cut=tree.cut)


def _on_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https") and url.startswith(("http://", "https://"))
    except ValueError:  # such as an open bracket
        return False


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _is_item(element: Element) -> bool:
    around = element.getparent()
    return _name(element) in ("item", "entry") and (around is None or _name(around) in _AROUND)


def _home(elements: Iterable[Element]) -> str:
    """The first address on the web that a feed gives as its own or its site's."""
    tops = (one for one in elements if _name(one) in (*_ROOTS, "channel"))
    links = (one for top in tops for one in top if isinstance(one.tag, str) and _name(one) == "link")
    return next(filter(_is_base, ((one.get("href") or words(one)).strip() for one in links)), "")


def _is_base(url: str) -> bool:
    return len(url) <= _BASE_AT_MOST and _on_web(url)


def _declared(elements: Iterable[Element], base: str) -> Mapping[Element, str]:
    """What addresses are relative to, for elements that the feed says it of (XML Base); it takes one pass."""
    found: dict[Element, str] = {}
    for element in elements:
        around = element.getparent()
        above = "" if around is None else found.get(around, "")
        moved = _joined(above or base, element.get(_BASE) or "")
        if len(moved) <= _BASE_AT_MOST and (above or element.get(_BASE)):
            found[element] = moved
    return found


def _item(element: Element, base: str, bases: Mapping[Element, str]) -> Item:
    """An item of RSS or Atom, by the names of what it has, whatever their namespaces."""
    said: dict[str, list[Element]] = {}
    for child in element:
        if isinstance(child.tag, str):
            said.setdefault(_name(child), []).append(child)
    bodies = (one for name in _BODIES for one in said.get(name, [])[:1])
    html, body = next(((html, one) for one in bodies if (html := _html(one))), ("", None))
    tags = [one.get("term") or words(one) for one in (*said.get("category", ()), *said.get("subject", ()))]
    people = [_person(one) for name in ("creator", "author") for one in said.get(name, ())]
    return Item(
        url=_url(said, base, bases),
        title=_line(unescape(_TAG.sub("", next(map(words, said.get("title", ())), "")))),
        author=_people(people),
        published=_first_day(words(one) for name in _DAYS for one in said.get(name, [])[:1]),
        html=html,
        base="" if body is None else bases.get(body, ""),
        tags=_distinct(tags),
        lang=element.get(_LANG) or "",
        line=line_of(element),
    )


def _url(said: Mapping[str, Sequence[Element]], base: str, bases: Mapping[Element, str]) -> str:
    """Where an item leads: Atom's alternate link (RFC 4287, 4.2.7.2), RSS's link, or its guid where that is one."""
    for link in said.get("link", ()):
        relation = (link.get("rel") or "alternate").lower().rpartition("/")[2]
        address = (link.get("href") or "") if relation == "alternate" else ""
        if link.get("href") is None:
            address = words(link)
        if address.strip():
            return _joined(bases.get(link, base), address)
    guids = (words(one) for one in said.get("guid", ()) if one.get("isPermaLink") != "false")
    return next(filter(_on_web, guids), "")


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:  # such as an open bracket
        return address.strip()


def _first_day(texts: Iterable[str]) -> str:
    return next(filter(None, map(_day, texts)), "")


def _day(text: str) -> str:
    """A day as feeds write it, some in words; a month or a year where that is all; none of before 1900 or past 2099."""
    text = text[:_DAY_AT_MOST]
    day = day_of(text)
    found = str(day) if day else day_in(text)
    if not found:
        try:
            found = str(email.utils.parsedate_to_datetime(text).date()) if text else ""
        except (ValueError, TypeError, OverflowError):
            return ""
    return found if "19" <= found < "21" else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _people(names: Iterable[str]) -> str:
    return ", ".join(itertools.islice(filter(None, dict.fromkeys(map(_line, names))), _PEOPLE))


def _distinct(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, dict.fromkeys(map(_line, tags))))


def _person(element: Element) -> str:
    """A name: Atom's, or RSS's, which may stand behind an address as `a@example.org (Ann)`."""
    name = next((words(one) for one in element if isinstance(one.tag, str) and _name(one) == "name"), "")
    text = name or words(element)
    behind = re.fullmatch(rf"{_ADDRESS}\s*\((.+)\)", text)
    return behind[1] if behind else "" if re.fullmatch(_ADDRESS, text) else text


def _html(element: Element) -> str:
    """What an element says: text that is HTML, or the elements of XHTML within it."""
    if any(isinstance(child.tag, str) for child in element):
        return "".join(_written(element))
    text = "".join(str(part) for part in element.itertext()).strip()
    return text.replace("&", "&amp;").replace("<", "&lt;") if element.get("type") == "text" else text


def _written(element: Element) -> Iterator[str]:
    """The inside of an element as HTML, without namespaces."""
    for event, name, inner in walk(element):
        if inner is element:
            yield _escaped(inner.text) if event == "start" else ""
        elif event == "start":
            href, source = inner.get("href") or inner.get("src") or "", "src" if inner.get("src") else "href"
            alt = f' alt="{_escaped(inner.get("alt"))}"' if inner.get("alt") else ""
            yield f'<{name} {source}="{_escaped(href)}"{alt}>' if href else f"<{name}>"
            yield _escaped(inner.text)
        else:
            yield f"</{name}>{_escaped(inner.tail)}"


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _from_json(text: str, url: str) -> Feed:
    """A JSON Feed (version 1 or 1.1)."""
    try:
        feed = json.loads(text)
    except json.JSONDecodeError as error:
        return Feed(items=None, fault=error.msg.lower(), line=error.lineno, column=error.colno)
    except (RecursionError, ValueError):
        return Feed(items=None, fault="nested too deep")
    listed = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(listed, list) or "jsonfeed.org" not in _texts(feed).get("version", ""):
        return Feed(items=None)
    homes = (_texts(feed).get(name, "") for name in ("feed_url", "home_page_url"))
    base = url or next(filter(_is_base, homes), "")
    return Feed(items=tuple(_json_item(one, base) for one in listed if isinstance(one, dict)))


def _texts(given: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in given.items() if isinstance(value, str)}


def _json_item(item: Mapping[str, object], base: str) -> Item:
    said = _texts(item)
    given, tags = item.get("authors"), item.get("tags")
    people = given if isinstance(given, list) and given else [item.get("author")]
    names = [person.get("name") for person in people if isinstance(person, dict)]
    return Item(
        url=_joined(base, address) if (address := said.get("external_url") or said.get("url") or "") else "",
        title=_line(said.get("title", "")),
        author=_people(name for name in names if isinstance(name, str)),
        published=_first_day(said.get(name, "") for name in ("date_published", "date_modified")),
        html=said.get("content_html") or _escaped(said.get("content_text") or said.get("summary")),
        tags=_distinct(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        lang=said.get("language", ""),
    )
