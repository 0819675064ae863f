"""What the reading of a page has come to: sections, the entry that is open, and the habit in which it was written."""

from __future__ import annotations

from pipeline.findings import Finding, Severity
from pipeline.importers.markdown_page import Page
from pipeline.read.blocks import Block
from pipeline.read.draft import Draft, Outline, Part
from pipeline.read.links import Prover

__all__ = ["ENTRY_LEVEL", "Reading"]

ENTRY_LEVEL = 3
"""The level of an entry in our own form, `###`."""

_GROUPED_AT_MOST = 4


class Reading:
    """The outline so far; what an entry is open for belongs to it.

    `habit` is the convention by which the open entry was written, as what follows means another thing below a heading
    that is a link than below the item of a list. `last` is the heading of the section, and `above` are those
    that have nothing of their own.
    """

    def __init__(self, page: Page, prove: Prover, *, has_title: bool) -> None:
        self.page, self.prove, self.has_title = page, prove, has_title
        self.outline = Outline()
        self.opened: list[tuple[int, Draft]] = []
        self.habit = ""
        self.above: list[tuple[int, str]] = []
        self.last: tuple[int, str] | None = None
        self.findings: list[Finding] = []

    def following(self, at: int) -> Block | None:
        """The block behind one."""
        return self.page.blocks[at + 1] if at + 1 < len(self.page.blocks) else None

    def begin(self, title: str, block: Block) -> None:
        """Begins a section."""
        self.opened, self.habit = [], ""
        self.outline.parts.append(Part(title, self.page.at(block.tokens[0].start)))

    def open(self, entry: Draft, habit: str, level: int = ENTRY_LEVEL) -> None:
        """Begins an entry: under the one whose heading is higher, or in the section."""
        while self.opened and (self.opened[-1][0] >= level or len(self.opened) >= _GROUPED_AT_MOST):
            self.opened.pop()
        if self.opened:
            self.opened[-1][1].entries.append(entry)
        else:
            if not self.outline.parts:
                self.outline.parts.append(Part("", entry.location))
            self.outline.parts[-1].entries.append(entry)
        self.opened.append((level, entry))
        self.habit = habit

    def keep(self, block: Block) -> None:
        """A block that is no entry; links that come to be of none are told."""
        count = len(self.page.links(block.tokens))
        if count and not self.opened:
            links = "a link is" if count == 1 else f"{count} links are"
            message = f"{links} of no entry: kept as prose of the {'section' if self.outline.parts else 'issue'}"
            where = self.page.at(block.tokens[0].start)
            self.findings.append(Finding(location=where, severity=Severity.NOTE, rule="prose", message=message))
        self.say(self.page.raw(block))

    def say(self, text: str) -> None:
        """Text that is no entry belongs to the entry that is open, else to the section, else to the issue."""
        if self.opened:
            self.opened[-1][1].note.append(text)
        elif self.outline.parts:
            self.outline.parts[-1].text.append(text)
        else:
            self.outline.intro.append(text)
