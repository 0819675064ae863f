"""What waits in the inbox: each entry with what readers have had of it, and the file sorted."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipeline.capture.adding import LATER
from pipeline.capture.shelf import Shelf, held, shelf, write_inbox
from pipeline.edit.inbox import put_in_order
from pipeline.findings import Finding
from pipeline.history.memory import Before, Past
from pipeline.history.repeats import by_title, likest
from pipeline.identity import Verdict
from pipeline.project import Project
from pipeline.read.inbox import Waiting

__all__ = ["BY", "Listed", "sort_inbox", "waiting"]

BY = ("section", "date")
"""What an inbox may be sorted by."""

_SOME_DAY = datetime.date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry of the inbox, and the earlier entry that it needs to be looked at beside; None where it is new."""

    waiting: Waiting
    past: Past | None
    verdict: Verdict | None


def waiting(project: Project) -> tuple[tuple[Listed, ...], tuple[Finding, ...]]:
    """The entries of the inbox by section, in the publication's order of them; and what was found.

    Raises BadSource where the settings or the inbox cannot be read.
    """
    kept = shelf(project)
    order = _sections(kept)
    found = []
    for one in sorted(kept.inbox.waiting, key=lambda one: order[one.section]):
        alike = likest(one.entry, by_title(one.entry, kept.history, Before(LATER)))
        verdict, past = (alike[0], alike[1]) if alike and alike[0].kind != "related" else (None, None)
        found.append(Listed(waiting=one, past=past, verdict=verdict))
    return tuple(found), kept.findings


def sort_inbox(project: Project, by: str) -> None:
    """Sorts the file of the inbox by section, or by the day on which entries came; comments stay with their entries.

    Raises a PipelineError where the inbox cannot be read or written.
    """
    with held(project):
        kept = shelf(project)
        if kept.data is None:
            return
        order = _sections(kept)

        def key(one: Waiting) -> int:
            return order[one.section] if by == "section" else (one.added or _SOME_DAY).toordinal()

        wanted = sorted(kept.inbox.waiting, key=key)
        write_inbox(project, kept, lambda data: put_in_order(data, kept.inbox, key), wanted)


def _sections(kept: Shelf) -> dict[str, int]:
    """The places of the sections: none, those of the settings, others as they come."""
    titles = ["", *kept.settings.sections, *(one.section for one in kept.inbox.waiting)]
    return {title: place for place, title in enumerate(dict.fromkeys(titles))}
