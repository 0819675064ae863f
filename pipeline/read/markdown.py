"""A Markdown file as sections and entries, in both habits: `### [Title](url)` and `[Title](url): a comment`."""

from __future__ import annotations

import re
from typing import Any

from pipeline.markup import Token
from pipeline.model import Link, Markdown
from pipeline.read.blocks import (
    BETWEEN_LINKS,
    Block,
    Line,
    as_paragraph,
    blocks,
    close_of,
    dedented,
    head_of_item,
    is_comment,
    items,
    leads,
    lines,
    without_comment_mark,
    without_html,
)
from pipeline.read.draft import Draft, Outline
from pipeline.read.entries import from_comment
from pipeline.read.links import Prover
from pipeline.read.notes import NO_COMMENT, Edits, joined, parsed, prove, proven, title_text
from pipeline.read.source import Report, Source

__all__ = ["NOTE_MARK", "outline"]

NOTE_MARK = "<!-- note -->"
"""Stands over a block that would read as an entry and is none; what renders Markdown writes it."""

_PUNCTUATED = tuple(".。!！?？:：;；,，…")


_ENTRY_LEVEL = 3  # `###`; an entry led by a link stands where such a heading would


_EMPTY_COMMENT = re.compile(rf"^[ \t]*{NO_COMMENT}[ \t]*", re.MULTILINE)


def _uncommented(text: str) -> str:
    """The text without the places of comments at the starts of its lines, where they would begin blocks of HTML."""
    return _EMPTY_COMMENT.sub("", text) if NO_COMMENT in text else text


def _continue(note: list[str], line: str) -> None:
    """Adds a line to the paragraph that a note ends with, or begins one."""
    note[-1:] = [f"{note[-1]}\n{line}" if note else as_paragraph(line)]


def outline(source: Source, prover: Prover, report: Report) -> Outline:
    """The sections and entries of a Markdown text, whose front matter has been blanked."""
    found = parsed(source, report)
    edits = prove(source, found, prover, report)
    return _Reader(source, edits, prover, report).read(list(blocks(found)))


class _Reader:
    """Goes through the blocks of one file; what an entry is open for belongs to it."""

    def __init__(self, source: Source, edits: Edits, prover: Prover, report: Report) -> None:
        self._source, self._edits, self._prover, self._report = source, edits, prover, report
        self._outline = Outline()

    def read(self, found: list[Block]) -> Outline:
        """The outline of these blocks."""
        as_note = False
        for at, block in enumerate(found):
            if block.name == "htmlblock" and is_comment(block):
                as_note = any(str(token.value).strip() == NOTE_MARK for token in block.inner)
                continue
            if as_note and block.name != "heading":
                self._prose(block)
            elif block.name == "heading":
                self._heading(block)
            elif block.name == "paragraph":
                self._paragraph(block, found[at + 1] if at + 1 < len(found) else None)
            elif block.name == "list":
                self._list(block)
            else:
                self._prose(block)
            as_note = False
        return self._outline

    def _heading(self, block: Block) -> None:
        level, inner = block.tokens[0].value, block.inner
        assert isinstance(level, int)
        if level >= _ENTRY_LEVEL:
            start = block.tokens[0].start
            line = Line(inner, start, inner[-1].end if inner else block.tokens[0].end)
            self._outline.open(self._entry(line) or self._bare(line), level)
            return
        title, where = title_text(without_html(inner)), self._source.at(block.tokens[0].start)
        titles_issue = level == 1 and not self._outline.location and not self._outline.parts
        if not title and not titles_issue:
            self._report.error(where, "no-title", "the heading is empty: write the section's title behind it")
        self._outline.head(level, title, where)

    def _paragraph(self, block: Block, following: Block | None) -> None:
        found = list(lines(block.inner, block.inner[-1].end if block.inner else block.tokens[0].end))
        if not leads(found[0].found):
            if len(found) == 1 and following and self._heads_list(block, following):
                self._outline.open(self._bare(found[0]), _ENTRY_LEVEL)
            else:
                self._prose(block)
            return
        for line in found:
            entry = self._entry(line) if leads(line.found) else None
            if entry:
                self._outline.open(entry, _ENTRY_LEVEL)
            else:
                more = _uncommented(self._edits.cut(line.start, line.end).lstrip(" \t"))
                if more:
                    _continue(self._outline.opened[-1][1].note, more)

    def _heads_list(self, block: Block, following: Block) -> bool:
        """One unpunctuated line directly over a list is the title of an entry without a link."""
        title = title_text(without_html(block.inner))
        plain = all(token.kind in ("text", "code", "html") for token in block.inner)
        directly = b"\n\n" not in self._source.data[block.inner[-1].end : following.tokens[0].start]
        in_section = bool(self._outline.parts or self._outline.opened)
        return following.name == "list" and plain and directly and in_section and not title.endswith(_PUNCTUATED)

    def _list(self, block: Block) -> None:
        parent = self._outline.opened[-1][1] if self._outline.opened else None
        found = [(item, self._item(start, item, grouped=parent is not None)) for start, item in items(block)]
        if not any(entry for _, entry in found):
            self._prose(block)
            return
        kept: list[str] = []
        for item, entry in found:
            if entry and parent:
                parent.entries.append(entry)
            elif entry:
                self._outline.open(entry, _ENTRY_LEVEL)
            else:
                begin = self._source.line_start(item[0].start)
                kept.append(self._edits.cut(begin, item[-1].end).rstrip("\n"))
        if kept:
            self._outline.say("\n".join(kept))

    def _item(self, start: Token, item: list[Token], *, grouped: bool) -> Draft | None:
        """The entry that a list item is: `[t](u): text` under an entry; led by a link where no entry is open."""
        head, rest = head_of_item(item[1:-1])
        if not head or head[0].name != "link":
            return None
        line = next(lines(head, head[-1].end))
        entry = self._entry(line) if leads(line.found, colon=grouped) else None
        if entry is None:
            return None
        indent, end = head[0].start - start.start, head[-1].end
        if line.end < end:
            _continue(entry.note, dedented(self._edits.cut(line.end, end).lstrip("\n"), indent))
        if rest:
            begin = max(self._source.line_start(rest[0].start), end)
            entry.note.append(dedented(self._edits.cut(begin, item[-1].end), indent))
        if line.end < end or rest:
            entry.note = [self._again(entry)]
        return entry

    def _again(self, entry: Draft) -> Markdown:
        """The note of a list item, read once more: out of its list a line may mean another thing."""
        inner = Source(self._source.path, _uncommented(joined(entry.note)), line=entry.location.line or 1, exact=False)
        again = Report()  # links were proven and told of with the file: only what nesting hid is news
        note = proven(inner, self._prover, again)
        self._report.findings += [finding for finding in again.findings if finding.rule == "note-heading"]
        return note

    def _entry(self, line: Line) -> Draft | None:
        """The entry that a line of links begins; what follows the links is the first of its note."""
        first = next((at for at, token in enumerate(line.found) if token.name == "link"), None)
        if first is None:
            return None
        close = close_of(line.found, first)
        head = line.found[: close + 1]
        title = title_text(head)
        url = self._edits.urls.get(line.found[first].start)
        where = self._source.at(line.found[first].start)
        if not title:
            self._report.error(where, "no-title", "the link has no text: write the title between [ and ]")
        if url is None:
            return Draft(title, where)
        links, rest = self._further_links(line.found, close + 1)
        attributes, rest = self._attributes(line.found, rest)
        entry = Draft(title, where, url, links, attributes=attributes)
        if rest < len(line.found):
            text = self._edits.cut(line.found[rest - 1].end, line.end).replace(NO_COMMENT, "")
            comment = without_comment_mark(text)
            entry.note += [as_paragraph(comment)] if comment else []
        return entry

    def _further_links(self, found: list[Token], at: int) -> tuple[tuple[Link, ...], int]:
        """The links behind the title, as long as nothing but commas stands between them; and where they end."""
        links: list[Link] = []
        while at + 1 < len(found) and found[at].kind == "text" and found[at + 1].name == "link":
            if not BETWEEN_LINKS.fullmatch(str(found[at].value)):
                break
            close = close_of(found, at + 1)
            url = self._edits.urls.get(found[at + 1].start)
            if url is not None:
                links.append(Link(title=title_text(found[at + 1 : close + 1]) or url, url=url))
            at = close + 1
        return tuple(links), at

    def _attributes(self, found: list[Token], at: int) -> tuple[dict[str, Any], int]:
        """The attributes in the comment that closes a title's line, and where the rest begins."""
        for token in found[at:]:
            if token.kind == "html":
                given = from_comment(str(token.value), self._source.at(token.start), self._prover, self._report)
                if given:
                    return given, at
        return {}, at

    def _bare(self, line: Line) -> Draft:
        """An entry without a link of its own."""
        where = self._source.at(line.found[0].start if line.found else line.end)
        attributes, _ = self._attributes(line.found, 0)
        title = title_text(without_html(line.found))
        if not title:
            self._report.error(where, "no-title", "the heading is empty: write the entry's title behind it")
        return Draft(title, where, attributes=attributes)

    def _prose(self, block: Block) -> None:
        begin = self._source.line_start(block.tokens[0].start)
        self._outline.say(self._edits.cut(begin, block.tokens[-1].end))
