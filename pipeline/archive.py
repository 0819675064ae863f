"""All issues in order, each with its number."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.findings import Finding, Severity
from pipeline.model import Issue

__all__ = ["misnumbered", "number_in", "numbered"]

_CHINESE = re.compile(r"第\s*([0-9０-９]{1,6}|[〇零一二两三四五六七八九十百千]{1,9})\s*期")
_HASH = re.compile(r"(?<![\w&/])#([0-9]{1,6})(?![\w-])")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def numbered(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """The issues by date, oldest first, each with its number: its own, its title's, else that of the one before plus 1.

    Drafts count like the others: the number that a draft shows is the one that it will have.
    """
    found: list[Issue] = []
    last = 0
    for issue in sorted(issues, key=lambda issue: issue.name):
        last = issue.number or number_in(issue.title) or last + 1
        found.append(issue if issue.number == last else replace(issue, number=last))
    return tuple(found)


def misnumbered(issues: Iterable[Issue]) -> Iterator[Finding]:
    """Warns of each issue whose number is not above that of the issue before it; the issues are oldest first."""
    for before, issue in itertools.pairwise(issues):
        if issue.number <= before.number:
            message = (
                f"its number is {issue.number}, and the issue of {before.name} before it has {before.number} already"
            )
            yield Finding(location=issue.location, severity=Severity.WARNING, rule="number", message=message)


def number_in(title: str) -> int:
    """The number of an issue that its title tells (`第二期`, `第 12 期`, `#27`), 0 where it tells none."""
    match = _CHINESE.search(title) or _HASH.search(title)
    if not match:
        return 0
    return int(match[1]) if match[1].isdecimal() else _chinese(match[1])


def _chinese(numeral: str) -> int:
    """The value of a Chinese numeral: 二十三, 一百零五, or digit by digit, 二〇."""
    if not any(unit in numeral for unit in _UNITS):
        return int("".join(str(_DIGITS[digit]) for digit in numeral))
    total, digit = 0, 0
    for sign in numeral:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit
