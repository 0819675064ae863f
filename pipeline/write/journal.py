"""The promise of a generation: once its journal stands, commands finish what it says, however often they are killed."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.errors import Unwritable
from pipeline.model import Location
from pipeline.write.disk import folder, opened, refused, replace
from pipeline.write.manifest import MANIFEST, folders, is_plain

__all__ = ["finish", "promise", "promised"]

_HEADER = "publish journal 1"
_LEFT = "the new generation waits in .publish/ and the next publish command puts it in place"
_LOST = "the new generation that it belongs to cannot be put in place; delete .publish/ and build again"


def promised(work: Path) -> bool:
    """Whether a generation waits to be put in place, so that `out/` may be torn; raises OSError."""
    try:
        os.lstat(work / "journal")
    except FileNotFoundError:
        return False
    return True


def promise(work: Path, removed: Iterable[str], placed: Iterable[str]) -> None:
    """Write the journal: the files of `out/` to remove, then those of staging to put in their places; raises OSError.

    The manifest goes before the files that it names, and after the removals: should somebody delete `.publish/`
    half-way, whatever stands in `out/` is still known to be ours.
    """
    order = sorted(placed, key=lambda path: (path != MANIFEST, os.path.split(path)))
    lines = [_HEADER, *(f"-{path}" for path in sorted(removed, key=os.path.split)), *(f"+{path}" for path in order), ""]
    replace(work / "journal", "\n".join(lines).encode())


def finish(root: Path) -> None:
    """Do what the journal says, if one stands; what is done already stays done.

    Raises Unwritable where the system refuses; the journal then stays, and a later call goes on.
    """
    work, out = root / ".publish", root / "out"
    with refused(".publish", left=_LEFT):
        if not promised(work):
            return
        removed, placed = _read(work / "journal")
        with opened(work) as descriptor:
            os.fsync(descriptor)
    # No FileNotFoundError leaves the two functions: if one comes, somebody deleted out/, and there is nothing to mend.
    with refused("out", left=_LEFT), contextlib.suppress(FileNotFoundError), opened(out) as descriptor:
        _remove(descriptor, removed)
        _place(descriptor, work, placed)
    with refused(".publish", left=_LEFT):
        (work / "journal").unlink()
    with contextlib.suppress(OSError):  # the next build discards what is left
        shutil.rmtree(work / "staging")


def _read(journal: Path) -> tuple[list[str], list[str]]:
    text = journal.read_text("utf-8", errors="replace") if journal.is_file() else ""
    header, *lines = text.split("\n")
    if header != _HEADER or not all(is_plain(line[1:]) for line in lines if line):
        raise Unwritable.at(Location(path=".publish/journal"), "bad-journal", f"not of this version; {_LOST}")
    return [line[1:] for line in lines if line[:1] == "-"], [line[1:] for line in lines if line[:1] == "+"]


def _by_folder(paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    for parent, group in itertools.groupby(paths, key=os.path.dirname):
        yield parent, [os.path.basename(path) for path in group]


def _remove(out: int, paths: Sequence[str]) -> None:
    gone = contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError)
    for parent, names in _by_folder(paths):
        with refused(f"out/{parent}", left=_LEFT), gone, folder(out, parent) as here:
            for name in names:
                with gone:
                    os.unlink(name, dir_fd=here)
    for path in sorted(folders(paths), reverse=True):
        parent, name = os.path.split(path)
        with refused(f"out/{path}", left=_LEFT), gone, folder(out, parent) as here:
            _remove_if_empty(name, here)


def _remove_if_empty(name: str, here: int) -> None:
    try:
        os.rmdir(name, dir_fd=here)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise


def _place(out: int, work: Path, paths: Iterable[str]) -> None:
    """No folder on either side may be a symbolic link: a journal that came with a publication takes no file of ours."""
    with opened(work) as top:
        for parent, names in _by_folder(paths):
            with refused(f"out/{parent}", left=_LEFT), folder(out, parent, make=True) as here:
                for name in _not_staged(top, parent, names, here):
                    _expect(name, here, os.path.join(parent, name))


def _not_staged(work: int, parent: str, names: Sequence[str], here: int) -> list[str]:
    """Puts the files of a folder that are staged in their places; those that are not."""
    left = []
    with refused(".publish/staging", left=_LEFT):
        try:
            with folder(work, f"staging/{parent}") as staged:
                for name in names:
                    try:
                        os.rename(name, name, src_dir_fd=staged, dst_dir_fd=here)
                    except FileNotFoundError:
                        left.append(name)
        except FileNotFoundError:
            return list(names)
    return left


def _expect(name: str, here: int, path: str) -> None:
    """The file is no longer staged: it must have been put in its place before a kill."""
    try:
        os.lstat(name, dir_fd=here)
    except FileNotFoundError:
        raise Unwritable.at(Location(path=f"out/{path}"), "lost-file", f"missing, and {_LOST}") from None
