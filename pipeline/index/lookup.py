"""The index, asked: whether it is whole and of today, and what it knows."""

from __future__ import annotations

import functools
import json
import os
import sqlite3
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pipeline
from pipeline.cache.stamps import stamp
from pipeline.history.memory import AT_MOST, Before, Past
from pipeline.history.near import USUAL, closest, numbers_of
from pipeline.identity import RULES_VERSION, key_number
from pipeline.model import Location

__all__ = [
    "DAMAGED",
    "About",
    "Index",
    "Known",
    "State",
    "about",
    "connected",
    "file_of",
    "found_by",
    "is_fresh",
    "known",
    "opened",
    "packed",
    "seal",
    "small",
    "version",
]

DAMAGED = (sqlite3.Error, zlib.error, ValueError, LookupError, TypeError)
"""What reading a file that is no whole index of ours may raise."""

_SCHEMA = 1
_RULES = ("history", "index", "markup.py", "slugs.py", "identity", "read")
"""The modules and packages whose change makes an index stale."""

_SEALED = 946_684_800
_SLUG = 3


class State:
    """What became of an issue when it was read."""

    OUT, DRAFT, UNREAD = range(3)


class About(NamedTuple):
    """What an index was made by and of: its version, the stamp of settings and `issues/`, and what the settings say.

    `changed` is how many issues changed since all of it was made anew.
    """

    version: str
    stamp: bytes
    url: str
    sections: str
    changed: int


class Known(NamedTuple):
    """An issue as the index knows it.

    `sources` are the names of its files, with “/” between; `number` is what readers see, `own` what the issue itself
    says, 0 for nothing. Its entries are numbered from `start`, and all entries in the order of the archive.
    """

    name: str
    stamp: bytes
    sources: str
    digest: bytes
    state: int
    own: int
    number: int
    start: int
    size: int


def file_of(root: Path) -> Path:
    """Where the index of a publication is."""
    return root / ".publish" / "cache" / "index.sqlite"


@functools.cache
def version() -> str:
    """What an index was made by: this form of it, these rules, these very modules."""
    home = os.path.dirname(pipeline.__file__)
    paths = []
    for name in _RULES:
        inner = sorted(os.listdir(f"{home}/{name}")) if not name.endswith(".py") else [""]
        paths += [f"{home}/{name}/{one}".rstrip("/") for one in inner if name.endswith(".py") or one.endswith(".py")]
    stats = [os.stat(path) for path in paths]
    made = zlib.crc32(repr([(path, s.st_size, s.st_mtime_ns) for path, s in zip(paths, stats, strict=True)]).encode())
    return f"{_SCHEMA} {RULES_VERSION} {made:08x}"


def seal(path: Path) -> None:
    """Gives a finished index the time by which it is known: whoever writes into it later breaks the seal."""
    os.utime(path, (_SEALED, _SEALED))


def connected(path: Path) -> sqlite3.Connection | None:
    """A whole index of this version, to be read and never changed; None where there is none."""
    try:
        if os.lstat(path).st_mtime_ns != _SEALED * 10**9:
            return None
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
        found = connection.execute("SELECT version FROM about").fetchone()
    except (OSError, *DAMAGED):
        return None
    return connection if found == (version(),) else None


def about(connection: sqlite3.Connection) -> About:
    """What an index says of itself."""
    columns = ", ".join(About._fields)
    return About._make(connection.execute(f"SELECT {columns} FROM about").fetchone())


def known(connection: sqlite3.Connection) -> list[Known]:
    """Every issue of the index, oldest first."""
    columns = ", ".join(Known._fields)
    rows = connection.execute(f"SELECT {columns} FROM issues ORDER BY name")
    return [Known._make(row) for row in rows]


def opened(root: Path) -> Index | None:
    """The index of a publication; None where there is none, or where a file was changed since it was made.

    Looks at each issue's folder and at its files, and reads none of them.
    """
    connection = connected(file_of(root))
    if connection is None:
        return None
    issues = f"{root}/issues"
    try:
        made = about(connection)
        rows = known(connection)
        if stamp([f"{root}/newsletter.yaml", issues]) == made.stamp and all(is_fresh(issues, row) for row in rows):
            return Index(connection, rows, made.url)
    except (OSError, *DAMAGED):
        pass
    return None


def is_fresh(issues: str, row: Known) -> bool:
    """Whether an issue's folder and files are as they were when it was read; raises OSError where one is gone."""
    folder = f"{issues}/{row.name}"
    return stamp([folder, *[f"{folder}/{name}" for name in row.sources.split("/")]]) == row.stamp


def packed(pasts: Sequence[Past]) -> bytes:
    """The entries of an issue, small."""
    rows = [
        (p.section, p.title, p.url, p.slug, p.location.path, p.location.line, p.location.column, p.alias, p.links)
        for p in pasts
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 9)


def found_by(kind: str, key: str) -> int:
    """The number under which an entry stands that carries a key, mentions it, or is of a part of it."""
    return key_number(f"{kind} {key}")


def small(number: int) -> int:
    """A number of 32 bits of a title, as SQLite keeps it in four bytes."""
    return number - (1 << 31)


class Index:
    """The history that an index holds: a History. `url` is the address of the publication."""

    def __init__(self, connection: sqlite3.Connection, rows: Sequence[Known], url: str) -> None:
        out = [row for row in rows if row.state == State.OUT]
        self.url = url
        self._connection = connection
        self._names = [row.name for row in out]
        self._numbers = [row.number for row in out]
        self._starts = [row.start for row in out]
        self._end = out[-1].start + out[-1].size if out else 0
        self._entries: dict[int, list[list[Any]]] = {}

    def carrying(self, key: str, before: Before) -> Sequence[Past]:
        """By address or alias."""
        return self._pasts(self._numbered("addresses", found_by("carries", key), before))

    def mentioning(self, key: str, before: Before) -> Sequence[Past]:
        """By further link or link in the note."""
        return self._pasts(self._numbered("addresses", found_by("mentions", key), before))

    def parts(self, key: str, before: Before) -> Sequence[Past]:
        """By what the address is of a part of."""
        return self._pasts(self._numbered("addresses", found_by("part of", key), before))

    def near(self, title: str, before: Before, *, telling: bool = False) -> Sequence[Past]:
        """By names that few titles have, then by their rarest grams, but for grams of many, then by any name."""
        names, grams = (list(map(small, some)) for some in numbers_of(title))
        ranks = [
            [number for name in names for number in self._few("names", name, before)],
            [number for gram in grams for number in self._few("grams", gram, before)],
        ]
        if not telling:
            ranks.append([number for name in names for number in self._numbered("names", name, before)])
        return self._pasts(closest(ranks, AT_MOST))

    def at(self, reference: str) -> Past | None:
        """By issue and permalink."""
        name, _, slug = reference.partition("#")
        place = bisect_left(self._names, name)
        if self._names[place : place + 1] != [name]:
            return None
        return next((self._past(place, row) for row in self._carried(place) if row[_SLUG] == slug), None)

    def distance(self, older: str, newer: str) -> int:
        """By place among the issues."""
        return bisect_left(self._names, newer) - bisect_left(self._names, older)

    def _end_of(self, before: Before) -> int:
        """The number of the first entry that was not out at a moment."""
        place = bisect_left(self._names, before.issue)
        return (self._starts[place] if place < len(self._starts) else self._end) + before.entry

    def _numbered(self, table: str, clue: int, before: Before) -> list[int]:
        """The numbers of the last entries under a clue that were out at a moment."""
        query = f"SELECT number FROM {table} WHERE clue = ? AND number < ? ORDER BY number DESC LIMIT {AT_MOST}"
        rows = self._connection.execute(query, (clue, self._end_of(before)))
        return [number for (number,) in rows][::-1]

    def _few(self, table: str, clue: int, before: Before) -> list[int]:
        """The numbers of the entries under a clue that were out at a moment; none where more titles have it."""
        query = f"SELECT number FROM {table} WHERE clue = ? LIMIT {USUAL + 1}"
        rows = self._connection.execute(query, (clue,)).fetchall()
        end = self._end_of(before)
        return [number for (number,) in rows if number < end] if len(rows) <= USUAL else []

    def _pasts(self, numbers: Sequence[int]) -> list[Past]:
        found = []
        for number in numbers:
            place = bisect_right(self._starts, number) - 1
            found.append(self._past(place, self._carried(place)[number - self._starts[place]]))
        return found

    def _carried(self, place: int) -> list[list[Any]]:
        """The entries of an issue, as they were packed."""
        if place not in self._entries:
            query = "SELECT packed FROM entries WHERE start = ?"
            (data,) = self._connection.execute(query, (self._starts[place],)).fetchone() or (packed([]),)
            self._entries[place] = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
        return self._entries[place]

    def _past(self, place: int, row: list[Any]) -> Past:
        section, title, url, slug, path, line, column, alias, links = row
        return Past(
            issue=self._names[place],
            number=self._numbers[place],
            section=section,
            title=title,
            url=url,
            slug=slug,
            location=Location(path=path, line=line, column=column),
            alias=tuple(alias),
            links=tuple(links),
        )
