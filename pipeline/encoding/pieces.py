"""Bytes of UTF-8, some of them lost, to the characters that they can be."""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.encoding.tables import CONTINUATION

__all__ = ["GAP", "Piece", "pieces"]

GAP = -1
"""A byte that is known to have been there and to be lost: U+FFFD in the text."""

_LARGEST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes `start` to `end` of a run and the characters that they can be: none where they are no UTF-8 at all.

    It is `whole` where no byte is lost: then there is one choice at most.
    """

    start: int
    end: int
    choices: tuple[str, ...]
    whole: bool


def pieces(run: Sequence[int], losable: frozenset[int]) -> Iterator[Piece]:
    """The characters of a run of bytes, in order; a byte that belongs to none is a piece without choices."""
    place = 0
    while place < len(run):
        length = _length(run[place])
        end = place + 1
        while end < min(place + length, len(run)) and (run[end] in CONTINUATION or run[end] == GAP):
            end += 1
        if length > 1:
            choices = _choices(tuple(run[place:end]), length, losable)
        else:
            choices = (chr(run[place]),) if 0 <= run[place] < 0x80 else ()
        end = end if choices else place + 1
        whole = not choices or (end - place == length and GAP not in run[place:end])
        yield Piece(start=place, end=end, choices=choices, whole=whole)
        place = end


def _length(byte: int) -> int:
    """The bytes of a character whose first is given (RFC 3629, section 4); 1 where none of several begins."""
    for length, first, last in ((2, 0xC2, 0xDF), (3, 0xE0, 0xEF), (4, 0xF0, 0xF4)):
        if first <= byte <= last:
            return length
    return 1


@functools.lru_cache(maxsize=65536)
def _choices(kept: tuple[int, ...], length: int, losable: frozenset[int]) -> tuple[str, ...]:
    """The characters of `length` bytes of which the kept ones, in order, are left: all that are likely."""
    lost = length - len(kept)
    found: set[str] = set()
    options = [tuple(losable)] * lost + [tuple(CONTINUATION)] * kept.count(GAP)
    if (lost and not losable) or _product(options) > _LARGEST:
        return ()
    for gaps in itertools.combinations(range(1, length), lost):
        for values in itertools.product(*options):
            lost_ones, broken_ones, ours = iter(values[:lost]), iter(values[lost:]), iter(kept)
            whole = [next(lost_ones) if place in gaps else next(ours) for place in range(length)]
            whole = [next(broken_ones) if byte == GAP else byte for byte in whole]
            try:
                found.add(bytes(whole).decode("utf-8"))
            except UnicodeDecodeError:
                continue
    nothing_lost = len(kept) == length and GAP not in kept
    return tuple(sorted(character for character in found if nothing_lost or _likely(character)))


def _product(options: Sequence[Sequence[int]]) -> int:
    return functools.reduce(lambda product, option: product * len(option), options, 1)


def _likely(character: str) -> bool:
    """Whether people write it: letters, marks, numbers, punctuation and symbols."""
    return unicodedata.category(character)[0] in "LMNPS" or character == "\u3000"
