"""Sections that the settings name, as `standing` or under `rules`, and that no issue has: a slip, without effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.findings import Finding
from pipeline.history.outline import Outline
from pipeline.model import Publication
from pipeline.read.fields import nearest
from pipeline.rules import finding

__all__ = ["unknown_sections"]


def unknown_sections(settings: Publication, issues: Sequence[Outline]) -> Iterator[Finding]:
    """Warns of each such title once, where the settings first name it, with the nearest one that there is.

    A title that a draft has, an old issue, or the order of sections, is none; nor is any where there is no issue yet.
    """
    known = {title for issue in issues for title, _, _ in issue.sections} | set(settings.sections)
    named = [("standing", *one) for one in zip(settings.standing, settings.standing_places, strict=True)]
    for rule, setting in settings.rules.items():
        named += [(f"rules: {rule}", title, setting.places[title]) for title in setting.sections]
    told: set[str] = set()
    for where, title, place in named if issues else ():
        if title not in known | told:
            told.add(title)
            message = f"“{where}” names the section “{title}”, which no issue has{nearest(title, known)}"
            yield finding("unknown-section", place, message)
