"""Links in JSON: lists of records, as Pinboard, Raindrop, Pocket and browsers write them, however deep they lie."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pipeline.importers.columns import Columns, is_address
from pipeline.importers.decoding import decoded
from pipeline.importers.saved import Saved, issues_of
from pipeline.importers.source import Imported, Importer, SourceFile
from pipeline.model import Location
from pipeline.read.source import Report

__all__ = ["RECORDS"]

_BYTES_AT_MOST = 64 << 20
_SUFFIXES = (".json", ".jsonl", ".ndjson")
_NEAR = 1 << 16  # how far a record's address is looked for behind the one before, to tell its line
_OF_BROWSERS = (
    *("bookmarks bar", "bookmarks menu", "bookmarks toolbar", "mobile bookmarks", "other bookmarks"),
    *("menu", "toolbar", "unfiled", "mobile", "root", "roots", "bookmark bar", "other", "synced", "children"),
)
"""What browsers call their own folders: no section."""


def _recognises(file: SourceFile) -> bool:
    return file.suffix in _SUFFIXES


def _read(file: SourceFile) -> Imported:
    report = Report()
    text = decoded(file, report)
    try:
        value = _value(text) if text is not None else None
    except json.JSONDecodeError as error:
        report.error(Location(path=file.path, line=error.lineno, column=error.colno), "json", error.msg.lower())
    except (RecursionError, ValueError) as error:
        message = "nested too deep" if isinstance(error, RecursionError) else str(error)
        report.error(Location(path=file.path), "json", message)
    if text is None or report.refuses:
        return Imported(issues=(), findings=tuple(report.findings))
    links = list(_links(file.path, text, value))
    if not links:
        report.warning(Location(path=file.path), "empty", "no record with a “url”, “link” or “href” in it")
    return Imported(issues=issues_of(file.path, links, report), findings=tuple(report.findings))


def _value(text: str) -> object:
    """The document, or those of a file that has one a line."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        lines = text.splitlines()
        if error.msg != "Extra data" or len(lines) < 2:
            raise
        return [json.loads(line) for line in lines if line.strip()]


def _links(path: str, text: str, value: object) -> Iterator[Saved]:
    """The links of all records, each with the names of what it lies in as its section."""
    lines = _Lines(path, text)
    known: dict[tuple[str, ...], Columns] = {}
    left: list[tuple[object, str]] = [(value, "")]
    while left:
        one, section = left.pop()
        if isinstance(one, list):
            left += [(inner, section) for inner in reversed(one)]
        elif isinstance(one, Mapping):
            names = tuple(one)
            columns = known.get(names) or known.setdefault(names, Columns(names))
            found = columns.saved(one, Location(path=path), section) if columns.known else None
            if found and found.address:
                yield lines.placed(found)
            else:
                left += _within(one, section)
        elif isinstance(one, str) and is_address(one):
            yield lines.placed(Saved(title="", address=one, location=Location(path=path), section=section))


def _within(value: Mapping[str, object], section: str) -> Iterator[tuple[object, str]]:
    """What lies in an object that is no link itself, last first."""
    given = value.get("title") or value.get("name")
    inner = [(key, one) for key, one in value.items() if isinstance(one, list | Mapping)]
    for key, one in reversed(inner):
        name = given if isinstance(given, str) else key if len(inner) > 1 else ""
        shown = "" if name.lower().replace("_", " ").strip() in _OF_BROWSERS else " ".join(name.split())
        yield one, " / ".join(filter(None, [section, shown]))


class _Lines:
    """Where records stand: their addresses are looked for in the text, each behind the one before."""

    def __init__(self, path: str, text: str) -> None:
        self._path, self._text = path, text
        self._at, self._line = 0, 1
        self._escapes = "\\/" in text

    def placed(self, link: Saved) -> Saved:
        """The link with its line, as far as it can be told."""
        url = link.address
        forms = (url, url.replace("/", "\\/")) if self._escapes else (url,)
        found = [self._text.find(form, self._at, self._at + _NEAR) for form in forms]
        at = min((place for place in found if place >= 0), default=-1)
        if at < 0:
            return link
        self._line += self._text.count("\n", self._at, at)
        self._at = at
        return replace(link, location=Location(path=self._path, line=self._line))


RECORDS = Importer(
    kind="json",
    caption="links in JSON, as Pinboard, Raindrop, Pocket and browsers write them",
    recognises=_recognises,
    read=_read,
    bytes_at_most=_BYTES_AT_MOST,
)
