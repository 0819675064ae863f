"""What every place that a site is deployed to can do, whatever it is made of."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Kind", "Standing", "Target"]


class Kind(enum.Enum):
    """What stands at a path: a regular file, a folder, or a link or anything else that is neither."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that stands in a target, but for the manifest; `ours` is what that names, None where there is no manifest."""

    kinds: Mapping[str, Kind]
    ours: frozenset[str] | None


class Target(Protocol):
    """A place for the site; every method raises Undeployable where the place refuses.

    Nothing is seen by readers, or all is that was done, whenever it stops; `finish` is the end, by which all is seen.
    """

    def place(self, path: str = "") -> str:
        """A file of it, or the whole, as it is named to people."""
        ...

    def standing(self) -> Standing:
        """What is there; nothing where the place itself is not there yet."""
        ...

    def different(self, paths: Sequence[str]) -> Collection[str]:
        """Those of some files, all of which stand there, that hold other bytes than the site's."""
        ...

    def put(self, paths: Sequence[str]) -> None:
        """Puts files of the site there, in this order where the place has one, each in one instant."""
        ...

    def remove(self, paths: Sequence[str]) -> None:
        """Takes files and empty folders away, and the folders that this empties; what is not there is gone already."""
        ...

    def record(self, paths: Collection[str]) -> None:
        """Writes the manifest that names these paths."""
        ...

    def finish(self) -> None:
        """Makes it seen, where it is not yet."""
        ...
