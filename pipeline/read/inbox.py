"""`inbox.yaml`: entries that wait for an issue, in the form of an issue's YAML, each with the day on which it came."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipeline.model import Entry, Section
from pipeline.read.draft import Part
from pipeline.read.entries import from_yaml
from pipeline.read.fields import Fields
from pipeline.read.issue import named
from pipeline.read.links import prover
from pipeline.read.source import Report, decoded
from pipeline.read.yaml import Items, Node, Pairs, parsed

__all__ = ["ADDED", "Inbox", "Waiting", "read_inbox"]

ADDED = "added"
"""The key of the day on which an entry came into the inbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An entry of the inbox, the title of the section that it is meant for, and the day on which it came, if told."""

    entry: Entry
    section: str
    added: datetime.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What waits, in the file's order; `column` is that of the dashes of its list, from 1."""

    waiting: tuple[Waiting, ...] = ()
    column: int = 1


def read_inbox(path: str, data: bytes, report: Report) -> Inbox | None:
    """What an inbox holds; None where an error stands in the report."""
    source = decoded(path, data, report)
    node = parsed(source, report) if source else None
    if node is not None and (not isinstance(node, Items) or node.flow):
        report.error(node.location, "bad-entry", "an inbox is a list of entries, each behind a dash of its own")
    items = node.items if isinstance(node, Items) else ()
    prove = prover((), report, used=set())
    parts, days = [], []
    for item in items:
        entry, day = _apart(item, report)
        days.append(day)
        parts += [Part(section, draft.location, entries=[draft]) for section, draft in from_yaml(entry, prove, report)]
    sections = named(parts, report)
    if report.refuses:
        return None
    column = node.location.column if node else None
    waiting = (_waiting(section, day) for section, day in zip(sections, days, strict=True))
    return Inbox(waiting=tuple(waiting), column=column or 1)


def _waiting(section: Section, day: datetime.date | None) -> Waiting:
    return Waiting(entry=section.entries[0], section=section.title, added=day)


def _apart(item: Node, report: Report) -> tuple[Node, datetime.date | None]:
    """An entry as an issue would have it, and the day on which it came into the inbox."""
    if not isinstance(item, Pairs):
        return item, None
    own = tuple(pair for pair in item.pairs if pair[0].value == ADDED)
    rest = tuple(pair for pair in item.pairs if pair[0].value != ADDED)
    return Pairs(pairs=rest, location=item.location), Fields(
        Pairs(pairs=own, location=item.location), (ADDED,), report
    ).date(ADDED)
