"""The publication as it stood at a revision of git: what a check reads, in a folder that goes away again."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.errors import BadSource
from pipeline.model import Location
from pipeline.project import SETTINGS, Project
from pipeline.read.source import SIZE_AT_MOST

__all__ = ["head", "revision"]

_READ = (SETTINGS, "issues", "templates")
_SOURCES = (".md", ".yaml", ".yml")
_AT_ONCE = 1_000  # files asked of git in one go
_FILE, _LINK = b"100", b"120000"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blob:
    """A file of the tree: its name in the publication, its id, and its bytes' number."""

    path: str
    id: bytes
    size: int


@contextlib.contextmanager
def revision(root: Path, name: str) -> Iterator[Project]:
    """The publication in `root` at the revision of this name, read from git's own store; nothing is checked out.

    Sources have their content there, other files their names alone, and links lead nowhere. Raises BadSource where
    there is no git, no repository or no such revision.
    """
    if name.startswith("-"):
        raise _refused(name, "no revision begins with a hyphen")
    commit = _git(root, name, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
    listed = _git(root, name, "ls-tree", "-r", "-l", "-z", commit, "--", *_READ)
    blobs = [blob for line in listed.split(b"\0") if line for blob in _blobs(line)]
    with tempfile.TemporaryDirectory(prefix="publish-") as folder:
        top = Path(folder)
        for at in range(0, len(blobs), _AT_ONCE):
            _write(top, root, name, blobs[at : at + _AT_ONCE])
        yield Project(root=top)


def head(root: Path) -> str:
    """The commit that is checked out; empty where there is no git or no commit."""
    try:
        return _git(root, "HEAD", "rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
    except BadSource:
        return ""


def _blobs(line: bytes) -> Iterator[_Blob]:
    """The file that a line of ls-tree names; none for a repository within it or a path that would lead out."""
    about, _, path = line.partition(b"\t")
    mode, _, identifier, size = about.split()
    inner = PurePosixPath(os.fsdecode(path))
    if not inner.is_absolute() and ".." not in inner.parts and (mode == _LINK or mode.startswith(_FILE)):
        yield _Blob(path=str(inner), id=identifier, size=0 if mode == _LINK else int(size))


def _write(top: Path, root: Path, name: str, blobs: Sequence[_Blob]) -> None:
    """Some files of the tree, each a regular one, so that nothing written follows a link."""
    wanted = [blob for blob in blobs if blob.path.endswith(_SOURCES) and 0 < blob.size <= SIZE_AT_MOST]
    ids = b"".join(blob.id + b"\n" for blob in wanted)
    contents = _git(root, name, "cat-file", "--batch", given=ids) if wanted else b""
    found, at = {}, 0
    for blob in wanted:
        start = contents.index(b"\n", at) + 1
        found[blob.path] = contents[start : start + blob.size]
        at = start + blob.size + 1
    for blob in blobs:
        path = top / blob.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(found.get(blob.path, b"\n" * min(blob.size, SIZE_AT_MOST + 1)))
        except OSError as error:  # also where a tree that git never made names a file twice
            raise _refused(name, f"{blob.path}: {error.strerror}") from None


def _git(root: Path, name: str, *words: str, given: bytes = b"") -> bytes:
    """What git prints. Raises BadSource with what it complains of."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words], input=given, capture_output=True, env=environment, check=False
        )
    except OSError as error:
        raise _refused(name, f"git cannot be run: {error.strerror}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ").partition("\n")[0]
        raise _refused(name, said or "git knows no such revision here")
    return done.stdout


def _refused(name: str, message: str) -> BadSource:
    return BadSource.at(Location(path=""), "since", f"--since {name}: {message}")
