"""Where symbolic links in a publication may lead: a reviewer easily passes them over, and what they name goes out."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import BadSource
from pipeline.model import Location

__all__ = ["OUTSIDE", "all_inside", "expect_inside", "expect_within", "leads_out"]

OUTSIDE = "a symbolic link that leads out of the publication, or to what it keeps to itself: put a copy here"
"""What is said of a link that leads out."""

_UNPUBLISHED = ("out", "sent", "var")
"""Folders of a publication beside the hidden ones of which nothing is published: its subscribers and keys are there."""


def leads_out(root: Path, path: Path) -> bool:
    """Whether a path is a symbolic link to what is not of the publication in `root`, or not to be published.

    Nor are files that stand beside the settings: passwords and keys may be among them.
    """
    if not path.is_symlink():
        return False
    aim = os.path.realpath(path)
    parts = Path(os.path.relpath(aim, os.path.realpath(root))).parts
    hidden = any(part.startswith(".") for part in parts)  # also “..”
    return not parts or parts[0] in _UNPUBLISHED or hidden or (len(parts) == 1 and os.path.isfile(aim))


def expect_inside(root: Path, path: Path) -> None:
    """Raises BadSource for a symbolic link that leads out."""
    if leads_out(root, path):
        raise BadSource.at(Location(path=path.relative_to(root).as_posix()), "outside", OUTSIDE)


def all_inside(root: Path, folder: Path) -> list[Path]:
    """All that stands in a folder of the publication, at any depth, also behind symbolic links.

    Raises BadSource where it is a symbolic link that leads out, or holds one.
    """
    expect_inside(root, folder)
    found: list[Path] = []
    seen = {os.path.realpath(folder)}
    for at, folders, files in os.walk(folder, followlinks=True):
        for path in (Path(at, name) for name in (*folders, *files)):
            expect_inside(root, path)
            found.append(path)
        for name in folders.copy():
            real = os.path.realpath(f"{at}/{name}")
            if real in seen:  # links may go in a circle
                folders.remove(name)
            seen.add(real)
    return found


def expect_within(root: Path, name: str, path: Path) -> None:
    """Raises BadSource for a symbolic link to what does not stand in the folder of this name."""
    if path.is_symlink() and not path.resolve().is_relative_to((root / name).resolve()):
        message = f"a symbolic link that leads out of {name}/: put a copy here"
        raise BadSource.at(Location(path=path.relative_to(root).as_posix()), "outside", message)
