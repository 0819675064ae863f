"""Text whose characters are two or more bytes on one side: UTF-8 read as GBK, GBK or Shift-JIS read as Latin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.encoding.damage import Damage, Part, stretches
from pipeline.encoding.pieces import GAP, pieces
from pipeline.encoding.tables import CONTINUATION, SINGLE_BYTE, common

__all__ = ["wide"]

_LOST = "\ufffd"
_NOT_ASCII = "[^\x00-\x7f]+"
_LATIN = {encoding.name: encoding for encoding in SINGLE_BYTE if encoding.name in ("cp1252", "latin-1")}
_PAIRS_OF_LATIN = {
    "gb18030": "(?:[{0}][{0}])+",
    # Half-width katakana are one byte, and the second byte of two can be one of ASCII.
    "cp932": "(?:[{0}](?:[{0}]|[@-~]))+",
}
_ENOUGH = {"UTF-8": 2, "gb18030": 3, "cp932": 3}
"""Characters that must come out of a text: six bytes are hardly UTF-8 by chance, but four are often two of GBK."""

_COMMON, _RARE = 0.9, 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """An encoding that a text was written in and the one that it was read in."""

    written: str
    read: str
    characters: str
    bytes: Callable[[str], bytes | None]


def wide(text: str) -> tuple[Damage, ...]:
    """The damage of the pair of encodings that explains most; none where too few characters come out."""
    found = [tuple(_damage(text, pair)) for pair in _PAIRS]
    return max(found, key=lambda damage: sum(one.end - one.start for one in damage))


def _damage(text: str, pair: _Pair) -> Iterator[Damage]:
    runs = []
    for start, end in stretches(text, pair.characters):
        parts = _parts(text[start:end], pair)
        if parts:
            runs.append(Damage(start=start, end=end, how=f"{pair.written} read as {pair.read}", parts=parts))
    good = [run for run in runs if _better(text[run.start : run.end], run.parts)]
    if sum(len(run.parts) for run in good) >= _ENOUGH[pair.written]:
        yield from good


def _parts(run: str, pair: _Pair) -> tuple[Part, ...]:
    """What the bytes of a run are when they are read as they were written; nothing where they cannot be."""
    data: list[int] = []
    for place, piece in enumerate(run.split(_LOST)):
        given = pair.bytes(piece)
        if given is None:
            return ()
        data += [GAP, *given] if place else given
    if pair.written == "UTF-8":
        found = list(pieces(data, frozenset(CONTINUATION)))
        if not all(piece.choices for piece in found) or sum(not piece.whole for piece in found) * 2 > len(found):
            return ()
        return _as_parts(run, [(piece.choices, piece.whole) for piece in found])
    if GAP in data:
        return ()
    try:
        decoded = bytes(data).decode(pair.written)
    except UnicodeDecodeError:
        return ()
    return _as_parts(run, [((character,), True) for character in decoded])


def _as_parts(run: str, found: list[tuple[tuple[str, ...], bool]]) -> tuple[Part, ...]:
    """The first part stands for all that was there: characters of two encodings do not end together."""
    return tuple(
        Part(was="" if place else run, choices=choices, certain=certain)
        for place, (choices, certain) in enumerate(found)
    )


def _better(run: str, parts: tuple[Part, ...]) -> bool:
    """Whether what comes out is common East Asian text, and what went in is not."""
    certain = [part.choices[0] for part in parts if part.certain]
    wide_ones = [character for character in certain if character > "\u2fff"]
    if "鈥" in run:  # E2 80 read as GBK: a dash or a quote of any language; the character itself is hardly ever written
        return True
    if len(wide_ones) < 2 or _share(certain) < _COMMON:
        return False
    if run[0] < "\u2fff":
        # Capitals in a row can be GBK as well; damage has signs between them.
        return any("\x80" <= character <= "\xbf" or ord(character) > 0xFF for character in run)
    return _share(run) < _RARE


def _share(text: str | list[str]) -> float:
    return sum(map(common, text)) / len(text)


def _encoder(name: str) -> Callable[[str], bytes | None]:
    def encoded(text: str) -> bytes | None:
        try:
            return text.encode(name)
        except UnicodeEncodeError:
            return None

    return encoded


def _latin(name: str) -> Callable[[str], bytes | None]:
    known = _LATIN[name].bytes

    def encoded(text: str) -> bytes | None:
        return bytes(known.get(character, ord(character) & 0x7F) for character in text)

    return encoded


def _pairs() -> Iterator[_Pair]:
    for name in ("gb18030", "cp932", "big5"):
        yield _Pair(written="UTF-8", read=name, characters=_NOT_ASCII, bytes=_encoder(name))
    for written, characters in _PAIRS_OF_LATIN.items():
        for read, encoding in _LATIN.items():
            known = characters.format(re.escape("".join(encoding.bytes)))
            yield _Pair(written=written, read=read, characters=known, bytes=_latin(read))
    yield _Pair(written="cp932", read="gb18030", characters=_NOT_ASCII, bytes=_encoder("gb18030"))
    yield _Pair(written="gb18030", read="cp932", characters=_NOT_ASCII, bytes=_encoder("cp932"))


_PAIRS = tuple(_pairs())
