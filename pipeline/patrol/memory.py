"""What earlier runs saw of links: one SQLite file that may be deleted at any time."""

from __future__ import annotations

import contextlib
import datetime
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pipeline.linkrot import Record, State

__all__ = ["Memory"]

_VERSION = 1
_NEVER = datetime.datetime.max.replace(tzinfo=datetime.UTC).timestamp()
_TABLES = """
    CREATE TABLE links (
        url TEXT PRIMARY KEY, state TEXT NOT NULL, checked REAL NOT NULL, status INTEGER NOT NULL,
        reason TEXT NOT NULL, target TEXT NOT NULL, failures INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hosts (host TEXT PRIMARY KEY, until REAL NOT NULL) STRICT, WITHOUT ROWID;
"""


class Memory:
    """Records by address, and the hosts that asked to be left alone. What is saved survives the process at once."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @classmethod
    @contextlib.contextmanager
    def opened(cls, path: Path) -> Iterator[Memory]:
        """The memory at a path, begun anew where it is damaged or of another version. Raises OSError, also within."""
        database = _opened(path)
        if database is None:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            database = _opened(path)
        if database is None:
            raise OSError(f"SQLite cannot use {path.name}")
        with contextlib.closing(database):
            try:
                yield cls(database)
            except sqlite3.Error as error:
                raise OSError(str(error)) from error

    def records(self) -> dict[str, Record]:
        """Everything that is known, without rows that hold what cannot be."""
        rows = self._database.execute("SELECT url, state, checked, status, reason, target, failures FROM links")
        return {record.url: record for record in map(_record, rows) if record}

    def save(self, record: Record) -> None:
        """Keeps a record in place of the one before it."""
        row = (str(record.state), record.checked.timestamp(), record.status, record.reason, record.target)
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?, ?, ?)", (record.url, *row, record.failures)
            )

    def postponed(self, now: datetime.datetime) -> dict[str, datetime.datetime]:
        """The hosts that are still to be left alone, and until when."""
        some = (now.timestamp(), _NEVER)
        rows = self._database.execute("SELECT host, until FROM hosts WHERE until > ? AND until < ?", some)
        return {host: datetime.datetime.fromtimestamp(until, datetime.UTC) for host, until in rows}

    def postpone(self, host: str, until: datetime.datetime) -> None:
        """Keeps until when a host is to be left alone."""
        with self._database:
            self._database.execute("INSERT OR REPLACE INTO hosts VALUES (?, ?)", (host, until.timestamp()))


def _record(row: tuple[str, str, float, int, str, str, int]) -> Record | None:
    url, state, checked, status, reason, target, failures = row
    try:
        return Record(
            url=url,
            state=State(state),
            checked=datetime.datetime.fromtimestamp(checked, datetime.UTC),
            status=status,
            reason=reason,
            target=target,
            failures=failures,
        )
    except (ValueError, OverflowError, OSError):  # SQLite does not look at what damaged bytes mean
        return None


def _opened(path: Path) -> sqlite3.Connection | None:
    """The database, whole and of this version; None where it is neither, or cannot be one."""
    try:
        database = sqlite3.connect(path, timeout=30)
    except sqlite3.OperationalError:
        return None
    try:
        # A killed process loses nothing of what was written; a lost machine may, and the file is begun anew.
        database.execute("PRAGMA synchronous = OFF")
        [version] = database.execute("PRAGMA user_version").fetchone()
        if not version and not database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            database.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT")
            return database
        if version == _VERSION and database.execute("PRAGMA quick_check").fetchone() == ("ok",):
            return database
    except sqlite3.DatabaseError:
        pass
    database.close()
    return None
