"""Paragraphs as conventions have them: an address over a title, a title over an address, lines led by links."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.importers.markdown_lines import entry_of, leading, named
from pipeline.importers.markdown_lists import begins_entries, is_of_entries
from pipeline.importers.markdown_page import Page
from pipeline.importers.markdown_state import Reading
from pipeline.model import Link, Url
from pipeline.read.blocks import Line, as_paragraph, leads, without_html
from pipeline.read.draft import Draft
from pipeline.read.notes import title_text

__all__ = ["led_by_link", "line_is_section", "line_over_list", "prose_of_section", "title_over_url", "url_over_title"]

_SECTION_AT_MOST = 60
_THINGS_AT_MOST = 2
_SAYING_NOTHING = frozenset(["here", "this", "link", "post", "article", "这里", "链接"])
_PUNCTUATED = tuple(".。!！?？:：;；,，…")


def url_over_title(reading: Reading, at: int) -> int:
    """A paragraph of addresses alone, then one that is the title."""
    block, following = reading.page.blocks[at], reading.following(at)
    urls = [reading.page.lone_url(line.found) for line in reading.page.lines(block)]
    if not urls or not all(urls) or reading.habit not in ("", "url", "list", "pair"):
        return 0
    lines = reading.page.lines(following) if following and following.name == "paragraph" else []
    is_title = bool(lines) and following is not None and not reading.page.links(following.inner)
    links = tuple(Link(title=url, url=url) for url in urls[1:] if url)
    title = title_text(lines[0].found) if is_title else str(urls[0])
    draft = Draft(title, reading.page.at(block.tokens[0].start), urls[0], links)
    if is_title and len(lines) > 1:
        draft.note.append(as_paragraph(reading.page.cut(lines[1].start, lines[-1].end)))
    reading.open(draft, "url")
    return 2 if is_title else 1


def title_over_url(reading: Reading, at: int) -> int:
    """Within a paragraph a line that is the title, bold or not, then its address, then notes.

    Between a bold title and its address a line of the note may stand.
    """
    lines = reading.page.lines(reading.page.blocks[at])
    urls = [reading.page.lone_url(line.found) for line in lines]
    bold = [_is_bold(line) for line in lines]
    heads = {
        place: address
        for place, line in enumerate(lines)
        if not reading.page.links(line.found) and (place == 0 or bold[place])
        if (address := _address(urls, bold, place)) is not None
    }
    if 0 not in heads or (reading.habit == "heading" and not bold[0]):
        return 0
    for (head, address), end in zip(heads.items(), [*list(heads)[1:], len(lines)], strict=True):
        title = title_text(without_html(lines[head].found))
        draft = Draft(title, reading.page.at(lines[head].start), urls[address])
        for first, last in ((head + 1, address), (address + 1, end)):
            if first < last:
                draft.note.append(as_paragraph(reading.page.cut(lines[first].start, lines[last - 1].end)))
        reading.open(draft, "pair")
    return 1


def _address(urls: Sequence[Url | None], bold: Sequence[bool], title: int) -> int | None:
    """The line of the address below a title: the next one, or below a bold title the second."""
    reach = 3 if bold[title] and not any(bold[title + 1 : title + 2]) else 2
    return next((place for place in range(title + 1, min(title + reach, len(urls))) if urls[place]), None)


def led_by_link(reading: Reading, at: int) -> int:
    """A paragraph whose lines are led by links, `3、[title](address)（English）` too."""
    block = reading.page.blocks[at]
    lines = reading.page.lines(block)
    lead = leading(reading.page, lines[0].found) if lines else None
    if lead is None or lead[1] == "words" or (reading.habit == "heading" and reading.page.signed):
        return 0
    if reading.habit in ("number", "url") and lead[1] != "number":
        return 0
    loose = not reading.opened and bool(reading.outline.parts)
    if not loose and lead[1] != "number" and not leads(lines[0].found[lead[0] :]):
        return 0
    habit = "number" if lead[1] == "number" else "line"
    entries = [(place, _of_line(reading.page, line, first=not place)) for place, line in enumerate(lines)]
    heads = [(place, entry) for place, entry in entries if entry]
    for (head, entry), end in zip(heads, [*(place for place, _ in heads[1:]), len(lines)], strict=True):
        if head + 1 < end:
            entry.note = ["\n".join([*entry.note, reading.page.cut(lines[head + 1].start, lines[end - 1].end).strip()])]
        reading.open(entry, habit)
    return 1


def _of_line(page: Page, line: Line, *, first: bool) -> Draft | None:
    """The entry that a line of a paragraph is; all but the first end with links, or have a comment behind them."""
    lead = leading(page, line.found)
    return entry_of(page, line) if lead and (first or leads(line.found[lead[0] :])) else None


def prose_of_section(reading: Reading, at: int) -> int:
    """A section that is a few paragraphs about a thing or two: an entry, named by the first link's words."""
    block, parts = reading.page.blocks[at], reading.outline.parts
    if reading.opened or not parts or parts[-1].text or parts[-1].entries or not reading.page.alone(at):
        return 0
    links = reading.page.links(block.inner)
    if not links or len(links) > _THINGS_AT_MOST:
        return 0
    link = named(reading.page, block.inner, links[0])
    title = parts[-1].title if link.title.startswith("http") or link.title.lower() in _SAYING_NOTHING else link.title
    where = reading.page.at(block.tokens[0].start)
    reading.open(Draft(title, where, link.url, note=[reading.page.raw(block)]), "prose")
    return 1


def line_is_section(reading: Reading, at: int) -> int:
    """A bold line, or one that begins with a sign, over entries."""
    block, following = reading.page.blocks[at], reading.following(at)
    lines = reading.page.lines(block)
    if len(lines) != 1 or following is None or reading.page.links(block.inner) or reading.habit == "heading":
        return 0
    title = title_text(without_html(block.inner))
    signed = bool(title) and not title[0].isalnum() and ord(title[0]) > 0x2000 and not title.endswith(_PUNCTUATED)
    if not title or len(title) > _SECTION_AT_MOST or not (_is_bold(lines[0]) or signed):
        return 0
    if not begins_entries(reading.page, following):
        return 0
    reading.begin(title, block)
    return 1


def line_over_list(reading: Reading, at: int) -> int:
    """One unpunctuated line directly over a list: an entry without a link, or the section of the list's entries."""
    block, following = reading.page.blocks[at], reading.following(at)
    lines = reading.page.lines(block)
    title = title_text(without_html(block.inner))
    plain = all(token.kind in ("text", "code", "html") for token in block.inner)
    if len(lines) != 1 or not plain or not title or title.endswith(_PUNCTUATED):
        return 0
    if following is None or following.name != "list" or not reading.page.touching(block, following):
        return 0
    listed = not reading.page.headings and is_of_entries(reading.page, following)
    if (reading.outline.parts or reading.opened) and not listed:
        reading.open(Draft(title, reading.page.at(block.tokens[0].start)), "bare")
    else:
        reading.begin(title, block)
    return 1


def _is_bold(line: Line) -> bool:
    """Whether a line is one bold span and nothing else."""
    found = [token for token in without_html(line.found) if token.kind != "text" or str(token.value).strip()]
    if len(found) < 3 or found[0].name != "strong" or found[-1].name != "strong":
        return False
    return sum(token.name == "strong" for token in found) == 2
