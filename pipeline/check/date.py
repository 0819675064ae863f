"""A date in the title that is not the folder's: the year of a January issue, a title copied from last week."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from pipeline.findings import Finding
from pipeline.model import Issue
from pipeline.rules import finding

__all__ = ["date_mismatch"]

_MONTHS = "january february march april may june july august september october november december".split()
_NUMERIC = re.compile(
    r"(?<!\d)(?P<year>[12]\d{3})\s*(?:[-./]|年)\s*(?P<month>\d{1,2})\s*(?:[-./]|月)\s*(?P<day>\d{1,2})(?!\d)"
)
_DAY_LAST = re.compile(
    rf"\b(?P<month>{'|'.join(_MONTHS)})\s+(?P<day>\d{{1,2}}),?\s+(?P<year>[12]\d{{3}})\b", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"\b(?P<day>\d{{1,2}})\s+(?P<month>{'|'.join(_MONTHS)})\s+(?P<year>[12]\d{{3}})\b", re.IGNORECASE
)


def date_mismatch(issue: Issue) -> Iterator[Finding]:
    """Warns where the issue's title names another day than its folder."""
    said = _date_in(issue.title)
    if said and said != issue.date:
        message = f"the title says {said}, the folder {issue.date}: which one is right?"
        yield finding("date-mismatch", issue.location, message)


def _date_in(title: str) -> datetime.date | None:
    for form in (_NUMERIC, _DAY_LAST, _DAY_FIRST):
        match = form.search(title)
        if match:
            month = match["month"].lower()
            number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
            try:
                return datetime.date(int(match["year"]), number, int(match["day"]))
            except ValueError:
                return None
    return None
