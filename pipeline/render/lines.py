"""Lines of plain text by display width: a text that is read in a fixed-width font, wrapped where a line may end."""

from __future__ import annotations

import bisect
import re
import unicodedata

__all__ = ["CLOSING", "WIDTH", "is_ideograph", "underlined", "width", "wrap"]

WIDTH = 72
"""Columns of a line; addresses and long words stand over it."""


class _Cells(dict[str, int]):
    """Columns of a character in a fixed-width font (Unicode annex 11): 2 for wide ones, 0 for marks upon others."""

    def __missing__(self, character: str) -> int:
        wide = unicodedata.east_asian_width(character) in "WF"
        bare = unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc")
        self[character] = cells = 0 if bare else 2 if wide else 1
        return cells


_CELLS = _Cells()


def width(text: str) -> int:
    """The columns that a text fills in a fixed-width font."""
    return len(text) if text.isascii() else sum(map(_CELLS.__getitem__, text))


_IDEOGRAPHS = "\u3001-\u3020\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60"
_BOUNDS = "\u3001\u3021\u3041\u3097\u30a0\u3100\u3400\u4dc0\u4e00\ua000\uac00\ud7a4\uff01\uff61"
_USUAL = re.compile(rf"[ -~{_IDEOGRAPHS}]*")
_COLUMNS = bytes([1] + [2] * 255)  # of such a character, by the upper byte of its UTF-16
_OPENING = frozenset("（「『《〈【〔“‘([\u200d")  # and what joins two emoji
CLOSING = frozenset("，。、；：！？）」』》〉】〕”’…—・～.,;:!?)]🏻🏼🏽🏾🏿")  # and what colours the emoji before it


def is_ideograph(character: str) -> bool:
    """Whether a character, or none, is an ideograph, kana, hangul, or a mark of theirs: a line may end beside it."""
    return bisect.bisect(_BOUNDS, character) % 2 == 1


def _columns(text: str) -> bytes:
    """The columns of each character; of ASCII, ideographs, kana and hangul ten times as fast as one by one."""
    if _USUAL.fullmatch(text):
        return text.encode("utf-16-be")[::2].translate(_COLUMNS)
    return bytes(map(_CELLS.__getitem__, text))


def wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """The text in lines of 72 columns, `first` before the first one and `rest` (as `first`) before the others."""
    rest = first if rest is None else rest
    length = len(text)
    if length * 2 <= WIDTH - len(rest):
        return first + text
    room = WIDTH - width(first)
    if text.isascii():
        if length <= room:
            return first + text.rstrip()
        if "  " not in text and text[0] != " " and not ("<http" in text and _UNCLOSED.search(text)):
            return _narrow(text.rstrip(), first, rest, room)
    elif length + len(text.encode()) <= 2 * room:  # what fills two columns takes three bytes or four
        return first + text.rstrip()
    return _measured(text, first, rest)


_UNCLOSED = re.compile("<http[^ >]*+(?!>)")


def _narrow(text: str, first: str, rest: str, room: int) -> str:
    """As `_measured`, of ASCII with one space between any two words, none in an address; `room` has the first line."""
    lines: list[str] = []
    margin, start, length = first, 0, len(text)
    while length - start > room:
        end = text.rfind(" ", start, start + room + 1)
        if end < 0:  # a word wider than a line stands over it
            end = text.find(" ", start + room)
            if end < 0:
                break
        lines.append(margin + text[start:end])
        start, margin, room = end + 1, rest, WIDTH - width(rest)
    lines.append(margin + text[start:])
    return "\n".join(lines)


def _measured(text: str, first: str, rest: str) -> str:
    """The text in lines, each character by the columns that it fills."""
    columns, length = _columns(text), len(text)
    lines: list[str] = []
    margin, start = first, 0
    while start < length:
        end, room = length, WIDTH - width(margin)
        if length - start + columns.count(2, start, start + room) > room:
            end = _line_end(text, columns, start, room)
        lines.append(margin + text[start:end].rstrip())
        start = end + 1 if text[end : end + 1] == " " else end
        margin = rest
    return "\n".join(lines)


def _line_end(text: str, columns: bytes, start: int, room: int) -> int:
    """Where the line that starts at `start` ends: before what does not fit, at a place where a line may end."""
    fitting = end = _fitting(columns, start, room)
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", start, end + 1)
    if space >= 0 and columns.find(2, space + 1, end + 1) < 0:  # among narrow characters a line ends at spaces alone
        end = min(space + 1, end)
    while end > start and not _may_end(text, end):
        end -= 1
    if end == start:  # an address or a word wider than a line stands over it
        end = fitting + 1
        while end < len(text) and not _may_end(text, end):
            end += 1
    address = text.rfind("<http", start, end)
    if address >= 0 and address > text.rfind(">", start, end):
        close = text.find(">", end)
        return address if address > start else len(text) if close < 0 else close + 1
    return end


def _fitting(columns: bytes, start: int, room: int) -> int:
    """The first character from `start` on that is beyond so many columns."""
    if columns.find(0, start, start + room + 1) >= 0:
        for at in range(start, len(columns)):
            room -= columns[at]
            if room < 0:
                return at
        return len(columns)
    end = min(start + room, len(columns))
    while (beyond := end - start + columns.count(2, start, end) - room) > 0:
        end -= (beyond + 1) // 2  # as if all that is taken off were wide, so that no more is taken off than needed
    return end


def _may_end(text: str, at: int) -> bool:
    """Whether a line may end before the character at `at`: at a space, or beside a wide character that is not bound."""
    before, after = text[at - 1], text[at]
    if after == " " or before == " ":
        return True
    beside_wide = 2 in (_CELLS[before], _CELLS[after])
    return beside_wide and _CELLS[after] > 0 and after not in CLOSING and before not in _OPENING


def underlined(title: str) -> str:
    """A heading with a line of its width under it."""
    made = wrap(title)
    return f"{made}\n{'=' * max(map(width, made.split(chr(10))))}"
