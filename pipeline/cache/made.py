"""What the last build made, by what it was made from: what would come out the same is not made again."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.write import Generation, Mark, Staged

__all__ = ["Made"]


class Made:
    """Units by name, each with the digest of all that it was made from, and its files by their marks.

    A mark ties a digest to the very bytes that stand in `out/`: a file that was edited, deleted or put back is made
    again. A record that is missing or damaged knows nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._units: dict[str, tuple[str, list[tuple[str, Mark]]]] = {}
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):  # as damaged bytes may be anything
            for unit, (digest, files) in json.loads(path.read_bytes()).items():
                self._units[unit] = digest, [(str(file), Mark(*mark)) for file, mark in files]

    @property
    def names(self) -> frozenset[str]:
        """The units that it knows."""
        return frozenset(self._units)

    def standing(self, unit: str, digest: bytes, generation: Generation) -> list[Staged] | None:
        """The files of a unit of this digest as they stand; None where one of them has to be made."""
        known, files = self._units.get(unit, ("", []))
        return generation.standing(files) if files and known == digest.hex() else None

    def keep(self, units: Mapping[str, tuple[bytes, Iterable[Staged]]]) -> None:
        """Puts what stands now in the record's place. A disk that refuses costs time at the next build only."""
        rows = {
            name: (digest.hex(), [(one.path, one.mark) for one in files]) for name, (digest, files) in units.items()
        }
        new = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(json.dumps(rows).encode())
            os.replace(new, self._path)
