"""Titles that may be like one that is asked for: found by its names, else by the rarest grams of both."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from pipeline.identity import grams, names

__all__ = ["GRAMS", "USUAL", "Near", "Numbers", "index", "numbers_of", "rarest"]

_RAREST = 4  # grams of a title by which it is found again; more bring no more true ones (measured on a million titles)

USUAL = 20
"""Titles by which a gram finds nothing that their names do not (measured on ten years of a weekly)."""

GRAMS = 1 << 22
"""Kinds of grams that are counted apart, and each as far as a byte can: so an index keeps the counts in 4 MiB."""

Numbers = tuple[Collection[int], Collection[int]]
"""The numbers by which a title is found again: those of its names, and those of its grams."""

_Key = TypeVar("_Key")


@functools.lru_cache(maxsize=1 << 12)
def numbers_of(title: str) -> Numbers:
    """The numbers of a title."""
    return names(title), grams(title)


def rarest(some: Iterable[int], frequency: Mapping[int, int] | bytearray) -> list[int]:
    """Of a title's grams those by which it is found again; `frequency` says how often those of one kind were seen."""
    seldom = sorted([(min(frequency[gram % GRAMS], 255), gram) for gram in some])
    return [gram for _, gram in seldom[:_RAREST]]


def index(found: Iterable[Iterable[_Key]]) -> dict[_Key, list[int]]:
    """The places of what is found by each key."""
    places: dict[_Key, list[int]] = defaultdict(list)
    for place, keys in enumerate(found):
        for key in keys:
            places[key].append(place)
    return dict(places)


class Near:
    """The titles of an archive, by their numbers, in order; only for some titles to be `asked`, or for all where None.

    To know of 30,000 titles what 30 may ask for takes a fifth of knowing what anything may.
    """

    def __init__(self, titles: Sequence[Numbers], asked: Iterable[Numbers] | None = None) -> None:
        frequency = Counter(gram % GRAMS for _, some in titles for gram in some)
        if asked is None:
            self._by_name = index(some for some, _ in titles)
            self._by_gram = index(rarest(some, frequency) for _, some in titles)
            return
        wanted: tuple[set[int], set[int]] = set(), set()
        for numbers in asked:
            for whole, part in zip(wanted, numbers, strict=True):
                whole.update(part)
        by_name, by_gram = wanted
        self._by_name = index(() if by_name.isdisjoint(some) else some for some, _ in titles)
        self._by_gram = index(() if by_gram.isdisjoint(some) else rarest(some, frequency) for _, some in titles)

    def of(self, numbers: Numbers) -> Iterator[list[int]]:
        """The places of titles that have a name with these numbers, or one of their rarest grams, where few have it."""
        by_name, by_gram = numbers
        yield from (self._by_name[name] for name in by_name if name in self._by_name)
        found = (self._by_gram[gram] for gram in by_gram if gram in self._by_gram)
        yield from (places for places in found if len(places) <= USUAL)
