"""Headings as conventions have them: the issue's title, entries, sections."""

from __future__ import annotations

from pipeline.importers.markdown_lines import titled
from pipeline.importers.markdown_lists import begins_entries
from pipeline.importers.markdown_state import ENTRY_LEVEL, Reading
from pipeline.model import Url
from pipeline.read.blocks import Block, Line, without_html
from pipeline.read.draft import Draft
from pipeline.read.notes import inline_link, title_text

__all__ = ["heading_is_link", "heading_of_entry", "heading_over_link", "section", "title"]


def title(reading: Reading, at: int) -> int:
    """The first heading of all, of the first level, is the issue's title, unless a header has one."""
    block, following = reading.page.blocks[at], reading.following(at)
    fresh = not reading.outline.location and not reading.outline.parts and not reading.opened
    if reading.has_title or not fresh or block.tokens[0].value != 1:
        return 0
    if reading.page.headings.count(1) > 1 and (following is None or begins_entries(reading.page, following)):
        return 0
    reading.outline.title = title_text(without_html(block.inner))
    reading.outline.location = reading.page.at(block.tokens[0].start)
    _keep_links(reading, block)
    return 1


def heading_is_link(reading: Reading, at: int) -> int:
    """A heading with a link, where headings of its level mostly have one."""
    block = reading.page.blocks[at]
    level = int(block.tokens[0].value or 0)
    entry = titled(reading.page, _line(block)) if level in reading.page.entry_levels else None
    if entry is None:
        return 0
    reading.open(entry, "heading", _depth(reading, level))
    return 1


def heading_over_link(reading: Reading, at: int) -> int:
    """A plain heading over a paragraph that is one link, where half of the headings of its level are so."""
    block, following = reading.page.blocks[at], reading.following(at)
    level = int(block.tokens[0].value or 0)
    url = reading.page.lone_link(following) if level in reading.page.levels_over_links else None
    if not url or reading.page.links(block.inner):
        return 0
    where = reading.page.at(block.tokens[0].start)
    reading.open(Draft(title_text(without_html(block.inner)), where, url), "heading", _depth(reading, level))
    return 2


def heading_of_entry(reading: Reading, at: int) -> int:
    """A plain heading among headings that are links: an entry without a link of its own."""
    block = reading.page.blocks[at]
    level = int(block.tokens[0].value or 0)
    entry_level = min(reading.page.entry_levels, default=9)
    if level < entry_level or (level > entry_level and not reading.opened):
        return 0
    title = title_text(without_html(block.inner))
    reading.open(Draft(title, reading.page.at(block.tokens[0].start)), "heading", _depth(reading, level))
    _keep_links(reading, block)
    return 1


def section(reading: Reading, at: int) -> int:
    """Any other heading; one with nothing of its own above deeper ones gives them its words."""
    block, parts = reading.page.blocks[at], reading.outline.parts
    level, words = int(block.tokens[0].value or 0), title_text(without_html(block.inner))
    if reading.last and parts and reading.last[0] < level and not parts[-1].text and not parts[-1].entries:
        reading.above.append(reading.last)
        parts.pop()
    while reading.above and reading.above[-1][0] >= level:
        reading.above.pop()
    reading.last = (level, words)
    reading.begin(": ".join(filter(None, [*(title for _, title in reading.above), words])), block)
    _keep_links(reading, block)
    return 1


def _depth(reading: Reading, level: int) -> int:
    return ENTRY_LEVEL + max(0, level - min(reading.page.entry_levels, default=level))


def _keep_links(reading: Reading, block: Block) -> None:
    """The links of a heading that is no entry stand below it."""
    inner = block.inner
    for link in reading.page.links(inner):
        url = reading.page.url(inner[link]) or Url("")
        reading.say(inline_link(url, url))


def _line(block: Block) -> Line:
    start = block.tokens[0].start
    return Line(block.inner, start, block.inner[-1].end if block.inner else block.tokens[0].end)
