"""Which bytes stand behind the characters of a text that was read in a wrong encoding of one byte a character."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CONTINUATION", "SINGLE_BYTE", "SingleByte", "common"]

CONTINUATION = range(0x80, 0xC0)
"""What follows the first byte of a character in UTF-8 (RFC 3629, section 3)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SingleByte:
    """An encoding of one byte a character: its upper half, and the bytes that a text can have lost in it.

    `western` tells those in which people write few letters of the upper half at a time, so that one damaged
    character is told from a text that is sound.
    """

    name: str
    western: bool
    bytes: Mapping[str, int]
    losable: frozenset[int]


def _single_byte(name: str, *, western: bool, also_lost: str = "") -> SingleByte:
    """The encoding; a byte that it leaves open stands for the control of its number, as browsers read it (WHATWG)."""
    known: dict[str, int] = {}
    losable = {0xAD} | set(bytes.fromhex(also_lost))
    for byte in range(0x80, 0x100):
        try:
            character = bytes([byte]).decode(name)
        except UnicodeDecodeError:
            character = chr(byte)
        known[character] = byte
        if character < "\xa0" or character == "\xad":
            losable.add(byte)
    return SingleByte(name=name, western=western, bytes=known, losable=frozenset(losable & set(CONTINUATION)))


SINGLE_BYTE = (
    _single_byte("cp1252", western=True, also_lost="8e 9e"),  # Ž and ž came late, and Turkish has none
    _single_byte("cp1254", western=True),
    _single_byte("latin-1", western=True),
    _single_byte("cp1251", western=False),
    _single_byte("cp1250", western=False),
    _single_byte("koi8-r", western=False),
    _single_byte("mac-roman", western=False),
    _single_byte("cp437", western=False),
)
"""The encodings that UTF-8 is read in by mistake; of two that explain a text as well, the first is taken."""


def common(character: str) -> bool:
    """Whether it is ASCII, kana, CJK punctuation, or a character of the first level of GB 2312 or JIS X 0208."""
    if character < "\x80" or "\u3000" <= character <= "\u30ff" or "\uff01" <= character <= "\uff60":
        return True
    if character in "“”‘’—…·":
        return True
    return any(
        len(data) == 2 and first <= data[0] <= last
        for data, first, last in (
            (character.encode("gb2312", "ignore"), 0xB0, 0xD7),
            (character.encode("shift_jis", "ignore"), 0x88, 0x97),
        )
    )
