"""What an index finds earlier entries by: numbers of keys, and numbers of pieces of titles."""

from __future__ import annotations

import hashlib
import re
import zlib

from pipeline.identity.ordinals import take_out
from pipeline.identity.titles import gist, gists, plain, squash
from pipeline.identity.words import split

__all__ = ["grams", "key_number", "names"]

_LETTERS, _CHARACTERS = 6, 3
_SHORTEST_NAME = 4
_MOST_SEGMENTS = 8
_DIGITS = re.compile(r"\d\d+")


def key_number(key: str) -> int:
    """A key, or any other string, as a signed integer of 64 bits, as SQLite stores them; the same for ever.

    Of a million keys two share a number with a chance of 3 in 100 million.
    """
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


def names(title: str) -> frozenset[int]:
    """Numbers of 32 bits for the whole title, without its ordinals too, and for each run of its segments: two or three.

    By the one without ordinals, however short, who asks for `Ruff` finds `Ruff 0.1`.

    Titles that `relate` calls likely share one, but for those that are cut off or have a word more: `grams` finds
    these. An index holds all of them, and a title is looked up by all of them; what it finds goes to `relate`.
    """
    text = plain(title)[0]
    segments = gists(text)[:_MOST_SEGMENTS]
    whole = gist(text)
    found = {whole}
    for first in range(len(segments)):
        run = ""
        for segment in segments[first:]:
            run += segment
            found.add(run)
    rest = take_out(text)[0]
    core = whole if rest is text else gist(rest)
    long = {name for name in found if len(name) >= _SHORTEST_NAME}
    return frozenset(map(_number, (long | {core}) - {""}))


def grams(title: str) -> frozenset[int]:
    """Numbers of 32 bits for each six neighbouring letters of a title, or three Chinese characters.

    They only find titles that may be near: an index holds the four of each title that are rarest in it, and a title is
    looked up by its own rarest. Two titles of a real archive have 0.0001 of those in common, by chance.
    """
    pieces = split(squash(plain(title)[0]))
    found: set[str] = set()
    _add(found, pieces[1::2], _CHARACTERS)
    _add(found, [_DIGITS.sub(_as_letter, piece) for piece in pieces[::2]], _LETTERS)
    return frozenset(map(_number, found))


def _add(found: set[str], runs: list[str], size: int) -> None:
    """Adds each `size` neighbouring characters of each run; a shorter run as it is."""
    for run in runs:
        if run:
            found.update([run[at : at + size] for at in range(max(len(run) - size + 1, 1))])


def _as_letter(number: re.Match[str]) -> str:
    """A character of Unicode's private planes for a number: of it no part is looked for."""
    return chr(0xF0000 + _number(number[0]) % 0x20000)


def _number(text: str) -> int:
    """CRC-32 (ISO 3309) of the text; that two texts may share one does no harm, as what is found is compared."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))
