"""An outline in a code fence: a title's line, its addresses below it, numbered notes as deep as they go."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from pipeline.importers.markdown_sound import as_text, escaped
from pipeline.importers.markdown_state import Reading
from pipeline.model import Link, Location, Url
from pipeline.read.draft import Draft
from pipeline.read.links import Prover
from pipeline.read.notes import inline_link

__all__ = ["fenced_outline"]

_ITEM = re.compile(r"( *)(?:[0-9]{1,4}|[a-z])\.(?:[ \t]+|\Z|(?=[^\x00-\x7f]))(.*)")
_URL = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)


@dataclass(slots=True)
class _Item:
    """An item of the outline with what stands under it."""

    indent: int
    line: int
    texts: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)


def fenced_outline(reading: Reading, at: int) -> int:
    """An outline in a code fence."""
    block = reading.page.blocks[at]
    code = "".join(str(token.value) for token in block.inner if token.kind == "text")
    if not _is_outline(code):
        return 0
    above, drafts = _outlined(code, reading.page.below(block), reading.prove)
    if above:
        reading.say(above)
    for draft in drafts:
        reading.open(draft, "outline")
    return 1


def _is_outline(code: str) -> bool:
    """Whether a text in a fence is no code: a line that is an address follows a numbered line, once at least."""
    lines = code.split("\n")
    return any(
        _ITEM.fullmatch(line) and _URL.fullmatch(following.strip()) for line, following in itertools.pairwise(lines)
    )


def _outlined(code: str, where: Location, prove: Prover) -> tuple[str, list[Draft]]:
    """What stands above the first item, and the outermost items as entries, the others nested in their notes."""
    above, items = _tree(code, where.line or 1)
    return above, [_entry(item, where.path, prove) for item in items]


def _tree(code: str, line: int) -> tuple[str, list[_Item]]:
    root = _Item(indent=-1, line=line)
    path = [root]
    for number, text in enumerate(code.expandtabs(4).split("\n"), start=line):
        match = _ITEM.fullmatch(text)
        if match:
            indent = len(match[1])
            while path[-1].indent >= indent:
                path.pop()
            item = _Item(indent=indent, line=number)
            path[-1].items.append(item)
            path.append(item)
            text = match[2]
        text = text.strip()
        if _URL.fullmatch(text) and path[-1] is not root:
            path[-1].urls.append(text)
        elif text:
            path[-1].texts.append(text)
    return "\n".join(root.texts), root.items


def _entry(item: _Item, path: str, prove: Prover) -> Draft:
    where = Location(path=path, line=item.line)
    urls = [url for url in (prove(url, where) for url in item.urls) if url]
    title = " ".join(item.texts[:1]) or (str(urls[0]) if urls else "…")
    links = tuple(Link(title=url, url=url) for url in urls[1:])
    notes = [as_text(text) for text in item.texts[1:]]
    nested = "\n".join(_nested(item.items, 0, path, prove))
    return Draft(title, where, urls[0] if urls else None, links, note=[*notes, nested])


def _nested(items: list[_Item], depth: int, path: str, prove: Prover) -> list[str]:
    """The items as a nested list; one with an address is a link."""
    lines: list[str] = []
    for item in items:
        where = Location(path=path, line=item.line)
        urls = [url for url in (prove(url, where) for url in item.urls) if url]
        first, *more = item.texts or [""]
        lines.append("  " * depth + "* " + _head(first, urls))
        lines += ["  " * depth + "  " + as_text(text) for text in more]
        lines += _nested(item.items, depth + 1, path, prove)
    return lines


def _head(text: str, urls: list[Url]) -> str:
    if not urls or not text:
        return ", ".join([as_text(text)] * bool(text) + [f"<{url}>" for url in urls]) or "…"
    first = inline_link(escaped(text), urls[0])
    return ", ".join([first, *(f"<{url}>" for url in urls[1:])])
