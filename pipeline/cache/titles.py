"""What titles are found by, kept: the numbers of each issue's by its content, and all of them by all those numbers."""

from __future__ import annotations

import hashlib
import itertools
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.cache.log import Log, record
from pipeline.cache.maker import maker
from pipeline.history.near import Near, Numbers, near, numbers_of
from pipeline.model import Issue
from pipeline.parallel import shares, spread

__all__ = ["Titles"]

_NUMBER = "I"
_SHARE = 25  # issues that a process makes the numbers of at least


class Titles:
    """The titles of an archive, made ready to be asked for once and kept from then on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: list[tuple[Log, Sequence[bytes]]] = []

    def near(self, issues: Sequence[Issue], contents: Sequence[bytes]) -> Near:
        """The titles of all entries of some issues, in their order; `contents` stand for what they were read from."""
        numbers, whole = Log(self._folder / "titles"), Log(self._folder / "near")
        rest = [(key, issue) for key, issue in zip(contents, issues, strict=True) if numbers.get(key) is None]
        for made in spread(lambda some: [record(key, _numbers(issue)) for key, issue in some], shares(rest, _SHARE)):
            numbers.add(b"".join(made))
        each = [numbers.get(key) or b"" for key in contents]
        key = hashlib.blake2b(b"".join(each), digest_size=16, key=maker()).digest()
        kept = whole.get(key)
        if kept is None:
            found = near([one for data in each for one in _each(data)])
            kept = b"".join(map(_packed, found))
            whole.add(record(key, kept))
        self._used = [(numbers, contents), (whole, [key])]
        return Near(*_unpacked(kept))

    def keep(self) -> None:
        """Keeps what was made for the next time, for one process at a time."""
        for log, used in self._used:
            log.keep(used)


def _numbers(issue: Issue) -> bytes:
    """The numbers of the titles of an issue's entries: of each how many names and grams it has, and those."""
    numbers = array(_NUMBER)
    for entry in issue.walk():
        by_name, by_gram = map(sorted, numbers_of(entry.title))
        numbers.extend((len(by_name), len(by_gram), *by_name, *by_gram))
    return numbers.tobytes()


def _each(data: bytes) -> Iterator[Numbers]:
    """The numbers of each entry's title."""
    numbers = array(_NUMBER)
    numbers.frombytes(data)
    at = 0
    while at < len(numbers):
        grams = at + 2 + numbers[at]
        end = grams + numbers[at + 1]
        yield numbers[at + 2 : grams], numbers[grams:end]
        at = end


class _Places(Mapping[int, Sequence[int]]):
    """The places of titles by number, as they lie on the disk: the numbers in order, where those of each end, those."""

    def __init__(self, numbers: Sequence[int], ends: Sequence[int], places: Sequence[int]) -> None:
        self._numbers, self._ends, self._places = numbers, ends, places

    def __getitem__(self, number: int) -> Sequence[int]:
        at = bisect_left(self._numbers, number)
        if self._numbers[at : at + 1] != array(_NUMBER, [number]):
            raise KeyError(number)
        return self._places[self._ends[at - 1] if at else 0 : self._ends[at]]

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def _packed(found: Mapping[int, Sequence[int]]) -> bytes:
    """What `_unpacked` makes the same of."""
    numbers = sorted(found)
    ends = itertools.accumulate(len(found[number]) for number in numbers)
    places = list(itertools.chain.from_iterable(found[number] for number in numbers))
    return array(_NUMBER, (len(numbers), len(places), *numbers, *ends, *places)).tobytes()


def _unpacked(data: bytes) -> Iterable[_Places]:
    given = array(_NUMBER)
    given.frombytes(data)
    at = 0
    while at < len(given):
        numbers, places = at + 2 + given[at], at + 2 + 2 * given[at]
        end = places + given[at + 1]
        yield _Places(given[at + 2 : numbers], given[numbers:places], given[places:end])
        at = end
