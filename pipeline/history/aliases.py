"""Addresses that an editor has said to be of one thing, where no rule can know it: renamed accounts, moved sites."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pipeline.history.memory import Before, History, Past, key_of

__all__ = ["Groups", "aliased", "alike"]

Groups = Sequence[Collection[str]]
"""Each group holds addresses of one thing: a list of the publication's `aliases.yaml`."""


def alike(groups: Groups) -> Mapping[str, Collection[str]]:
    """The addresses of one thing by the key of each; groups that share a key are one."""
    joined: dict[str, set[str]] = {}
    for group in groups:
        together = set(group).union(*(joined.get(key_of(url), ()) for url in group))
        joined.update(dict.fromkeys(map(key_of, together), together))
    return {key: sorted(urls) for key, urls in joined.items() if key}


def aliased(history: History, groups: Groups) -> History:
    """The history in which these groups are known."""
    return _Aliased(history, groups) if groups else history


class _Aliased:
    """A history in which some addresses are known to be of one thing; what is found by one bears the others."""

    def __init__(self, history: History, groups: Groups) -> None:
        self._history = history
        self._alike = alike(groups)

    def carrying(self, key: str, before: Before) -> Sequence[Past]:
        """By address, alias, or another address of the same group."""
        urls = self._alike.get(key)
        if urls is None:
            return self._history.carrying(key, before)
        found = [past for other in dict.fromkeys(map(key_of, urls)) for past in self._history.carrying(other, before)]
        once = {past.reference: replace(past, alias=(*past.alias, *urls)) for past in found}
        return [once[reference] for reference in sorted(once)]

    def mentioning(self, key: str, before: Before) -> Sequence[Past]:
        """By further link or link in the note."""
        return self._history.mentioning(key, before)

    def parts(self, key: str, before: Before) -> Sequence[Past]:
        """By what the address is of a part of."""
        return self._history.parts(key, before)

    def near(self, title: str, before: Before, *, telling: bool = False) -> Sequence[Past]:
        """By title."""
        return self._history.near(title, before, telling=telling)

    def at(self, reference: str) -> Past | None:
        """By issue and permalink."""
        return self._history.at(reference)

    def distance(self, older: str, newer: str) -> int:
        """By place among the issues."""
        return self._history.distance(older, newer)
