"""UTF-8 that was read in an encoding of one byte a character: Ã©, â€™, ä½ å¥½, РїСЂРёРІРµС‚."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.encoding.damage import Damage, Part, stretches
from pipeline.encoding.pieces import GAP, Piece, pieces
from pipeline.encoding.tables import SINGLE_BYTE, SingleByte, common

__all__ = ["narrow"]

_LOST = "\ufffd"
_QUOTES = frozenset("\xa0“”‘’„‚–—…«»‹›")
_TYPOGRAPHIC = _QUOTES | frozenset("•·™©®°€§")
"""What sound text has behind a letter, so that it is no sign of damage: `“café”…`, `É™`, `«\xa0été\xa0»`."""

_ENOUGH, _OUTWEIGHS = 3, 4
"""Different characters that must come out, and how often what fits must outweigh what does not, in a whole text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run of characters that can be bytes, its parts, and what they tell.

    `sound` has a character that fits no damage; `whole` has lost nothing; `telling` is damaged for certain.
    """

    start: int
    end: int
    parts: tuple[Part, ...]
    restored: frozenset[str]
    sound: bool
    whole: bool
    telling: bool


def narrow(text: str) -> tuple[Damage, ...]:
    """The damage of the first encoding that explains any, those first that explain most."""
    reaches = [(_reach(text, encoding), encoding) for encoding in SINGLE_BYTE]
    for reach, encoding in sorted(reaches, key=lambda pair: -pair[0]):
        found = _damage(text, encoding) if reach else ()
        if found:
            return found
    return ()


def _reach(text: str, encoding: SingleByte) -> int:
    """How many characters of the text are whole characters of UTF-8 in the encoding."""
    return sum(len(match[0]) for match in _whole(encoding).finditer(text))


@functools.cache
def _whole(encoding: SingleByte) -> re.Pattern[str]:
    following = _class(encoding, 0x80, 0xBF)
    two, three, four = _class(encoding, 0xC2, 0xDF), _class(encoding, 0xE0, 0xEF), _class(encoding, 0xF0, 0xF4)
    return re.compile(f"{two}{following}|{three}{following}{{2}}|{four}{following}{{3}}")


@functools.cache
def _class(encoding: SingleByte, first: int, last: int) -> str:
    known = (character for character, byte in encoding.bytes.items() if first <= byte <= last)
    return f"[{re.escape(''.join(known))}]"


def _damage(text: str, encoding: SingleByte) -> tuple[Damage, ...]:
    there = set(text)
    losable = frozenset(byte for character, byte in encoding.bytes.items() if character not in there) & encoding.losable
    runs = list(_runs(text, encoding, losable))
    restored = frozenset[str]().union(*(run.restored for run in runs))
    fitting = sum(run.end - run.start for run in runs if run.restored and not run.sound)
    others = sum(run.end - run.start for run in runs if run.sound or not (run.restored or run.whole))
    telling = any(run.telling for run in runs)
    everywhere = (telling or len(restored) >= _ENOUGH) and fitting >= _OUTWEIGHS * others
    return tuple(
        Damage(start=run.start, end=run.end, how=f"UTF-8 read as {encoding.name}", parts=run.parts)
        for run in runs
        if run.telling or everywhere
        if any(part.choices != (part.was,) for part in run.parts)
    )


def _runs(text: str, encoding: SingleByte, losable: frozenset[int]) -> Iterator[_Run]:
    for start, end in stretches(text, _alphabet(encoding), _ends(encoding)):
        run = text[start:end]
        data = [GAP if character == _LOST else encoding.bytes[character] for character in run]
        parts = tuple(part for piece in pieces(data, losable) for part in _parts(run[piece.start : piece.end], piece))
        if all(part.choices == (part.was,) and part.was in _TYPOGRAPHIC for part in parts):
            continue
        whole = [part for part in parts if part.certain and len(part.was) > 1]
        signs = [part for part in whole if _a_sign(part)]
        sound = any(part.choices == (part.was,) and part.was not in _TYPOGRAPHIC for part in parts)
        yield _Run(
            start=start,
            end=end,
            parts=parts,
            restored=frozenset(part.choices[0] for part in signs),
            sound=sound,
            whole=len(whole) == len(parts),
            telling=not sound and 2 * len(whole) >= len(parts) and _telling(encoding, whole, signs),
        )


def _parts(was: str, piece: Piece) -> Iterator[Part]:
    """What a piece can have been; itself where it is no UTF-8, or of what nobody writes (controls, unassigned)."""
    if all(unicodedata.category(choice) in ("Cc", "Cn") for choice in piece.choices):
        yield from (Part(was=character, choices=(character,), certain=True) for character in was)
    else:
        yield Part(was=was, choices=piece.choices, certain=piece.whole)


def _a_sign(part: Part) -> bool:
    """Whether a whole character is a sign of damage: sound text does not write its bytes side by side."""
    if "\u2000" <= part.choices[0] <= "\u203f":
        return True
    harmless = _QUOTES if part.was[0] in "ÂÃ" else _TYPOGRAPHIC
    return part.was[1] != "\xa0" and not set(part.was[1:]) <= harmless


def _telling(encoding: SingleByte, whole: Sequence[Part], signs: Sequence[Part]) -> bool:
    """Whether a run is damaged for certain, whatever else the text has.

    Dashes and quotes (E2 80 and another byte) and emoji are known in any encoding: â€™, вЂ™, ΓÇÖ, ‚Äô, ðŸ™‚.
    """
    if any(len(part.was) == 4 or "\u2000" <= part.choices[0] <= "\u203f" for part in signs):
        return True
    if encoding.western:
        return any(len(part.was) > 2 or part.was[0] in "ÂÃ" for part in signs)
    return len(signs) > _ENOUGH or sum(len(part.was) == 3 and common(part.choices[0]) for part in whole) > 1


@functools.cache
def _alphabet(encoding: SingleByte) -> str:
    return f"[{re.escape(''.join(encoding.bytes))}{_LOST}]+"


@functools.cache
def _ends(encoding: SingleByte) -> tuple[str, ...]:
    """How full-width punctuation and quotes begin: EF BC, EF BD, E3 80, E2 80."""
    characters = {byte: character for character, byte in encoding.bytes.items()}
    return tuple("".join(characters[byte] for byte in bytes.fromhex(pair)) for pair in ("efbc", "efbd", "e380", "e280"))
