"""What is missing: sections without entries, entries without a word on them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.findings import Finding
from pipeline.model import Issue
from pipeline.rules import finding

__all__ = ["gaps"]


def gaps(issue: Issue) -> Iterator[Finding]:
    """Notes sections with nothing in them and entries without a note, a link or an entry grouped under them."""
    for section in issue.sections:
        if not section.entries and not section.text:
            message = f"the section “{section.title}” is empty, and readers will not see it"
            yield finding("empty-section", section.location, message)
    for entry in issue.walk():
        if not (entry.note or entry.links or entry.entries):
            message = f"“{entry.title}” has no note: a line on why it is worth reading?"
            yield finding("no-note", entry.location, message)
