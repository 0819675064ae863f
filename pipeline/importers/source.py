"""What an importer is given and what it gives back."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.findings import Finding
from pipeline.model import Issue

__all__ = ["UNDATED", "Imported", "Importer", "SourceFile"]

UNDATED = datetime.date.min
"""The date of an imported issue whose source tells none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that somebody brings: `path` as it was named, with forward slashes, its bytes, and the names beside it."""

    path: str
    data: bytes
    beside: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """What the name ends with, from its last dot, in lower case; empty where it has none."""
        stem, dot, ending = self.name.rpartition(".")
        return f".{ending.lower()}" if dot and stem else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a source holds: issues, oldest first, and what was not understood or had to be mended.

    An issue without a date has `UNDATED`; names, numbers of 0 and slugs are still to be given.
    """

    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """One kind of source: its name for `--from`, how it is told from others, and how it is read.

    `recognises` and `read` raise nothing for whatever a source holds; a source of more than `bytes_at_most` is refused
    before it is read.
    """

    kind: str
    caption: str
    recognises: Callable[[SourceFile], bool]
    read: Callable[[SourceFile], Imported]
    bytes_at_most: int
