"""The tables of the index, filled: issues get numbers in the order of the archive, titles their rarest grams."""

from __future__ import annotations

import datetime
import sqlite3
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.history.archive import numbered
from pipeline.history.near import GRAMS, rarest
from pipeline.index.intake import Intake
from pipeline.index.lookup import About, Known, State, known, small
from pipeline.model import Issue

__all__ = ["OutgrownError", "filled"]

_TABLES = """
CREATE TABLE about (version TEXT, stamp BLOB, url TEXT, sections TEXT, changed INTEGER, frequency BLOB);
CREATE TABLE issues (
    name TEXT PRIMARY KEY, stamp BLOB, sources TEXT, digest BLOB, state INTEGER, own INTEGER, number INTEGER,
    start INTEGER, size INTEGER
) WITHOUT ROWID;
CREATE TABLE entries (start INTEGER PRIMARY KEY, packed BLOB);
CREATE TABLE addresses (clue INTEGER, number INTEGER, PRIMARY KEY (clue, number)) WITHOUT ROWID;
CREATE TABLE names (clue INTEGER, number INTEGER, PRIMARY KEY (clue, number)) WITHOUT ROWID;
CREATE TABLE grams (clue INTEGER, number INTEGER, PRIMARY KEY (clue, number)) WITHOUT ROWID;
"""
_FOR_NOW = """
PRAGMA trusted_schema = OFF;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
CREATE TEMP TABLE dead (number INTEGER PRIMARY KEY);
CREATE TEMP TABLE new_addresses (clue INTEGER, number INTEGER);
CREATE TEMP TABLE new_names (clue INTEGER, number INTEGER);
CREATE TEMP TABLE new_grams (clue INTEGER, number INTEGER);
"""
_CLUES = ("addresses", "names", "grams")
_ROOM = 8


class OutgrownError(Exception):
    """Too much changed since the index was made, or too few numbers are left between two issues: make it anew."""


@dataclass(slots=True)
class _Grams:
    """The grams of all titles of an issue, how many each has, and the number of the first."""

    start: int
    grams: array[int] = field(default_factory=lambda: array("I"))
    counts: array[int] = field(default_factory=lambda: array("H"))


def filled(connection: sqlite3.Connection, about: About, kept: Mapping[str, Known], intakes: Iterable[Intake]) -> None:
    """Brings the index to what is `kept` of it and what was taken in, by the names of issues; an empty file too.

    Raises OutgrownError, and sqlite3.Error where the file cannot be written.
    """
    fresh = not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    connection.executescript((_TABLES if fresh else "") + _FOR_NOW)
    frequency = bytearray(GRAMS)
    if not fresh:
        (packed,) = connection.execute("SELECT frequency FROM about").fetchone()
        frequency[:] = zlib.decompress(packed)
        _forget(connection, [row for row in known(connection) if row.name not in kept])
    rows, titles = dict(kept), []
    places = _Places(rows.values())
    for intake in intakes:
        row = intake.known._replace(start=places.after(intake.known))
        rows[row.name] = row
        titles.append(_put(connection, row, intake, frequency))
    for some in titles:
        _put_rarest(connection, some, frequency)
    for table in _CLUES:
        query = f"INSERT OR IGNORE INTO {table} SELECT clue, number FROM new_{table} ORDER BY clue, number"
        connection.execute(query)
    connection.execute("DELETE FROM issues")
    connection.executemany(f"INSERT INTO issues VALUES ({', '.join('?' * len(Known._fields))})", _numbered(rows))
    connection.execute("DELETE FROM about")
    connection.execute(
        f"INSERT INTO about VALUES ({', '.join('?' * len(About._fields))}, ?)", (*about, zlib.compress(frequency, 1))
    )
    connection.commit()
    if fresh:
        connection.execute("VACUUM")  # pages that were filled in the order of keys are a third larger than they need be


class _Places:
    """The numbers that are free for the entries of new issues, between those of the issues that are there."""

    def __init__(self, rows: Iterable[Known]) -> None:
        out = sorted(row for row in rows if row.state == State.OUT)
        self._names = [row.name for row in out]
        self._starts = [row.start for row in out]
        self._ends = [row.start + max(row.size, 1) for row in out]

    def after(self, row: Known) -> int:
        """Where the entries of an issue begin, 0 where it is not out; raises OutgrownError."""
        if row.state != State.OUT:
            return 0
        at = bisect_left(self._names, row.name)
        size = max(row.size, 1)
        first = self._ends[at - 1] if at else 0
        gap = size + _ROOM
        if at < len(self._starts):
            gap = min(gap, (self._starts[at] - first - size) // 2)
        if gap < 0:
            raise OutgrownError
        self._names.insert(at, row.name)
        self._starts.insert(at, first + gap)
        self._ends.insert(at, first + gap + size)
        return first + gap


def _forget(connection: sqlite3.Connection, rows: Iterable[Known]) -> None:
    """Takes the entries of some issues out: a look at every row, which a hundred thousand entries stand in 0.1 s."""
    gone = [row for row in rows if row.state == State.OUT]
    if not gone:
        return
    numbers = ((number,) for row in gone for number in range(row.start, row.start + row.size))
    connection.executemany("INSERT INTO dead VALUES (?)", numbers)
    for table in _CLUES:
        connection.execute(f"DELETE FROM {table} WHERE number IN (SELECT number FROM dead)")
    connection.executemany("DELETE FROM entries WHERE start = ?", [(row.start,) for row in gone])


def _put(connection: sqlite3.Connection, row: Known, intake: Intake, frequency: bytearray) -> _Grams:
    """Puts the entries of an issue in, and counts the grams of their titles."""
    if row.size:
        connection.execute("INSERT INTO entries VALUES (?, ?)", (row.start, intake.packed))
    found = _Grams(row.start)
    addresses, titles = [], []
    for number, clues in enumerate(intake.clues, start=row.start):
        addresses += [(clue, number) for clue in clues.addresses]
        titles += [(small(name), number) for name in clues.names]
        found.grams += clues.grams
        found.counts.append(len(clues.grams))
    for gram in found.grams:
        frequency[gram % GRAMS] = min(frequency[gram % GRAMS] + 1, 255)
    connection.executemany("INSERT INTO new_addresses VALUES (?, ?)", addresses)
    connection.executemany("INSERT INTO new_names VALUES (?, ?)", titles)
    return found


def _put_rarest(connection: sqlite3.Connection, titles: _Grams, frequency: bytearray) -> None:
    def often(gram: int) -> int:
        return frequency[gram % GRAMS]

    at, rows = 0, []
    for number, count in enumerate(titles.counts, start=titles.start):
        rows += [(small(gram), number) for gram in rarest(titles.grams[at : at + count], often)]
        at += count
    connection.executemany("INSERT INTO new_grams VALUES (?, ?)", rows)


def _numbered(rows: Mapping[str, Known]) -> Iterable[Known]:
    """The rows with the numbers that readers see; an issue that cannot be read counts as well."""
    issues = (Issue(date=datetime.date.min, name=row.name, title="", number=row.own) for row in rows.values())
    return [rows[issue.name]._replace(number=issue.number) for issue in numbered(issues)]
