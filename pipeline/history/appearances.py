"""An entry's own history: every issue that it was in, as readers are shown it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.answers import answer
from pipeline.history.aliases import Groups, alike
from pipeline.history.memory import Memory, key_of
from pipeline.model import Entry, Issue

__all__ = ["Appearance", "appearances"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """An issue that carried an entry, and where; `word` is the editor's answer: update, recall, …, or nothing."""

    issue: str
    number: int
    slug: str
    word: str


def appearances(history: Memory, shown: Iterable[Issue], groups: Groups = ()) -> Mapping[str, tuple[Appearance, ...]]:
    """The appearances, oldest first, of each entry that was in several issues, by reference: `2023-02-25#whisper`.

    What one has the address of, or the alias, is the same, and what the editor's `groups` say. `shown` are the issues
    as readers get them: an entry that was dropped appears nowhere.
    """
    alikes = {tuple(map(key_of, urls)) for urls in alike(groups).values()}
    returning = history.returning(sorted(alikes))
    if not returning:
        return {}
    names = {issue.name for group in returning for issue, _ in group}
    standing = {f"{issue.name}#{entry.slug}" for issue in shown if issue.name in names for entry in issue.walk()}
    found: dict[str, tuple[Appearance, ...]] = {}
    for group in returning:
        some = {f"{issue.name}#{entry.slug}": _appearance(issue, entry) for issue, entry in group}
        told = {reference: one for reference, one in some.items() if reference in standing}
        if len({one.issue for one in told.values()}) < 2:
            continue
        together = tuple(told.values())
        for reference in told:
            before = found.get(reference)
            found[reference] = together if before is None else _together(before, together)
    return found


def _appearance(issue: Issue, entry: Entry) -> Appearance:
    given = answer(entry)
    return Appearance(issue=issue.name, number=issue.number, slug=entry.slug, word=given.word if given else "")


def _together(some: tuple[Appearance, ...], others: tuple[Appearance, ...]) -> tuple[Appearance, ...]:
    """Of an entry that is found by two keys, its address and an alias."""
    once = {(one.issue, one.slug): one for one in (*some, *others)}
    return tuple(sorted(once.values(), key=lambda one: one.issue))
