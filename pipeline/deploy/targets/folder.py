"""A folder of this machine, which a web server may be serving meanwhile."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import io
import itertools
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from pipeline.deploy.target import Kind, Standing
from pipeline.errors import Busy, Undeployable
from pipeline.model import Location
from pipeline.write import State
from pipeline.write.disk import folder, opened, sync
from pipeline.write.manifest import MANIFEST, dump, folders, named
from pipeline.write.stage import compare

__all__ = ["Folder"]

_NEW = ".deploying"
"""The file that is written before it gets its name: one for all, so that a kill leaves one at the most."""

_READABLE, _ENTERABLE = 0o444, 0o555
_ADVICE = {
    errno.ELOOP: "a symbolic link stands where a folder must be: move it away",
    errno.ENOTDIR: "no folder stands where one must be: move away what does",
    errno.ENOSPC: "free some space",
    errno.EXDEV: "another file system is mounted within it: deploy by rsync",
}


class Folder:
    """A folder, made where it is missing if the one that it lies in is there; a Target."""

    def __init__(self, path: Path, out: Path) -> None:
        self._shown, self._out = path, out
        self._path = Path(os.path.realpath(path))  # the place itself may be a link: what it leads to is what is served
        self._lock = contextlib.ExitStack()

    def __enter__(self) -> Folder:
        """Holds the folder, so that two deployments do not mix. Raises Busy where another one does."""
        if self._path.is_dir():
            self._hold()
        return self

    def __exit__(self, *_: object) -> None:
        """Lets it go."""
        self._lock.close()

    def place(self, path: str = "") -> str:
        """A file's path as the folder was given."""
        return str(self._shown / path)

    def standing(self) -> Standing:
        """What is there, no symbolic link followed."""
        with self._told():
            try:
                kinds = dict(_found(str(self._path), ""))
            except FileNotFoundError:
                return Standing(kinds={}, ours=None)
            manifest = self._path / MANIFEST
            ours = named(manifest.read_bytes()) if kinds.get(MANIFEST) is Kind.FILE else None
        hidden = {MANIFEST}
        if ours is not None and kinds.get(_NEW) is Kind.FILE:
            ours |= {_NEW}  # left by a kill, to be removed
        else:
            hidden.add(_NEW)
        return Standing(kinds={path: kinds[path] for path in kinds.keys() - hidden}, ours=ours)

    def different(self, paths: Sequence[str]) -> Collection[str]:
        """Those whose bytes differ; nothing is written."""
        found = set()
        for path in paths:
            with self._told(path), self._source(path) as source:
                if compare(str(self._path / path), source)[0] is not State.UNCHANGED:
                    found.add(path)
        return found

    def put(self, paths: Sequence[str]) -> None:
        """One by one, each written whole before it gets its name; all are on the disk at the end."""
        with self._opened() as top:
            self._make(top, folders(paths))
            for parent, group in itertools.groupby(paths, key=os.path.dirname):
                for path in group:
                    with self._told(path), folder(top, parent) as here, self._source(path) as source:
                        _write(top, source, os.path.basename(path), here)
        with self._told():
            sync(self._path)

    def remove(self, paths: Sequence[str]) -> None:
        """Files, then folders from the deepest on."""
        gone = contextlib.suppress(FileNotFoundError, IsADirectoryError)
        with self._opened() as top:
            for path in paths:
                with self._told(path), gone, folder(top, os.path.dirname(path)) as here:
                    os.unlink(os.path.basename(path), dir_fd=here)
            for path in sorted({*folders(paths), *paths}, reverse=True):
                with self._told(path), gone, folder(top, os.path.dirname(path)) as here:
                    _remove_if_empty(os.path.basename(path), here)

    def record(self, paths: Collection[str]) -> None:
        """In one instant, as every file; makes the folder itself."""
        if not self._path.is_dir():
            with self._told():
                self._path.mkdir()
                self._path.chmod(self._path.stat().st_mode | _ENTERABLE)
            self._hold()
        with self._opened() as top, self._told(MANIFEST):
            _write(top, io.BytesIO(dump(paths)), MANIFEST, top)
            sync(self._path)

    def finish(self) -> None:
        """There is nothing left to do."""

    def _hold(self) -> None:
        with self._told():
            here = self._lock.enter_context(opened(self._path))
            try:
                fcntl.flock(here, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy.at(Location(path=self.place()), "busy", "another process is deploying to it") from None

    def _make(self, top: int, needed: Collection[str]) -> None:
        """Folders that the web server can enter, whatever the author's own umask is."""
        for path in sorted(needed):
            if not os.path.lexists(self._path / path):
                with self._told(path), folder(top, path, make=True) as here:
                    os.fchmod(here, os.fstat(here).st_mode & 0o7777 | _ENTERABLE)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        with contextlib.ExitStack() as stack:
            with self._told():
                top = stack.enter_context(opened(self._path))
            yield top

    @contextlib.contextmanager
    def _source(self, path: str) -> Iterator[BinaryIO]:
        with open(self._out / path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW)) as file:
            yield file

    @contextlib.contextmanager
    def _told(self, path: str = "") -> Iterator[None]:
        """Any OSError within becomes Undeployable at a path."""
        try:
            yield
        except OSError as error:
            message = "; ".join(filter(None, [(error.strerror or str(error)).lower(), _ADVICE.get(error.errno or 0)]))
            raise Undeployable.at(Location(path=self.place(path)), "unwritable", message) from None


def _found(top: str, inner: str) -> Iterator[tuple[str, Kind]]:
    with os.scandir(f"{top}/{inner}") as entries:
        for entry in entries:
            path = f"{inner}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield path, Kind.FOLDER
                yield from _found(top, f"{path}/")
            else:
                yield path, Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER


def _write(top: int, source: BinaryIO, name: str, here: int) -> None:
    """A file of any size, readable by all, that has its name when all of it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_NEW, dir_fd=top)
    descriptor = os.open(_NEW, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666, dir_fd=top)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fchmod(descriptor, os.fstat(descriptor).st_mode & 0o7777 | _READABLE)
    os.rename(_NEW, name, src_dir_fd=top, dst_dir_fd=here)


def _remove_if_empty(name: str, here: int) -> None:
    try:
        os.rmdir(name, dir_fd=here)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise
