"""A Markdown text as its conventions see it: blocks, lines, proven addresses, and the habits of the page."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Collection, Iterator

from pipeline.findings import Severity
from pipeline.markup import Token, tokens
from pipeline.model import Location, Url
from pipeline.read.blocks import Block, Line, blocks, is_comment, items, lines, without_html
from pipeline.read.links import Prover, prover
from pipeline.read.notes import Edits, prove, title_text
from pipeline.read.source import Report, Source

__all__ = ["Page", "Provers", "provers"]

Provers = Callable[[Report], Prover]
"""From a report to the prover that tells it of misfits."""


def provers(files: Collection[str], used: set[str]) -> Provers:
    """From a report to the prover that tells it of misfits; files of the folder that are linked go into `used`."""
    return functools.partial(_prover, files, used)


def _prover(files: Collection[str], used: set[str], report: Report) -> Prover:
    return prover(files, report, used=used)


class Page:
    """A mended text: its blocks without comments, and what they say; `findings` are what the house would refuse."""

    def __init__(self, source: Source, proven: Prover) -> None:
        self._source = source
        found = tokens(source.text)
        told = Report()
        self._edits: Edits = prove(source, found, proven, told)
        if told.refuses:
            self._edits.settle()
        self.findings = tuple(finding for finding in told.findings if finding.severity is Severity.ERROR)
        self.blocks = [block for block in blocks(found) if not (block.name == "htmlblock" and is_comment(block))]

    def at(self, offset: int) -> Location:
        """The place of a byte."""
        return self._source.at(offset)

    def cut(self, start: int, end: int) -> str:
        """The text between two bytes, references written out and comments left behind."""
        return self._edits.cut(start, end)

    def raw(self, block: Block) -> str:
        """The text of a whole block, from the start of its line."""
        return self.cut(self._source.line_start(block.tokens[0].start), block.tokens[-1].end)

    def below(self, block: Block) -> Location:
        """The line below the first of a block: where what a fence holds begins."""
        where = self.at(block.tokens[0].start)
        return Location(path=where.path, line=(where.line or 1) + 1)

    def line_start(self, offset: int) -> int:
        """The first byte of the line that a byte stands in."""
        return self._source.line_start(offset)

    def alone(self, at: int) -> bool:
        """Whether a paragraph and at most two more are all that stands between two headings."""
        below = list(itertools.takewhile(lambda other: other.name != "heading", self.blocks[at : at + 4]))
        return self.blocks[at - 1].name == "heading" and len(below) < 4 and {one.name for one in below} == {"paragraph"}

    def touching(self, block: Block, following: Block) -> bool:
        """Whether no blank line stands between two blocks."""
        return b"\n\n" not in self._source.data[block.tokens[-1].start : following.tokens[0].start]

    def url(self, token: Token) -> Url | None:
        """The proven address of a link."""
        return self._edits.urls.get(token.start)

    def links(self, found: list[Token]) -> list[int]:
        """The places of the links of a run of tokens; those within the page are none."""
        return [
            at
            for at, each in enumerate(found)
            if each.kind == "start" and each.name == "link" and self._leads_out(each)
        ]

    def _leads_out(self, token: Token) -> bool:
        url = self.url(token)
        return url is not None and not url.startswith("#")

    def lone_link(self, block: Block | None) -> Url | None:
        """The address of a paragraph that is one link and nothing else."""
        if block is None or block.name != "paragraph" or not block.inner:
            return None
        links = self.links(block.inner)
        lone = links == [0] and block.inner[-1].name == "link"
        return self.url(block.inner[0]) if lone else None

    def lone_url(self, found: list[Token]) -> Url | None:
        """The address that is all of a line: bare, in angle brackets, or as a link whose text it is."""
        found = [each for each in found if not (each.kind == "text" and not str(each.value).strip())]
        links = self.links(found)
        if links != [0] or found[-1].name != "link":
            return None
        text, url = title_text(found), self.url(found[0])
        return url if text.startswith(("http://", "https://")) else None

    def lines(self, block: Block) -> list[Line]:
        """The lines of a paragraph that hold something but comments."""
        if not block.inner:
            return []
        return [line for line in lines(block.inner, block.inner[-1].end) if without_html(line.found) or line.found]

    @functools.cached_property
    def entry_levels(self) -> frozenset[int]:
        """The levels of headings at least half of which hold a link: a heading there is an entry."""
        counts: dict[int, list[bool]] = {}
        for block in self.blocks:
            if block.name == "heading":
                counts.setdefault(int(block.tokens[0].value or 0), []).append(bool(self.links(block.inner)))
        return frozenset(level for level, linked in counts.items() if sum(linked) * 2 >= len(linked) and sum(linked))

    @functools.cached_property
    def levels_over_links(self) -> frozenset[int]:
        """The levels of headings at least half of which stand over one link: they are titles, not sections."""
        scopes: list[tuple[int, list[bool]]] = []
        for block in self.blocks:
            if block.name == "heading":
                scopes.append((int(block.tokens[0].value or 0), []))
            elif scopes:
                scopes[-1][1].append(self.lone_link(block) is not None)
        counts: dict[int, list[bool]] = {}
        for level, below in scopes:
            counts.setdefault(level, []).append(below[:1] == [True] and sum(below) == 1)
        return frozenset(level for level, found in counts.items() if sum(found) * 2 >= len(found) and sum(found) > 1)

    @functools.cached_property
    def headings(self) -> list[int]:
        """The levels of all headings."""
        return [int(block.tokens[0].value or 0) for block in self.blocks if block.name == "heading"]

    @functools.cached_property
    def signed(self) -> bool:
        """Whether notes begin with a link to who wrote them: half of the entries' headings stand over such a line."""
        below = [
            following
            for block, following in zip(self.blocks, self.blocks[1:], strict=False)
            if block.name == "heading" and int(block.tokens[0].value or 0) in self.entry_levels
        ]
        led = [block for block in below if block.name == "paragraph" and block.inner and block.inner[0].name == "link"]
        return len(led) > 1 and len(led) * 2 >= len(below)

    def items(self, block: Block) -> Iterator[tuple[Token, list[Token]]]:
        """The items of a list, each with its tokens from start to end."""
        return items(block)
