"""A damaged stretch of a text, and what its parts can have been."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Damage", "Part", "stretches"]

_ADDRESS = r"(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.|mailto:)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Characters of the text and what they can have been; `certain` where nothing of them is lost."""

    was: str
    choices: tuple[str, ...]
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What stands from `start` to `end` of a text, part by part, and how it came to be."""

    start: int
    end: int
    how: str
    parts: tuple[Part, ...]


def stretches(text: str, characters: str, ends: Iterable[str] = ()) -> Iterable[tuple[int, int]]:
    """Where runs of characters stand (a class of `re`), outside addresses.

    An address ends at a blank, a quote or a bracket, or before one of the `ends`: a full-width comma behind it, read
    wrongly, is none of its own.
    """
    before = "".join(f"(?!{re.escape(end)})" for end in ends)
    pattern = re.compile(f"{_ADDRESS}(?:{before}[^ \\t\\r\\n<>\"'`()])*|(?P<run>{characters})")
    return [match.span() for match in pattern.finditer(text) if match["run"]]
