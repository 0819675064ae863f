"""The conventions by which people write newsletters, in the order in which a block is offered to them."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.findings import Finding
from pipeline.importers.markdown_headings import heading_is_link, heading_of_entry, heading_over_link, section, title
from pipeline.importers.markdown_lists import list_of_entries
from pipeline.importers.markdown_outline import fenced_outline
from pipeline.importers.markdown_page import Page
from pipeline.importers.markdown_paragraphs import (
    led_by_link,
    line_is_section,
    line_over_list,
    prose_of_section,
    title_over_url,
    url_over_title,
)
from pipeline.importers.markdown_state import Reading
from pipeline.read.draft import Outline
from pipeline.read.links import Prover

__all__ = ["outline"]

_Convention = Callable[[Reading, int], int]

_CONVENTIONS: dict[str, tuple[_Convention, ...]] = {
    "heading": (title, heading_is_link, heading_over_link, heading_of_entry, section),
    "paragraph": (url_over_title, title_over_url, led_by_link, line_is_section, line_over_list, prose_of_section),
    "list": (list_of_entries,),
    "codeblock": (fenced_outline,),
}
"""By the name of a block, what it may be; each gives how many blocks it took, 0 where it is none of it."""


def outline(page: Page, prove: Prover, *, has_title: bool) -> tuple[Outline, tuple[Finding, ...]]:
    """The sections and entries of a page, and which links stand in none; `has_title`: its header says the title."""
    reading = Reading(page, prove, has_title=has_title)
    at = 0
    while at < len(page.blocks):
        conventions = _CONVENTIONS.get(page.blocks[at].name, ())
        used = next((used for convention in conventions if (used := convention(reading, at))), 0)
        if not used:
            reading.keep(page.blocks[at])
        at += used or 1
    return reading.outline, tuple(reading.findings)
