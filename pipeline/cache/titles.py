"""The numbers by which titles are found again, by the content of their issues: half of what a look for titles takes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from pipeline.history.near import Numbers, numbers_of
from pipeline.model import Issue

__all__ = ["packed", "unpacked"]

_NUMBER = "I"


def packed(issue: Issue) -> bytes:
    """The numbers of the titles of an issue's entries: of each how many names and grams it has, and those."""
    numbers = array(_NUMBER)
    for entry in issue.walk():
        by_name, by_gram = numbers_of(entry.title)
        numbers.extend((len(by_name), len(by_gram), *by_name, *by_gram))
    return numbers.tobytes()


def unpacked(data: bytes) -> Sequence[Numbers]:
    """The numbers of each entry's title."""
    numbers = array(_NUMBER)
    numbers.frombytes(data)
    found = []
    at = 0
    while at < len(numbers):
        grams = at + 2 + numbers[at]
        end = grams + numbers[at + 1]
        found.append((numbers[at + 2 : grams], numbers[grams:end]))
        at = end
    return found
