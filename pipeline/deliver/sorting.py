"""People in the order of their addresses, however many: on the disk, in a file that is gone with the process."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from pipeline.deliver.store import Value

__all__ = ["in_order"]

_COLUMNS = ("key", "address", "name", "standing", "state", "source", "consented")


@contextlib.contextmanager
def in_order(rows: Iterable[Mapping[str, Value]]) -> Iterator[tuple[int, Iterator[dict[str, Value]]]]:
    """How many rows there are, and the rows by their keys; those of one key in the order in which they came.

    All are read before the first is given. The database beside which this is done is not touched by it.
    """
    with contextlib.closing(sqlite3.connect("", isolation_level=None)) as aside:
        aside.execute(f"CREATE TABLE person ({', '.join(_COLUMNS)})")
        aside.execute("BEGIN")
        named = ", ".join(f":{column}" for column in _COLUMNS)
        count = aside.executemany(f"INSERT INTO person VALUES ({named})", rows).rowcount  # noqa: S608
        found = aside.execute("SELECT * FROM person ORDER BY key, rowid")
        yield count, (dict(zip(_COLUMNS, row, strict=True)) for row in found)
