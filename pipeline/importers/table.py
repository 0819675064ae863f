"""Tables of links with a row of names at their head: CSV and its kin."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

from pipeline.importers.columns import Columns, unused
from pipeline.importers.decoding import decoded
from pipeline.importers.saved import Saved, issues_of, note_of, told
from pipeline.importers.source import Imported, Importer, SourceFile
from pipeline.model import Location
from pipeline.read.source import Report

__all__ = ["TABLE"]

_BYTES_AT_MOST = 64 << 20
_SUFFIXES = (".csv", ".tsv", ".tab")
_DELIMITERS = ",\t;|"
_HEAD = 4096


def _recognises(file: SourceFile) -> bool:
    if file.suffix in _SUFFIXES:
        return True
    head = file.data[:_HEAD].replace(b"\0", b"").decode("utf-8", "replace").removeprefix("\ufeff").partition("\n")[0]
    return file.suffix in (".txt", "") and "](" not in head and Columns(_cells(head, _delimiter(head))).known


def _delimiter(head: str) -> str:
    """What parts the names of a table: what gives the most of them, with one of addresses if there is any."""
    return max(_DELIMITERS, key=lambda mark: (Columns(_cells(head, mark)).known, len(_cells(head, mark))))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _read(file: SourceFile) -> Imported:
    report = Report()
    text = decoded(file, report)
    if text is None:
        return Imported(issues=(), findings=tuple(report.findings))
    links = list(_links(file.path, text, report))
    if not links and not report.refuses:
        report.warning(Location(path=file.path), "empty", "no row with a link in it")
    issues = () if report.refuses else issues_of(file.path, links, report)
    return Imported(issues=issues, findings=tuple(report.findings))


def _links(path: str, text: str, report: Report) -> Iterator[Saved]:
    lines = text.lstrip("\n")
    skipped = len(text) - len(lines)
    delimiter = _delimiter(lines[:_HEAD].partition("\n")[0])
    rows = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)
    names = [cell.strip() for cell in _next(rows, path, skipped, report) or []]
    columns = Columns(names)
    if not columns.known:
        message = "the first row names no column of addresses: call one “url” or “link”"
        report.error(Location(path=path, line=skipped + 1), "no-column", message)
        return
    if left := unused(names):
        told(report, Location(path=path, line=skipped + 1), "left-out", f"columns left out: {', '.join(left)}")
    while True:
        where = Location(path=path, line=skipped + rows.line_num + 1)
        row = _next(rows, path, skipped, report)
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        found = columns.saved(dict(zip(names, row, strict=False)), where)
        further = [cell.strip() for cell in row[len(names) :] if cell.strip()]
        if further:
            report.warning(where, "cells", f"{len(row)} cells under {len(names)} names: what is more is kept as note")
        yield _with(found, further, report)


def _next(rows: Iterator[list[str]], path: str, skipped: int, report: Report) -> list[str] | None:
    """The next row; None behind the last one, and with an error where there is no telling where a row ends."""
    try:
        return next(rows, None)
    except csv.Error as error:
        line = skipped + getattr(rows, "line_num", 0)
        report.error(Location(path=path, line=line), "table", f"{error}: is a quotation mark never closed?")
        return None


def _with(found: Saved, further: list[str], report: Report) -> Saved:
    if not found.address:
        report.warning(found.location, "empty-link", "a row without an address: kept as an entry without a link")
    if not further:
        return found
    return replace(found, note="\n\n".join(filter(None, [found.note, *map(note_of, further)])))


TABLE = Importer(
    kind="table",
    caption="a table of links (CSV, TSV), as Pocket, Raindrop, Instapaper and spreadsheets write it",
    recognises=_recognises,
    read=_read,
    bytes_at_most=_BYTES_AT_MOST,
)
