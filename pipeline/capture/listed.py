"""A file on its own, read as the only source of an issue: a list that grows, or one state of it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

from pipeline.errors import BadSource
from pipeline.model import Issue, Location
from pipeline.read.issue import Folder, read_issue
from pipeline.read.source import SIZE_AT_MOST

__all__ = ["listed"]


def listed(path: Path) -> Issue:
    """What a file holds, Markdown unless its name says YAML. Raises BadSource where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_AT_MOST + 1)
        beside = frozenset(other.name for other in path.parent.iterdir() if other.is_file())
    except OSError as error:
        raise BadSource.at(Location(path=str(path)), "unreadable", (error.strerror or str(error)).lower()) from None
    name = path.name if path.suffix in (".yaml", ".yml", ".md") else f"{path.name}.md"
    folder = Folder(path=str(path.parent), name=path.name, date=datetime.date.min, sources={name: data}, others=beside)
    reading = read_issue(folder)
    if reading.issue is None:
        raise BadSource(replace(one, location=replace(one.location, path=str(path))) for one in reading.findings)
    return reading.issue
