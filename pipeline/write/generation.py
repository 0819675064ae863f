"""A generation of `out/`: artifacts are compared and staged one by one, then all are put in place at once."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ForeignFolder, Unwritable
from pipeline.findings import Finding, Severity
from pipeline.model import Location
from pipeline.render.artifact import Artifact
from pipeline.write.disk import refused, sync
from pipeline.write.journal import finish, promise, promised
from pipeline.write.lock import locked
from pipeline.write.manifest import MANIFEST, dump, folders, is_plain, listing, load, shown
from pipeline.write.stage import Mark, Staged, State, compare, marked, opened_source, write

__all__ = ["Changes", "Generation", "recover", "unfinished", "writing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a generation does to `out/`, in sorted paths.

    `kept` are a person's own files and folders, left alone, as text to show.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]


def unfinished(root: Path) -> bool:
    """Whether `out/` may be torn, as a command was killed while it put a generation in place or is doing so now.

    Raises Unwritable where the system does not say.
    """
    with refused(".publish"):
        return promised(root / ".publish")


def recover(root: Path) -> None:
    """Finish what a killed command promised, so that `out/` is whole; without such a promise nothing is touched.

    Raises Busy where another command is at work, Unwritable where the system refuses.
    """
    if unfinished(root):
        with locked(root / ".publish"):
            finish(root)


@contextlib.contextmanager
def writing(root: Path, *, dry_run: bool = False) -> Iterator[Generation]:
    """A generation to stage and commit, under the publication's lock; what is not committed is discarded.

    A dry run compares and writes nothing at all, not even a lock. Raises Busy, ForeignFolder, Unwritable.
    """
    if dry_run:
        yield Generation(root, dry_run=True)
        return
    with locked(root / ".publish"):
        finish(root)
        generation = Generation(root)
        staging, owner = root / ".publish" / "staging", os.getpid()
        with refused(".publish/staging"):
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(staging)
            staging.mkdir()
        try:
            yield generation
        finally:
            if os.getpid() == owner:
                with contextlib.suppress(OSError):  # the next build discards what this one cannot
                    if not promised(root / ".publish"):
                        shutil.rmtree(staging)


class Generation:
    """The artifacts that are to be `out/`, and nothing else of ours; made by `writing`."""

    def __init__(self, root: Path, *, dry_run: bool = False) -> None:
        self._root = root
        self._out = root / "out"
        self._staging = root / ".publish" / "staging"
        self._dry_run = dry_run
        with refused("out"):
            self._ours = load(self._out)

    def stage(self, artifact: Artifact) -> Staged:
        """Compare the artifact with what stands, and write it to staging where it differs.

        May be called in processes forked within `writing`; they send what it returns to the one that commits.
        Raises Unwritable for a path that cannot be and where the system refuses, BadSource for an unreadable file.
        """
        path = artifact.path
        if not is_plain(path) or path == MANIFEST:
            raise Unwritable([_finding(path, "bad-path", "no file of a site can have this name; give it another")])
        with opened_source(artifact.content, self._root) as source, refused(f"out/{path}"):
            state, mark = (State.NEW, None) if self._ours is None else compare(f"{self._out}/{path}", source)
            if state is not State.UNCHANGED and not self._dry_run:
                try:
                    mark = write(f"{self._staging}/{path}", source)
                except (FileExistsError, NotADirectoryError):
                    raise _twice([path]) from None
            return Staged(path=path, state=state, mark=mark or Mark(source.seek(0, io.SEEK_END)))

    def standing(self, files: Sequence[tuple[str, Mark]]) -> list[Staged] | None:
        """The files of these paths and marks as artifacts that need not be made; None where not all of them stand.

        Raises Unwritable where the system does not say.
        """
        if self._ours is None or not self._ours.issuperset([path for path, _ in files]):
            return None
        out = str(self._out)
        with refused(f"out/{files[0][0] if files else ''}"):
            try:
                found = [marked(os.lstat(f"{out}/{path}")) for path, _ in files]
            except (FileNotFoundError, NotADirectoryError):
                return None
        if found != [mark for _, mark in files]:
            return None
        return [Staged(path, State.UNCHANGED, mark) for path, mark in files]

    def commit(self, staged: Iterable[Staged]) -> Changes:
        """Make what was staged, all of it, the generation that stands; tell what that changed.

        Raises Unwritable where two artifacts want one path and where the system refuses, ForeignFolder where a
        person's own file is in the way; `out/` is then as it was, or is finished by the next command.
        """
        made = _by_path(staged)
        changes = self._changes(made)
        if self._dry_run:
            return changes
        work, names = self._root / ".publish", frozenset([*made, MANIFEST])
        placed = [*changes.new, *changes.changed]
        with refused(".publish"):
            if names != self._ours:
                write(f"{self._staging}/{MANIFEST}", io.BytesIO(dump(made)))
                placed.append(MANIFEST)
            if placed:
                sync(self._staging)
            if placed and self._ours is not None:
                promise(work, self._ours - names, placed)
        if self._ours is None:
            with refused("out"):
                os.rename(self._staging, self._out)
        else:
            finish(self._root)
        return changes

    def _changes(self, made: Mapping[str, State]) -> Changes:
        ours = self._ours or frozenset()
        standing: set[str] = set()
        if self._ours is not None:
            with refused("out"):
                standing.update(listing(self._out, folders([*made, *ours])))
        by_state: dict[State, list[str]] = {state: [] for state in State}
        for path in sorted(made):
            by_state[made[path]].append(path)
        kept = sorted(standing - ours - set(by_state[State.UNCHANGED]))
        _refuse_to_overwrite(kept, made)
        return Changes(
            new=tuple(by_state[State.NEW]),
            changed=tuple(by_state[State.CHANGED]),
            unchanged=tuple(by_state[State.UNCHANGED]),
            removed=tuple(sorted(standing & ours - made.keys() - {MANIFEST})),
            kept=tuple(map(shown, kept)),
        )


def _by_path(staged: Iterable[Staged]) -> dict[str, State]:
    made: dict[str, State] = {}
    twice = set()
    for one in staged:
        if one.path in made:
            twice.add(one.path)
        made[one.path] = one.state
    twice |= folders(made) & made.keys()
    if twice:
        raise _twice(sorted(twice))
    return made


def _refuse_to_overwrite(kept: Iterable[str], made: Mapping[str, State]) -> None:
    needed = folders(made)
    message = "was not made by publish and stands in the way; move it away or delete it, then build again"
    findings = [
        _finding(path, "foreign-folder", message)
        for path in kept
        for name in [path.rstrip("/")]
        if name in made or name in needed or folders([name]) & made.keys()
    ]
    if findings:
        raise ForeignFolder(findings)


def _twice(paths: Iterable[str]) -> Unwritable:
    return Unwritable(
        _finding(path, "same-path", "two files of the site want this place; rename one") for path in paths
    )


def _finding(path: str, rule: str, message: str) -> Finding:
    where = Location(path=f"out/{shown(path)}")
    return Finding(location=where, severity=Severity.ERROR, rule=rule, message=message)
