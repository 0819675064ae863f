"""Titles that may be like one that is asked for: found by its names, else by the rarest grams of both."""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from pipeline.identity import grams, names

__all__ = ["GRAMS", "USUAL", "Near", "Numbers", "index", "near", "numbers_of", "rarest"]

_RAREST = 4  # grams of a title by which it is found again; more bring no more true ones (measured on a million titles)

_OFTEN = 255  # as far as a byte can count

USUAL = 20
"""Titles by which a gram finds nothing that their names do not (measured on ten years of a weekly)."""

GRAMS = 1 << 22
"""Kinds of grams that an index counts apart, and each as far as a byte can: so it keeps the counts in 4 MiB."""

Numbers = tuple[Collection[int], Collection[int]]
"""The numbers by which a title is found again: those of its names, and those of its grams."""

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


class Near(NamedTuple):
    """The titles of an archive, each by its place among them: by the numbers of names, and by those of rare grams."""

    by_name: Mapping[int, Sequence[int]]
    by_gram: Mapping[int, Sequence[int]]

    def of(self, numbers: Numbers) -> Iterator[Sequence[int]]:
        """The places of titles that have a name with these numbers, or one of their rarest grams, where few have it."""
        for places, some in zip(self, numbers, strict=True):
            yield from (places[number] for number in some if number in places)


def near(titles: Sequence[Numbers]) -> Near:
    """The titles with these numbers, ready to be asked for."""
    counts = Counter(itertools.chain.from_iterable(some for _, some in titles))
    often = {gram: min(count, _OFTEN) for gram, count in counts.items()}.__getitem__
    by_gram = index(rarest(some, often) for _, some in titles)
    few = {gram: places for gram, places in by_gram.items() if len(places) <= USUAL}
    return Near(index(some for some, _ in titles), few)
