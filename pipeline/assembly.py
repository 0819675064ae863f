"""Renders and stages what has to be made, in every process; what would come out the same stays as it stands."""

from __future__ import annotations

import hashlib
import itertools
import os
import stat
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cache.made import Made
from pipeline.cache.maker import maker
from pipeline.history.topics import Leaf, Topic
from pipeline.model import Issue
from pipeline.pagefind import SearchIndex
from pipeline.parallel import processes, shares, spread
from pipeline.project import Project
from pipeline.reader import SHARE, Archive
from pipeline.render.artifacts import artifacts
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.feeds.channel import dealt, pages
from pipeline.render.renderers import SEARCHED
from pipeline.render.units import SEARCH, digests, unit_of
from pipeline.write import Generation, Staged

__all__ = ["Assembled", "Progress", "assembled"]

_Leaves = tuple[tuple[Topic, Leaf], ...]

Progress = Callable[[int], None]
"""Is told about how many files are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """The files of a generation: those that were made and those that stand, and the units that they belong to.

    What is attached to issues belongs to none: it is looked at in every build.
    """

    staged: tuple[Staged, ...]
    _digests: Mapping[str, bytes]
    _attached: frozenset[str]
    _record: Made

    def weights(self) -> dict[str, int]:
        """The bytes of each issue's email as it is pasted, by the issue's name."""
        end = "/email.html"
        return {one.path.removesuffix(end): one.mark.size for one in self.staged if one.path.endswith(end)}

    def keep(self) -> None:
        """Keeps what was made from what for the next build, for one process at a time; once the generation stands."""
        units: dict[str, list[Staged]] = {}
        for one in self.staged:
            unit = unit_of(one.path, self._digests)
            if unit is not None and one.path not in self._attached:
                units.setdefault(unit, []).append(one)
        self._record.keep({unit: (self._digests[unit], files) for unit, files in units.items()})


def assembled(
    project: Project,
    archive: Archive,
    context: RenderContext,
    into: tuple[Generation, SearchIndex],
    progress: Progress,
) -> Assembled:
    """Everything that the site has, staged: the documents, and of issues, topics, feeds and search what has changed."""
    generation, index = into
    record = Made(project.cache / "made")
    wanted = digests(context, archive.contents, archive.issues, _constant(project, context), own=_own(project))
    found = ((unit, record.standing(unit, digest, generation)) for unit, digest in wanted.items())
    standing = {unit: files for unit, files in found if files}
    searched = SEARCH in wanted and SEARCH not in standing
    made = _made(_without(context, standing), generation, index if searched else None, progress)
    found_by = map(generation.stage, index.files()) if searched else ()
    staged = (*itertools.chain.from_iterable((*made, *standing.values())), *found_by)
    attached = {f"{issue.name}/{one.name}" for issue in context.issues for one in issue.attachments}
    return Assembled(staged=staged, _digests=wanted, _attached=frozenset(attached), _record=record)


def _without(context: RenderContext, standing: Container[str]) -> RenderContext:
    """What is left to be made when some units stand."""
    return context.only(
        tuple(issue for issue in context.issues if issue.name not in standing),
        tuple((topic, leaf) for topic in context.topics.topics for leaf in topic.pages if leaf.path not in standing),
        frozenset(page.path for page in pages(context) if page.path not in standing),
        tuple(issue for issue in context.issues if issue.name in standing),
    )


def _made(
    context: RenderContext, generation: Generation, index: SearchIndex | None, progress: Progress
) -> list[list[Staged]]:
    """Everything to be made, rendered and staged: the documents beside shares of the rest, each in a process.

    An `index` takes all issues in, also those that stand.
    """
    divided = shares(context.issues, SHARE)
    bound, leaves = dealt(context, divided), _with_newest(context.leaves, divided)
    parts = [
        context.only(tuple(share), leaves[at], bound[at], context.standing[at :: len(divided)])
        for at, share in enumerate(divided)
    ]
    first, told = os.getpid(), 0

    def make(at: int) -> list[Staged]:
        nonlocal told
        part = parts[at]
        staged = [generation.stage(artifact) for artifact in artifacts(part, documents=at == 0)]
        if os.getpid() == first:  # only one may speak, of the others as if they were its like
            told += len(staged) * processes(len(parts))
            progress(told)
        if index:
            for page in SEARCHED(part.only((*part.issues, *part.standing))):
                index.add(page)
        return staged

    return spread(make, range(len(parts)))


def _with_newest(leaves: Iterable[tuple[Topic, Leaf]], divided: Sequence[Sequence[Issue]]) -> list[_Leaves]:
    """The pages of topics, each where the newest issue on it is made; those of issues that stand with the first.

    So a process has to do with few issues but its own, and has few of what both share for itself.
    """
    places = {issue.name: at for at, share in enumerate(divided) for issue in share}
    found: list[list[tuple[Topic, Leaf]]] = [[] for _ in divided]
    for topic, leaf in leaves:
        found[places.get(leaf.runs[0].issue.name, 0)].append((topic, leaf))
    return list(map(tuple, found))


def _own(project: Project) -> bool:
    """Whether pages of issues or topics are made by the author's own templates."""
    return (project.templates / "web").is_dir()


def _constant(project: Project, context: RenderContext) -> bytes:
    """A digest of all that is not of an issue: settings, labels, templates, and who makes the site of them."""
    digest = hashlib.blake2b(repr((context.publication, context.labels)).encode("utf-8", "surrogatepass"), key=maker())
    for folder in (project.templates, DEFAULTS):
        for path, data in _files(folder):
            digest.update(f"\0{path}\0{len(data)}\0".encode("utf-8", "surrogatepass"))
            digest.update(data)
    return digest.digest()


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files under a folder with their bytes, those that can be read."""
    for inner, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(inner, name)
            if stat.S_ISREG(os.stat(path).st_mode):
                yield path, Path(path).read_bytes()
