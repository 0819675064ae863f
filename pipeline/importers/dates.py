"""Days as people write them into headers, headings and file names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping

from pipeline.model import Location
from pipeline.read.source import Report

__all__ = ["date_in", "date_in_path", "date_table"]

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


def date_in(text: str) -> datetime.date | None:
    """The first day that a text names; None where it names none of the calendar."""
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


def date_table(path: str, text: str, report: Report) -> Mapping[str, datetime.date]:
    """The dates by file name of a table: a line a file, its name and its date between tabs; misfits are errors."""
    found: dict[str, datetime.date] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, day = line.rpartition("\t")
        try:
            found[name.strip()] = datetime.date.fromisoformat(day.strip())
        except ValueError:
            message = "write the name of a file, a tab, and its date such as 2023-03-04"
            report.error(Location(path=path, line=number), "dates", message)
    return found
