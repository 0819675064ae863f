"""The publication on disk: where its parts are, and their bytes."""

from __future__ import annotations

import contextlib
import datetime
import difflib
import errno
import functools
import itertools
import operator
import os
import re
import stat
import string
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.check.baseline import Row, load
from pipeline.errors import BadSource
from pipeline.formats.images import HEAD
from pipeline.model import Location, Publication
from pipeline.read.aliases import read_aliases
from pipeline.read.issue import Folder
from pipeline.read.settings import read_settings
from pipeline.read.source import SIZE_AT_MOST, Report, decoded
from pipeline.read.yaml import Pairs, Text, parsed
from pipeline.symlinks import OUTSIDE, all_inside, expect_inside, expect_within, leads_out

__all__ = ["ALIASES", "BASELINE", "INBOX", "SETTINGS", "Project", "aliases", "baseline", "labels", "publication"]

SETTINGS = "newsletter.yaml"
"""The file that makes a folder a publication."""

ALIASES = "aliases.yaml"
"""The file of addresses that are of one thing."""

INBOX = "inbox.yaml"
"""The file of the entries that wait for an issue."""

BASELINE = "check-baseline.txt"
"""The file of the findings that a check leaves out."""

_BASELINE_AT_MOST = 64 << 20

_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(-[\w-]+)?")
_NEARLY_DATED = re.compile(r"[0-9]{4}\D?[0-9]{1,2}\D?[0-9]{1,2}")
_SOURCES = (".md", ".yaml", ".yml")
_NOT_READ = ("readme.md",)
_NOT_PUBLISHED = (".DS_Store", ".gitkeep", ".gitignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The folder of a publication."""

    root: Path

    @property
    def issues(self) -> Path:
        """The folder of the dated folders."""
        return self.root / "issues"

    @property
    def templates(self) -> Path:
        """The author's own templates, which may not be there."""
        return self.root / "templates"

    @property
    def static(self) -> tuple[str, ...]:
        """The files of `static/`, to be copied to `out/` as they are, by their paths in it."""
        root = self.root / "static"
        expect_inside(self.root, root)
        with _told("static"):
            files = [path for path in sorted(root.rglob("*")) if path.is_file()]
        for path in files:
            expect_within(self.root, "static", path)
        return tuple(path.relative_to(root).as_posix() for path in files if path.name not in _NOT_PUBLISHED)

    @property
    def inbox(self) -> bytes | None:
        """What the inbox holds, None where there is none. Raises BadSource where it cannot be read."""
        path = self.root / INBOX
        with _told(INBOX):
            aim = Path(os.path.realpath(path))
            # A file beside the settings may be the inbox by another name: nothing of it goes out as it stands.
            if aim.parent != Path(os.path.realpath(self.root)) or aim.name.startswith("."):
                expect_inside(self.root, path)
            try:
                return _start(path, SIZE_AT_MOST + 1)
            except FileNotFoundError:
                return None

    @property
    def cache(self) -> Path:
        """What may be deleted at any time."""
        return self.root / ".publish" / "cache"

    def template_folders(self, defaults: Path) -> list[Path]:
        """The folders of templates, the author's before the `defaults`; one that is not there is left out.

        Raises BadSource where the file system refuses, and where a symbolic link would publish what lies elsewhere.
        """
        with _told("templates"):
            all_inside(self.root, self.templates)
            return [folder for folder in (self.templates, defaults) if folder.is_dir()]

    def misnamed(self, known: Collection[str], report: Report) -> None:
        """Warns of files in the author's `templates/` whose names are nearly those of templates: they replace none."""
        with _told("templates"):
            found = all_inside(self.root, self.templates)
            own = [path.relative_to(self.templates).as_posix() for path in found if path.is_file()]
        for name in sorted(own):
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.75) if name not in known else []
            if near and near[0] not in own:
                message = f"replaces no template: did you mean “templates/{near[0]}”?"
                report.warning(Location(path=f"templates/{name}"), "template-name", message)

    def names(self, report: Report) -> list[str]:
        """The names of the dated folders, oldest first; what is in `issues/` and is none is told."""
        if not self.issues.is_dir():
            report.error(Location(path="issues"), "missing-issue", "no such folder: make issues/2023-03-04/")
            return []
        names = []
        with _told("issues"), os.scandir(self.issues) as entries:
            found = sorted([(entry.name, _is_folder(entry), entry.is_symlink()) for entry in entries])
        for name, is_folder, is_link in found:
            dated = _DATED.fullmatch(name)
            if name.startswith(".") or name.lower() in _NOT_READ:
                continue
            where = Location(path=f"issues/{name}")
            if not is_folder:
                report.warning(where, "not-an-issue", "not read: an issue is a dated folder, issues/2023-03-04/")
            elif not dated and _NEARLY_DATED.match(name):
                report.error(where, "not-an-issue", "the name of an issue is YYYY-MM-DD, or that with -slug: rename it")
            elif not dated:
                report.warning(where, "not-an-issue", "not read: the name of an issue is a date, or date-slug")
            elif _day(dated[1]) is None:
                report.error(where, "not-an-issue", f"{dated[1]} is no day of the calendar")
            elif is_link and leads_out(self.root, self.issues / name):
                report.error(where, "outside", OUTSIDE)
            else:
                names.append(name)
        return names

    def folder(self, name: str) -> Folder:
        """One dated folder, its sources read.

        Raises BadSource where the file system refuses, and where a symbolic link would publish what lies elsewhere.
        """
        root = self.issues / name
        sources, others = {}, set()
        with _told(f"issues/{name}"):
            for inner, found in sorted(_files(str(root)), key=operator.itemgetter(0)):
                if found.is_symlink():
                    expect_inside(self.root, Path(found.path))
                if "/" not in inner and inner.endswith(_SOURCES) and inner.lower() not in _NOT_READ:
                    sources[inner] = _start(found.path, SIZE_AT_MOST + 1)
                else:
                    others.add(inner)
        day = _day(name[:10])
        assert day is not None
        return Folder(
            path=f"issues/{name}",
            name=name,
            date=day,
            sources=sources,
            others=frozenset(others),
            head=functools.partial(self._head, name),
        )

    def _head(self, name: str, inner: str) -> bytes:
        path = f"issues/{name}/{inner}"
        with _told(path):
            return _start(self.root / path, HEAD)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder or leads to one; `DirEntry.is_dir` raises for links in a circle, or through a file."""
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """Any OSError within becomes BadSource at `path`."""
    try:
        yield
    except OSError as error:
        raise BadSource.at(Location(path=path), "unreadable", error.strerror or str(error)) from None


def _files(root: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files of a folder and of those in it, by their paths in it, without what begins with a dot.

    With the loop over them, two thirds of the time of `rglob`. Raises OSError.
    """
    folders = [""]
    while folders:
        inner = folders.pop()
        with os.scandir(f"{root}/{inner}") as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{inner}{entry.name}/")
                elif entry.is_file():
                    yield f"{inner}{entry.name}", entry


def _start(path: str | Path, size: int) -> bytes:
    """The first bytes of a file. Raises OSError, also where it is none: a pipe would be waited for without end."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return file.read(size)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def publication(project: Project, report: Report) -> Publication | None:
    """The settings of the publication; None where they have an error. Raises BadSource where there are none."""
    if not project.root.is_dir():
        raise BadSource.at(Location(path=str(project.root)), "missing-folder", "no such folder: what does -C name?")
    with _told(SETTINGS):
        try:
            data = _start(project.root / SETTINGS, SIZE_AT_MOST + 1)
        except FileNotFoundError:
            message = "no such file here: run `publish init` to make a publication, or name its folder with -C"
            raise BadSource.at(Location(path=SETTINGS), "missing-settings", message) from None
    settings, groups = read_settings(SETTINGS, data, report), aliases(project, report)
    return replace(settings, aliases=groups) if settings and groups else settings


def aliases(project: Project, report: Report) -> tuple[tuple[str, ...], ...]:
    """The addresses that the publication's `aliases.yaml` says are of one thing; none where it has no such file."""
    with _told(ALIASES):
        try:
            data = _start(project.root / ALIASES, SIZE_AT_MOST + 1)
        except FileNotFoundError:
            return ()
    return read_aliases(ALIASES, data, report)


def baseline(project: Project) -> Counter[Row]:
    """The findings that a check leaves out; none where the publication has no baseline. Raises BadSource."""
    with _told(BASELINE):
        try:
            data = _start(project.root / BASELINE, _BASELINE_AT_MOST)
        except FileNotFoundError:
            return Counter()
    return load(BASELINE, data)


def labels(folders: list[Path], names: tuple[str, ...]) -> Mapping[str, str]:
    """The labels of some catalogues, the first to have a label winning, each from every folder of templates.

    The last catalogue of the last folder says which values a label may hold. Raises BadSource where one is malformed.
    """
    words: dict[str, str] = {}
    known: dict[str, set[str]] = {}
    report = Report()
    for name, folder in itertools.product(reversed(names), reversed(folders)):
        path = folder / "labels" / f"{name}.yaml"
        shown = f"templates/labels/{name}.yaml"
        with _told(shown):
            if not path.is_file():
                continue
            source = decoded(shown, _start(path, SIZE_AT_MOST + 1), report)
        node = parsed(source, report) if source else None
        if node is not None and not isinstance(node, Pairs):
            report.error(node.location, "bad-value", "write labels and their texts, such as “issue: Issue {number}”")
        for key, value in node.pairs if isinstance(node, Pairs) else ():
            if not isinstance(value, Text):
                report.error(value.location, "bad-value", f"the label “{key.value}” must be a text")
                continue
            held = _held(value.value)
            if held is None or not held <= known.setdefault(key.value, held):
                may = ", ".join(f"{{{word}}}" for word in sorted(known.get(key.value, ()))) or "no values"
                report.error(value.location, "label", f"the label “{key.value}” cannot be filled: it may use {may}")
            words[key.value] = value.value
    if report.refuses:
        raise BadSource(report.findings)
    return words


def _held(label: str) -> set[str] | None:
    """The names of the values in a label; None where a brace is open, or holds more than a name."""
    try:
        fields = [field for field in string.Formatter().parse(label) if field[1] is not None]
    except ValueError:
        return None
    plain = all(str(name).isidentifier() and not form and not conversion for _, name, form, conversion in fields)
    return {str(name) for _, name, _, _ in fields} if plain else None
