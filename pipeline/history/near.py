"""Titles that may be like one that is asked for: found by its names, else by the rarest grams of both."""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from pipeline.identity import grams, names

__all__ = ["GRAMS", "USUAL", "Near", "Numbers", "Places", "closest", "index", "near", "numbers_of", "rarest"]

_RAREST = 4  # grams of a title by which it is found again; more bring no more true ones (measured on a million titles)

_OFTEN = 255  # as far as a byte can count

USUAL = 20
"""Titles beyond which what they have in common tells none of them apart.

A gram of so many finds nothing that their names do not (measured on ten years of a weekly), and a name of so many is of
a series, a column or a site: in 886 issues of three archives it made no two titles likely.
"""

GRAMS = 1 << 22
"""Kinds of grams that an index counts apart, and each as far as a byte can: so it keeps the counts in 4 MiB."""

Numbers = tuple[Collection[int], Collection[int]]
"""The numbers by which a title is found again: those of its names, and those of its grams."""

Places = Sequence[Sequence[int]]
"""The places of titles among all, those of each number that they are found by."""

_Key = TypeVar("_Key")


@functools.lru_cache(maxsize=1 << 12)
def numbers_of(title: str) -> Numbers:
    """The numbers of a title."""
    return names(title), grams(title)


def rarest(some: Iterable[int], often: Callable[[int], int]) -> list[int]:
    """Of a title's grams those by which it is found again; `often` says how often one was seen, 255 at the most."""
    return sorted(sorted(some), key=often)[:_RAREST]


def index(found: Iterable[Iterable[_Key]]) -> dict[_Key, list[int]]:
    """The places of what is found by each key."""
    places: dict[_Key, list[int]] = defaultdict(list)
    for place, keys in enumerate(found):
        for key in keys:
            places[key].append(place)
    return dict(places)


def closest(ranks: Iterable[Iterable[int]], most: int) -> list[int]:
    """At most so many numbers, in their order: those of the first ranks before others, of each the highest."""
    found: set[int] = set()
    for rank in ranks:
        found.update(sorted(set(rank) - found, reverse=True)[: most - len(found)])
    return sorted(found)


class Near(NamedTuple):
    """The titles of an archive, each by its place among them: by the numbers of names, and by those of rare grams."""

    by_name: Mapping[int, Sequence[int]]
    by_gram: Mapping[int, Sequence[int]]

    def ranks(self, numbers: Numbers) -> tuple[Places, Places, Places]:
        """The places of titles like one with these numbers: by names that few have, by rare grams, by any name."""
        names, grams = (
            [places[number] for number in some if number in places] for places, some in zip(self, numbers, strict=True)
        )
        return [places for places in names if len(places) <= USUAL], grams, names


def near(titles: Sequence[Numbers]) -> Near:
    """The titles with these numbers, ready to be asked for."""
    counts = Counter(itertools.chain.from_iterable(some for _, some in titles))
    often = {gram: min(count, _OFTEN) for gram, count in counts.items()}.__getitem__
    by_gram = index(rarest(some, often) for _, some in titles)
    few = {gram: places for gram, places in by_gram.items() if len(places) <= USUAL}
    return Near(index(some for some, _ in titles), few)
