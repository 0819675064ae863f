"""Whose files stand in `out/`: the manifest that names ours, and a person's own beside them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from pipeline.errors import ForeignFolder
from pipeline.model import Location

__all__ = ["MANIFEST", "dump", "folders", "is_plain", "listing", "load", "named", "shown"]

MANIFEST = ".manifest"
"""The name of the manifest in `out/`: hidden, as it is served along with the site."""

_HEADER = "publish manifest 1"
_FOREIGN = "was not made by publish and is left alone; move it away or delete it, then build again"
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]|(?:^|/)\.{0,2}(?:/|$)")


def is_plain(path: str) -> bool:
    """Whether it can be a file under `out/`: relative, no empty part, no `.` or `..`, no control character, UTF-8."""
    return not _NOT_PLAIN.search(path)


def shown(path: str) -> str:
    """The path as it can be printed anywhere: control characters and bytes that are not UTF-8 as escapes."""
    if path.isprintable():
        return path
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", lambda it: it[0].encode("unicode_escape").decode(), path)


def folders(paths: Iterable[str]) -> set[str]:
    """Every folder that these paths lie in, at any depth, without the top."""
    found = set()
    for folder in {path.rpartition("/")[0] for path in paths}:
        above = folder
        while above:
            found.add(above)
            above = above.rpartition("/")[0]
    return found


def dump(paths: Iterable[str]) -> bytes:
    """The manifest that names these paths: one a line, sorted, so that it changes only with them."""
    return "\n".join([_HEADER, *sorted(paths), ""]).encode()


def load(out: Path) -> frozenset[str] | None:
    """The paths that the manifest names, itself among them; None where `out/` is missing or empty.

    Raises ForeignFolder where anything else stands there: no folder, a link to one, or one that no build of ours made;
    OSError where it cannot be read.
    """
    try:
        if stat.S_ISDIR(os.lstat(out).st_mode) and not os.listdir(out):
            return None
    except FileNotFoundError:
        return None
    paths = named(_content(out / MANIFEST)) if not out.is_symlink() else None
    if paths is None:
        raise ForeignFolder.at(Location(path="out"), "foreign-folder", _FOREIGN)
    return paths | {MANIFEST}


def named(manifest: bytes) -> frozenset[str] | None:
    """The paths that a manifest names; None where it is none."""
    header, *paths = manifest.decode("utf-8", errors="replace").split("\n")
    return frozenset(filter(is_plain, paths)) if header == _HEADER else None


def _content(manifest: Path) -> bytes:
    try:
        if not stat.S_ISREG(os.lstat(manifest).st_mode):  # to read a pipe would be to wait for ever
            return b""
        return manifest.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b""


def listing(out: Path, folders: Set[str]) -> Iterator[str]:
    """What stands in `out/` and in those of its `folders` that are there, by path.

    A folder that is not among them ends in a slash and is not looked into. No symbolic link is followed.
    """
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(f"{out}/{folder}") as entries:
            for entry in entries:
                path = folder + entry.name
                if not entry.is_dir(follow_symlinks=False):
                    yield path
                elif path in folders:
                    waiting.append(f"{path}/")
                else:
                    yield f"{path}/"
