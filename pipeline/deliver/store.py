"""The file of subscribers and ledger: opened only where it is whole and no older than the last send beside it."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import re
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.deliver import bounce_statements, request_statements, statements
from pipeline.errors import PipelineError, Unwritable
from pipeline.model import Location
from pipeline.write.disk import replace

__all__ = ["DATABASE", "Damaged", "Store", "Value"]

DATABASE = "var/subscribers.sqlite"
"""Where it stands in the publication."""

_MARK = "var/epoch"
_APPLICATION = 0x6E777331
_VERSION = 2
_STAMPS = ("application_id", "user_version")
_PATIENCE = 60.0
"""Seconds for the others' commits, an import of a million readers among them."""

_PARAMETER = re.compile(r":(\w+)")

Value = str | int | float | None
"""What a statement is given."""


class Damaged(PipelineError):
    """The ledger cannot be trusted: nobody is mailed by it."""


class Store:
    """One connection to the database; transactions by `with store.transaction()`."""

    def __init__(self, root: Path, connection: sqlite3.Connection) -> None:
        self.root = root
        self._connection = connection
        self._writer = 0
        self._mark = -1

    @classmethod
    @contextlib.contextmanager
    def opened(
        cls, root: Path, *, make: bool = False, whole: bool = False, patience: float = _PATIENCE
    ) -> Iterator[Store]:
        """The store of a publication; made where it is missing if asked, looked through for damage where `whole`.

        A change waits for those of others for `patience` seconds.

        Raises Damaged where it is missing, broken, older than the last send, or of another program; Unwritable where
        the system refuses.
        """
        path = root / DATABASE
        if not make and not path.exists():
            lost = (root / _MARK).exists()
            message = (
                "no such file, and there was one: restore its backup" if lost else "nobody has subscribed here yet"
            )
            raise Damaged.at(Location(path=DATABASE), "no-subscribers", message)
        if make and not path.exists() and (root / _MARK).exists():
            message = f"no such file, but {_MARK} says that issues were sent: restore its backup, or delete {_MARK}"
            raise Damaged.at(Location(path=DATABASE), "ledger-lost", message)
        with _told():
            _folder(path.parent)
            connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        store = cls(root, connection)
        try:
            with _told():
                store._prepare(whole=whole)
                yield store
        finally:
            connection.close()
            if store._mark >= 0:
                os.close(store._mark)

    def _prepare(self, *, whole: bool) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "cache_size = -8192",
            "secure_delete = ON",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        if not self._pragma("schema_version"):
            with self.transaction():
                if not self._pragma("schema_version"):  # another process may have been quicker
                    for statement in filter(str.strip, statements.SCHEMA.split(";")):
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                    self._connection.execute(f"PRAGMA user_version = {_VERSION}")
        marked = _marked(self.root)  # before the ledger's own number: a sender may raise both in between
        if strange := _strange(self._connection):
            raise _damaged(strange)
        for statement in filter(str.strip, (request_statements.SCHEMA + bounce_statements.SCHEMA).split(";")):
            self._connection.execute(statement)
        if whole and (fault := self._pragma("quick_check(1)")) != "ok":
            raise _damaged(f"it is damaged ({fault}): restore a backup")
        if self.number(statements.EPOCH) < marked:
            raise _damaged("it is older than the last send: publish subscribers restore FILE takes in a backup safely")

    def _pragma(self, name: str) -> object:
        return self._connection.execute(f"PRAGMA {name}").fetchone()[0]

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within, or nothing; on the disk when it ends. One within another is a part of it."""
        if self._connection.in_transaction and self._writer == threading.get_ident():
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        self._writer = threading.get_ident()
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def forget(self) -> None:
        """Empties the log of changes, so that what was erased stands nowhere any more."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rows(self, statement: str, **values: Value) -> sqlite3.Cursor:
        """What a query finds, row by row."""
        text, names = _numbered(statement)
        return self._connection.execute(text, [values[name] for name in names])

    def number(self, statement: str, **values: Value) -> int:
        """The one number that a query finds, 0 where it finds none."""
        row = self.rows(statement, **values).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def change(self, statement: str, **values: Value) -> int:
        """How many rows a statement changed."""
        return self.rows(statement, **values).rowcount

    def changes(self, statement: str, rows: Iterable[Mapping[str, Value]]) -> int:
        """How many rows a statement changed, done once for each."""
        return self._connection.executemany(statement, rows).rowcount

    def added(self, statement: str, **values: Value) -> int:
        """The number of the row that was added."""
        return self.rows(statement, **values).lastrowid or 0

    # The mark is written behind the commit, so that it is never ahead of the ledger; without fsync, as a claim must
    # be quick: after a loss of power it may be older, and then refuses less.
    def mark(self, epoch: int) -> None:
        """Writes beside the ledger how far it has come."""
        if self._mark < 0:
            self._mark = os.open(self.root / _MARK, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(self._mark, b"%020d\n" % epoch, 0)

    def backup(self, target: Path) -> None:
        """A whole copy of the database as one file, while others go on; its old copy is replaced in one instant.

        Raises OSError, also where something else than a file stands there: a device must not be replaced.
        """
        target = Path(os.path.realpath(target))
        if target.exists() and not target.is_file():
            raise OSError(errno.EINVAL, "not a regular file")
        new = target.with_name(f"{target.name}.{secrets.token_hex(4)}.new")
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.closing(sqlite3.connect(new)) as copy:
            self._connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        new.replace(target)

    @staticmethod
    def restore(root: Path, source: Path) -> int:
        """Puts a backup in the place of the database; how many of its recipients may have had a message since.

        They become uncertain, and what `on_uncertain` says is done with them. Raises Damaged for what is no backup.
        """
        address = f"{source.absolute().as_uri()}?mode=ro"
        told = _told(str(source), "no backup of subscribers")
        with told, contextlib.closing(sqlite3.connect(address, uri=True)) as backup:
            if strange := _strange(backup):
                raise Damaged.at(Location(path=str(source)), "ledger", strange)
            if backup.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise Damaged.at(Location(path=str(source)), "ledger", "the backup is damaged")
            with _told():
                _folder((root / DATABASE).parent)
                with contextlib.closing(sqlite3.connect(root / DATABASE, isolation_level=None)) as target:
                    backup.backup(target)
                    changed = target.execute(statements.RESTORED).rowcount
                    target.execute("UPDATE epoch SET number = max(number, :mark) + 1", {"mark": _marked(root)})
        return changed


def _strange(connection: sqlite3.Connection) -> str:
    """Why a database is none that this program can use, and what to do; empty where it is one."""
    ((made_by,), (version,)) = (connection.execute(f"PRAGMA {name}").fetchone() for name in _STAMPS)
    if made_by != _APPLICATION:
        return "not made by publish: put it elsewhere"
    if version < _VERSION:
        return "made by a publish before its first release: export with that one, put this elsewhere, and import"
    return "made by a newer publish: install that one" if version > _VERSION else ""


@functools.cache
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """A statement whose parameters are numbered, and their names; of named ones sqlite3 asks the database each time."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(statement)))
    return _PARAMETER.sub(lambda match: f"?{names.index(match[1]) + 1}", statement), names


def _marked(root: Path) -> int:
    try:
        return int((root / _MARK).read_bytes() or b"0")
    except FileNotFoundError:
        return 0
    except ValueError:
        raise _damaged(f"{_MARK} is no number") from None


def _folder(path: Path) -> None:
    path.mkdir(exist_ok=True, mode=0o700)
    if not (path / ".gitignore").exists():
        replace(path / ".gitignore", b"*\n")


def _damaged(message: str) -> Damaged:
    return Damaged.at(Location(path=DATABASE), "ledger", message)


@contextlib.contextmanager
def _told(path: str = DATABASE, advice: str = "restore a backup") -> Iterator[None]:
    """What a database says of itself becomes Damaged, what the disk says Unwritable."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unwritable.at(Location(path=path), "unwritable", str(error)) from None
    except sqlite3.DatabaseError as error:
        raise Damaged.at(Location(path=path), "ledger", f"{error}: {advice}") from None
    except BrokenPipeError:  # whoever read what is printed has left
        raise
    except OSError as error:
        raise Unwritable.at(Location(path=path), "unwritable", (error.strerror or str(error)).lower()) from None
