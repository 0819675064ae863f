"""RSS, Atom and JSON feeds as their items: what each links to and says."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from pipeline.dates import day_of
from pipeline.model import Location
from pipeline.read.source import Report
from pipeline.trees import Element, line_of, walk, words, xml_tree

__all__ = ["Item", "items_in", "looks_like_feed"]

_HEAD = re.compile(
    r"<(?:rss|feed|rdf:rdf|rdf)[\s/>]|\"version\"\s*:\s*\"https?:(?:\\?/){2}jsonfeed\.org", re.IGNORECASE
)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_BODIES = ("encoded", "content", "description", "summary")
"""Where an item may say something, the fullest first."""

_DAYS = ("pubdate", "published", "issued", "date", "updated", "modified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a feed; `html` is what it says, whole where the feed has it so."""

    location: Location
    title: str = ""
    url: str = ""
    html: str = ""
    day: datetime.date | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    lang: str = ""


def looks_like_feed(head: str) -> bool:
    """Whether the beginning of a file is that of a feed."""
    return bool(_HEAD.search(head))


def items_in(path: str, text: str, report: Report) -> list[Item]:
    """The items of a feed in its order; what cannot be read is told, with its line."""
    if text.lstrip().startswith("{"):
        return _of_json(path, text, report)
    tree = xml_tree(text.strip())
    where = Location(path=path, line=tree.line)
    if tree.root is None or tree.cut:
        report.error(where, "unreadable", f"cannot be read as a feed: {tree.fault}")
        return []
    if tree.fault:
        report.warning(where, "xml", f"not well-formed, read as far as can be told: {tree.fault}")
    return [_item(path, element) for event, name, element in walk(tree.root) if event == "end" and name in _ITEMS]


_ITEMS = ("item", "entry")


def _item(path: str, element: Element) -> Item:
    """An item of RSS or Atom, by the names of what it has, whatever their namespaces."""
    said: dict[str, list[Element]] = {}
    for child in element:
        if isinstance(child.tag, str):
            said.setdefault(child.tag.rpartition("}")[2].lower(), []).append(child)
    texts = {name: words(found[0]) for name, found in said.items()}
    bodies = [_html(found) for name in _BODIES for found in said.get(name, [])[:1]]
    tags = [one.get("term") or words(one) for one in (*said.get("category", ()), *said.get("subject", ()))]
    people = [one for name in ("creator", "author") for one in said.get(name, ())]
    return Item(
        location=Location(path=path, line=line_of(element)),
        title=" ".join(unescape(_TAG.sub("", texts.get("title", ""))).split()),
        url=_url(said),
        html=next((body for body in bodies if body), ""),
        day=next((day for name in _DAYS if (day := day_of(texts.get(name, "")))), None),
        author=_person(people[0]) if people else "",
        tags=tuple(tag for tag in dict.fromkeys(" ".join(tag.split()) for tag in tags) if tag),
        lang=element.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
    )


def _url(said: Mapping[str, list[Element]]) -> str:
    """Where an item leads: Atom's alternate link, RSS's link, or its guid where that is one."""
    for link in said.get("link", ()):
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return (link.get("href") or "").strip()
        if link.get("href") is None and words(link):
            return words(link)
    guid = next((words(one) for one in said.get("guid", ()) if one.get("isPermaLink") != "false"), "")
    return guid if guid.startswith(("http://", "https://")) else ""


def _html(element: Element) -> str:
    """What an element says: text that is HTML, or the elements of XHTML within it."""
    if any(isinstance(child.tag, str) for child in element):
        return "".join(_written(element))
    text = "".join(str(part) for part in element.itertext()).strip()
    plain = element.get("type") == "text"
    return text.replace("&", "&amp;").replace("<", "&lt;") if plain else text


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


def _person(element: Element) -> str:
    """A name: Atom's, or RSS's, which may stand behind an address as `a@example.org (Ann)`."""
    name = next((words(one) for one in element if isinstance(one.tag, str) and one.tag.endswith("name")), "")
    text = name or words(element)
    behind = re.fullmatch(r"\S+@\S+\s*\((.+)\)", text)
    return behind[1] if behind else "" if re.fullmatch(r"\S+@\S+", text) else text


def _of_json(path: str, text: str, report: Report) -> list[Item]:
    """The items of a JSON feed (version 1 or 1.1)."""
    try:
        feed = json.loads(text)
    except json.JSONDecodeError as error:
        report.error(Location(path=path, line=error.lineno, column=error.colno), "json", error.msg.lower())
        return []
    except (RecursionError, ValueError):
        report.error(Location(path=path), "json", "nested too deep")
        return []
    items = feed.get("items") if isinstance(feed, dict) else None
    return [_json_item(path, one) for one in items or () if isinstance(one, dict)] if isinstance(items, list) else []


def _json_item(path: str, item: Mapping[str, object]) -> Item:
    said = {name: value for name, value in item.items() if isinstance(value, str)}
    people = item.get("authors")
    person = people[0] if isinstance(people, list) and people else item.get("author")
    name = person.get("name") if isinstance(person, dict) else None
    tags = item.get("tags")
    return Item(
        location=Location(path=path),
        title=" ".join(said.get("title", "").split()),
        url=said.get("external_url") or said.get("url") or "",
        html=said.get("content_html") or _escaped(said.get("content_text") or said.get("summary")),
        day=day_of(said.get("date_published") or said.get("date_modified") or ""),
        author=name if isinstance(name, str) else "",
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        lang=said.get("language", ""),
    )
