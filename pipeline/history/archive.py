"""All issues in order, each with its number."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.findings import Finding, Severity
from pipeline.model import Issue

__all__ = ["misnumbered", "number_in", "numbered", "title_after"]

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


def title_after(earlier: Sequence[Issue], number: int) -> str:
    """The title of the issue with this number, after the pattern of those before it; empty where they show no number.

    What stands behind the number is an issue's own subject, unless the last two share it; what stands before it is
    left out where it holds a date.
    """
    parts = [_parted(issue.title) for issue in earlier[-2:]]
    if not parts or not parts[-1][1]:
        return ""
    before, numeral, after = parts[-1]
    shared = after if len(parts) > 1 and parts[0][2] == after else ""
    inner = re.sub(
        r"[0-9０-９]+|[〇零一二两三四五六七八九十百千]+", lambda match: _like(match[0], number), numeral, count=1
    )
    return ("" if re.search("[0-9]", before) else before) + inner + shared


def _parted(title: str) -> tuple[str, str, str]:
    """What stands before the number in a title, the number with the marks that belong to it, what stands behind."""
    match = _CHINESE.search(title) or _HASH.search(title)
    return (title[: match.start()], match[0], title[match.end() :]) if match else (title, "", "")


def _like(numeral: str, number: int) -> str:
    """A number written as another one is: 07 gives 08, 九 gives 十."""
    if not numeral.isdecimal():
        return _in_chinese(number)
    return f"{number:0{len(numeral)}}" if numeral.startswith("0") else str(number)


def _in_chinese(number: int) -> str:
    """A number below 10,000 as Chinese count it: 十二, 二十, 一百零五."""
    digits = "零一二三四五六七八九"
    if number >= 10_000:
        return str(number)
    signs = "".join(
        digits[int(digit)] + (unit if digit != "0" else "")
        for digit, unit in zip(f"{number:04}", "千百十 ", strict=True)
    )
    text = re.sub("零+", "零", signs.replace(" ", "")).strip("零")
    return text.removeprefix("一") if text.startswith("一十") else text
