"""Sections that the settings name, as `standing` or under `rules`, and that no issue has: a slip, without effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.findings import Finding
from pipeline.history.outline import Outline
from pipeline.model import Location, Publication
from pipeline.read.fields import nearest
from pipeline.rules import finding

__all__ = ["unknown_sections"]


def unknown_sections(settings: Publication, path: str, issues: Sequence[Outline]) -> Iterator[Finding]:
    """Warns of each such title once, in the file of settings at `path`, with the nearest one that there is.

    A title that a draft has, an old issue, or the order of sections, is none; nor is any where there is no issue yet.
    """
    known = {title for issue in issues for title, _, _ in issue.sections} | set(settings.sections)
    named = dict.fromkeys(settings.standing, "standing")
    for rule, setting in settings.rules.items():
        named |= {title: f"rules: {rule}" for title in setting.sections if title not in named}
    for title, where in named.items():
        if issues and title not in known:
            message = f"“{where}” names the section “{title}”, which no issue has{nearest(title, known)}"
            yield finding("unknown-section", Location(path=path), message)
