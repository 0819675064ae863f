"""The items of a list as entries: a link and what is said of it, an event of a group, prose with links."""

from __future__ import annotations

import re

from pipeline.importers.markdown_lines import TITLE_AT_MOST, entry_of, leading, titled
from pipeline.importers.markdown_page import Page
from pipeline.importers.markdown_state import Reading
from pipeline.markup import Token
from pipeline.model import Link
from pipeline.read.blocks import (
    Block,
    Line,
    as_paragraph,
    blocks,
    dedented,
    head_of_item,
    items,
    leads,
    lines,
    without_html,
)
from pipeline.read.draft import Draft
from pipeline.read.notes import title_text

__all__ = ["begins_entries", "is_of_entries", "list_of_entries"]

_DATED = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*\|")


def _head(item: list[Token]) -> tuple[Line, list[Token], list[Token]] | None:
    """The first line of an item, the whole of its first paragraph, and the blocks behind it."""
    head, rest = head_of_item(item[1:-1])
    return (next(lines(head, head[-1].end)), head, rest) if head else None


def is_of_entries(page: Page, block: Block) -> bool:
    """Whether at least half of the items of a list are led by a link."""
    heads = [_head(item) for _, item in items(block)]
    led = [head for head in heads if head and (_is_led(page, head[0]) or _nested(page, head[0], head[2]))]
    return len(led) * 2 >= len(heads)


def _is_led(page: Page, line: Line) -> bool:
    lead = leading(page, line.found)
    return lead is not None and (lead[1] != "words" or bool(_DATED.match(title_text(line.found))))


def _nested(page: Page, line: Line, rest: list[Token]) -> Block | None:
    """The list of entries under an item without a link of its own, as under the name of a group."""
    inner = list(blocks(rest))
    alone = len(inner) == 1 and inner[0].name == "list" and not page.links(line.found)
    return inner[0] if alone and is_of_entries(page, inner[0]) else None


def begins_entries(page: Page, block: Block) -> bool:
    """Whether a block looks like the first of a run of entries."""
    if block.name == "list":
        return is_of_entries(page, block)
    lines = page.lines(block) if block.name == "paragraph" else []
    if not lines:
        return False
    if any(page.lone_url(line.found) for line in lines[:2]):
        return True
    lead = leading(page, lines[0].found)
    return lead is not None and lead[1] != "words" and leads(lines[0].found[lead[0] :])


def list_of_entries(reading: Reading, at: int) -> int:
    """A list whose items are entries; under an entry, those of its group."""
    block = reading.page.blocks[at]
    if reading.opened and reading.habit != "list":
        found = _grouped(reading.page, block)
        if not any(isinstance(item, Draft) for item in found):
            return 0
        for item in found:
            if isinstance(item, Draft):
                reading.opened[-1][1].entries.append(item)
            else:
                reading.say(item)
        return 1
    if reading.opened and not is_of_entries(reading.page, block):
        return 0
    if not reading.outline.parts and not reading.opened and not is_of_entries(reading.page, block):
        return 0
    for item in _listed(reading.page, block):
        if isinstance(item, Draft):
            reading.open(item, "list")
        else:
            reading.say(item)
    return 1


def _listed(page: Page, block: Block) -> list[Draft | str]:
    """The items of a list in their order: entries, and what holds no link as it is, or by its words among entries."""
    among = is_of_entries(page, block)
    return [_item(page, start, item, among=among) for start, item in items(block)]


def _grouped(page: Page, block: Block) -> list[Draft | str]:
    """The items of a list under an entry: `[title](address): text` is an entry of the group, all else a note."""
    found: list[Draft | str] = []
    for start, item in items(block):
        head = _head(item)
        entry = head and leads(head[0].found, colon=True) and page.url(head[0].found[0])
        found.append(_item(page, start, item) if entry else _as_it_is(page, item))
    return found


def _as_it_is(page: Page, item: list[Token]) -> str:
    return page.cut(page.line_start(item[0].start), item[-1].end).rstrip("\n")


def _item(page: Page, start: Token, item: list[Token], *, among: bool = False) -> Draft | str:
    found = _head(item)
    if found is None:
        return _as_it_is(page, item)
    line, head, rest = found
    event = _event(page, line, rest) if line.end == head[-1].end else None
    entry = event or entry_of(page, line) or titled(page, line)
    group = _nested(page, line, rest) if entry is None and line.end == head[-1].end else None
    if group:
        return _group(page, line, group)
    words = title_text(without_html(line.found))
    if entry is None and among and 0 < len(words) <= TITLE_AT_MOST:
        entry = Draft(words, page.at(line.start))
    if entry is None:
        return _as_it_is(page, item)
    indent, end = max(head[0].start - page.line_start(start.start), 0), head[-1].end
    if line.end < end:
        more = dedented(page.cut(line.end, end).lstrip("\n"), indent)
        entry.note = ["\n".join([*entry.note, more.strip("\n")])]
    if rest and not event:
        begin = max(page.line_start(rest[0].start), end)
        entry.note.append(dedented(page.cut(begin, item[-1].end), indent))
    return entry


def _group(page: Page, line: Line, group: Block) -> Draft:
    """An item that is the name of the entries below it."""
    found = _listed(page, group)
    entries = [one for one in found if isinstance(one, Draft)]
    notes = [dedented(one, len(one) - len(one.lstrip())) for one in found if isinstance(one, str)]
    return Draft(title_text(line.found), page.at(line.start), note=notes, entries=entries)


def _event(page: Page, line: Line, rest: list[Token]) -> Draft | None:
    """`date | place | [group](address)` over one event: the event, with the group as a further link."""
    nested = list(blocks(rest))
    said = title_text(line.found)
    if not _DATED.match(said) or len(nested) != 1 or nested[0].name != "list":
        return None
    group, inner = titled(page, line), [item for _, item in items(nested[0])]
    head = _head(inner[0]) if len(inner) == 1 else None
    event = entry_of(page, head[0]) if head and not head[2] and head[0].end == head[1][-1].end else None
    if not group or not group.url or not event:
        return None
    name = title_text(line.found[leading(page, line.found)[0] :])  # type: ignore[index]
    place = said.removesuffix(name).rstrip(" |")
    event.links = (Link(title=name, url=group.url), *group.links, *event.links)
    event.note = [as_paragraph(place.replace("|", "\\|")), *event.note]
    return event
