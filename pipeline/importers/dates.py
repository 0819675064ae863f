"""A table of dates by file name, for files that do not tell their own."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from pipeline.model import Location
from pipeline.read.source import Report

__all__ = ["date_table"]


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
