"""Days as people and programs write them: into headers, headings, file names and feeds."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable

__all__ = ["date_in", "date_in_path", "day_of"]

_EPOCH = datetime.date(1970, 1, 1)
_DAY = 86_400
_NUMBER = re.compile(r"[0-9]{8,17}(?:\.[0-9]*)?")
_SINCE_1601 = 11_644_473_600  # seconds until 1970, in which Chrome counts its microseconds

_YEAR = r"(?<![0-9])((?:19|20)[0-9]{2})"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NAMED = rf"({'|'.join(_MONTHS)})[a-z]*\.?"


def _numbers(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[1]), int(match[2]), int(match[3])


def _day_first(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1])


def _month_first(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[3]), _MONTHS.index(match[1].lower()) + 1, int(match[2])


_TH = r"(?:st|nd|rd|th)?"
_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, int, int]]], ...] = (
    (re.compile(rf"{_YEAR}\s*年\s*([0-9]{{1,2}})\s*月\s*([0-9]{{1,2}})\s*[日号]"), _numbers),
    (re.compile(rf"{_YEAR}[-./_]([0-9]{{1,2}})[-./_]([0-9]{{1,2}})(?![0-9])"), _numbers),
    (re.compile(rf"{_YEAR}(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])"), _numbers),
    (re.compile(rf"(?i:(?<![0-9])([0-9]{{1,2}}){_TH}\s+{_NAMED},?\s+([0-9]{{4}})(?![0-9]))"), _day_first),
    (re.compile(rf"(?i:\b{_NAMED}\s+([0-9]{{1,2}}){_TH},?\s+([0-9]{{4}})(?![0-9]))"), _month_first),
)
"""2023年3月4日, 2023-03-04 (also with dots, slashes or underscores), 20230304, 4 March 2023, March 4th, 2023."""


_ISO = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9])")


def date_in(text: str) -> datetime.date | None:
    """The first day that a text names; None where it names none of the calendar."""
    if _ISO.match(text):  # as programs write it: nothing else can begin there, and five searches take 10 µs
        with contextlib.suppress(ValueError):
            return datetime.date.fromisoformat(text[:10])
    found: list[tuple[int, datetime.date]] = []
    for shape, parts in _SHAPES:
        for match in shape.finditer(text):
            try:
                found.append((match.start(), datetime.date(*parts(match))))
            except ValueError:
                continue
            break
    return min(found)[1] if found else None


def date_in_path(path: str) -> datetime.date | None:
    """The day that a file's name tells, or else the folder that it lies in: `out/2023-03-04/issue.md`."""
    *_, folder, name = f"/{path}".rsplit("/", 2)
    return date_in(name) or date_in(folder)


def day_of(text: str) -> datetime.date | None:
    """The day of a moment as programs write it: seconds, milli- or microseconds since 1970 (UTC), or a date in words.

    A number of 17 digits counts microseconds since 1601, as Chrome's own.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text) or (len(text) == 8 and date_in(text)):
        return date_in(text)
    whole = text.partition(".")[0]
    seconds = int(whole[:-6]) - _SINCE_1601 if len(whole) == 17 else int(whole[:10])
    return _EPOCH + datetime.timedelta(seconds // _DAY) if seconds > 0 else None
