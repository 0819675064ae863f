"""A place that rsync reaches: by ssh, at a daemon of its own, or on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.deploy.target import Kind, Standing
from pipeline.errors import Undeployable
from pipeline.model import Location
from pipeline.write.manifest import MANIFEST, dump, folders, named

__all__ = ["Rsync", "is_remote"]

_KINDS: Final[Mapping[str, Kind]] = {"d": Kind.FOLDER, "-": Kind.FILE}
_LINE = re.compile(r"(\S)\S{9,10} +[0-9,.]+ [0-9/]{10} [0-9:]{8} (.*)")
_ESCAPED = re.compile(r"\\#([0-7]{3})")
_REMOTE = re.compile(r"rsync://|[^/]*:")
_NEEDS_NO_QUOTES = re.compile(r"[\w@:%+=,./\[\]-]*", re.ASCII)
_LISTS = ["--from0", "--files-from=-"]
_PUT = ["--checksum", "--chmod=Da+rx,Fa+r"]
_MISSING = 23
"""The exit code for files that could not be read, such as a place that is not there yet."""


class Rsync:
    """What rsync takes as a destination; a Target. rsync itself gives each file its name when all of it is there."""

    def __init__(self, where: str, base: Path, out: Path) -> None:
        """A path without a host is one of this machine, behind `base`."""
        self._shown, self._out = where, out
        remote = is_remote(where)
        self._where = (where if remote else str(base / Path(where).expanduser())).rstrip("/") + "/"
        # Servers that let nothing but rsync in refuse this option, so it goes along only where a shell would need it.
        self._quoted = [] if not remote or _NEEDS_NO_QUOTES.fullmatch(where) else ["--protect-args"]

    def __enter__(self) -> Rsync:
        """Makes a folder for what it needs meanwhile; the place itself is not held, as rsync knows no lock."""
        self._folder = tempfile.TemporaryDirectory(prefix="publish-")
        return self

    def __exit__(self, *_: object) -> None:
        """Forgets what it needed meanwhile."""
        self._folder.cleanup()

    def place(self, path: str = "") -> str:
        """A file as rsync names it."""
        return f"{self._shown.rstrip('/')}/{path}" if path else self._shown

    def standing(self) -> Standing:
        """What is there, listed by the other side."""
        listed = self._run(
            "--list-only", "--recursive", "--links", "--no-human-readable", "--", self._where, missing=True
        )
        kinds = dict(_entries(listed))
        ours = None
        if kinds.pop(MANIFEST, None) is Kind.FILE:
            copy = self._temporary("found")
            self._run("--", self._where + MANIFEST, f"{copy}/")
            ours = named((copy / MANIFEST).read_bytes())
        return Standing(kinds=kinds, ours=ours)

    def different(self, paths: Sequence[str]) -> Collection[str]:
        """Those whose checksums differ, as the other side reckons them; nothing is written."""
        told = self._run(
            *("--dry-run", "--out-format=%i %n", *_PUT, *_LISTS, "--", f"{self._out}/", self._where),
            given=_listed(paths),
        )
        pairs = [line.partition(" ") for line in told.split("\n")]
        return {_unescaped(path) for change, _, path in pairs if change[:1] in ("<", ">")}

    def put(self, paths: Sequence[str]) -> None:
        """All in one connection."""
        self._run(*_PUT, *_LISTS, "--", f"{self._out}/", self._where, given=_listed(paths))

    def remove(self, paths: Sequence[str]) -> None:
        """What is named, by patterns of which each is one name; all else is kept by its own name, and full folders."""
        rules = [f"/{_pattern(path)}/" for path in sorted(folders(paths))] + [f"/{_pattern(path)}" for path in paths]
        words = ("--recursive", "--delete", "--from0", "--include-from=-", "--exclude=*")
        self._run(*words, "--", f"{self._temporary('empty')}/", self._where, given=rules)

    def record(self, paths: Collection[str]) -> None:
        """By rsync, as every file; it makes the place itself where the folder that it lies in is there."""
        folder = self._temporary("recorded")
        (folder / MANIFEST).write_bytes(dump(paths))
        self._run(*_PUT, "--", str(folder / MANIFEST), self._where)

    def finish(self) -> None:
        """There is nothing left to do."""

    def _temporary(self, name: str) -> Path:
        path = Path(self._folder.name) / name
        path.mkdir(exist_ok=True)
        return path

    def _run(self, *words: str, given: Iterable[str] = (), missing: bool = False) -> str:
        """What rsync prints. Raises Undeployable with what it complains of, but for what may be `missing`."""
        lines = "".join(f"{path}\0" for path in given).encode()
        try:
            done = subprocess.run(
                ["rsync", "--no-motd", "--8-bit-output", *self._quoted, *words],
                input=lines,
                capture_output=True,
                env={**os.environ, "LC_ALL": "C"},
                check=False,
            )
        except OSError as error:
            raise self._refused(f"rsync cannot be run: {(error.strerror or str(error)).lower()}") from None
        said = done.stderr.decode("utf-8", "replace").strip()
        if missing and done.returncode == _MISSING and "No such file or directory" in said and not done.stdout:
            return ""
        if done.returncode:
            raise self._refused(said.partition("\n")[0].rstrip() or f"rsync ended with {done.returncode}")
        return done.stdout.decode("utf-8", "surrogateescape")

    def _refused(self, message: str) -> Undeployable:
        return Undeployable.at(Location(path=self._shown), "rsync", message)


def is_remote(where: str) -> bool:
    """Whether rsync takes it for a place on another machine."""
    return _REMOTE.match(where) is not None


def _entries(listed: str) -> Iterator[tuple[str, Kind]]:
    for line in listed.split("\n"):
        found = _LINE.fullmatch(line)
        if found and found[2] != ".":
            name = found[2].partition(" -> ")[0] if found[1] == "l" else found[2]
            yield _unescaped(name), _KINDS.get(found[1], Kind.OTHER)


def _listed(paths: Iterable[str]) -> Iterator[str]:
    """Paths for `--files-from`, which would take what begins with “#” or “;” for a comment."""
    return (f"./{path}" for path in paths)


def _unescaped(name: str) -> str:
    """A name as rsync prints it, with three octal digits for what would move a terminal."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), name)


def _pattern(path: str) -> str:
    """A path as a pattern that nothing else matches; a backslash is one there unless a wildcard is beside it."""
    return re.sub(r"[\\*?[]", r"\\\g<0>", path) if re.search(r"[*?[]", path) else path
