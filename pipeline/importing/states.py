"""The states of one file in git's history, oldest first, read from git's own store; nothing is checked out."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BadSource
from pipeline.model import Location

__all__ = ["State", "list_in", "states"]

_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false")
_LOG = (
    "log",
    "--first-parent",
    "--diff-merges=first-parent",
    "--ignore-submodules=all",
    "--no-ext-diff",
    "--raw",
    "-z",
)
_CHANGE = re.compile(
    rb"\x01([0-9a-f]{40,64}) ([0-9]{4}-[0-9]{2}-[0-9]{2})\x01\0\n?"
    rb":[0-7]{6} ([0-7]{6}) [0-9a-f]{40,64} ([0-9a-f]{40,64}) [A-Z][0-9]*\0"
)
_REGULAR = b"100"
_SECONDS = 60
_BYTES_AT_ONCE = 32 << 20
_LISTS = (".md", ".markdown", ".txt", ".csv", ".tsv", ".json", ".opml", ".html", ".htm", ".xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The file as a commit left it: the commit's id and its author's day; `data` is None where it is too large."""

    commit: str
    day: datetime.date
    data: bytes | None


def list_in(folder: Path) -> Path:
    """The file of a repository that grew by the most commits. Raises BadSource where there is none."""
    words = (*_LOG, "--no-renames", "--no-abbrev", "--format=", "--relative", "--diff-filter=AM")
    fields = _git(folder, *words).split(b"\0")
    counts = Counter(os.fsdecode(name) for name in fields if name.lower().endswith(tuple(map(str.encode, _LISTS))))
    here = [name for name, _ in counts.most_common() if (folder / name).is_file()]
    if not here:
        raise _refused(folder, "no list in this repository: name its file")
    return folder / here[0]


def states(path: Path, bytes_at_most: int) -> Iterator[State]:
    """The states of a file on the line of commits that leads to HEAD, also under its earlier names, each once.

    What a merge brought is of the merge's day: then it was in the list. Raises BadSource where git knows none.
    """
    words = (*_LOG, "--no-abbrev", "--follow", "--format=%x01%H %as%x01", "--", path.name)
    found = _CHANGE.findall(_git(path.parent, *words))
    found = [change for change in reversed(found) if change[2].startswith(_REGULAR)]
    if not found:
        raise _refused(path, "git has no commit of this file")
    sizes = _sizes(path, [blob for *_, blob in found])
    batch: list[tuple[bytes, bytes, bytes]] = []
    size, before = 0, b""
    for commit, day, _, blob in found:
        if blob == before:
            continue
        before = blob
        if batch and size + sizes[blob] > _BYTES_AT_ONCE:
            yield from _contents(path, batch, sizes, bytes_at_most)
            batch, size = [], 0
        batch.append((commit, day, blob))
        size += sizes[blob] if sizes[blob] <= bytes_at_most else 0
    yield from _contents(path, batch, sizes, bytes_at_most)


def _sizes(path: Path, blobs: Sequence[bytes]) -> dict[bytes, int]:
    """The sizes of some blobs in bytes."""
    told = _git(path.parent, "cat-file", "--batch-check", given=b"".join(blob + b"\n" for blob in blobs))
    sizes = {}
    for line in told.splitlines():
        words = line.split()
        if len(words) != 3 or words[1] != b"blob":
            raise _refused(path, "git lacks some of its states: fetch them first")
        sizes[words[0]] = int(words[2])
    return sizes


def _contents(
    path: Path, batch: Sequence[tuple[bytes, bytes, bytes]], sizes: dict[bytes, int], bytes_at_most: int
) -> Iterator[State]:
    """Some states, read at once."""
    wanted = [blob for *_, blob in batch if sizes[blob] <= bytes_at_most]
    told = _git(path.parent, "cat-file", "--batch", given=b"".join(blob + b"\n" for blob in wanted)) if wanted else b""
    contents, at = {}, 0
    for blob in wanted:
        start = told.index(b"\n", at) + 1
        contents[blob] = told[start : start + sizes[blob]]
        at = start + sizes[blob] + 1
    for commit, day, blob in batch:
        date = datetime.date.fromisoformat(day.decode())
        yield State(commit=commit.decode(), day=date, data=contents.get(blob))


def _git(folder: Path, *words: str, given: bytes = b"") -> bytes:
    """What git prints; it asks no network for what it lacks. Raises BadSource with what it complains of."""
    environment = {
        **os.environ,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_LITERAL_PATHSPECS": "1",
        "LC_ALL": "C",
    }
    try:
        done = subprocess.run(
            [*_GIT, "-C", str(folder), *words],
            input=given,
            capture_output=True,
            env=environment,
            check=False,
            timeout=_SECONDS,
        )
    except OSError as error:
        raise _refused(folder, f"git cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise _refused(folder, f"git has not answered in {_SECONDS} seconds") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ").partition("\n")[0]
        raise _refused(folder, f"git says: {said or 'nothing'}")
    return done.stdout


def _refused(path: Path, message: str) -> BadSource:
    return BadSource.at(Location(path=path.as_posix()), "git", message)
