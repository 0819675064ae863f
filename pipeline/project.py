"""The publication on disk: where its parts are, and their bytes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BadSource, PipelineError
from pipeline.images import HEAD
from pipeline.model import Location, Publication
from pipeline.read.issue import Folder
from pipeline.read.settings import read_settings
from pipeline.read.source import SIZE_AT_MOST, Report, decoded
from pipeline.read.yaml import Pairs, Text, parsed

__all__ = ["SETTINGS", "Project", "labels", "publication"]

SETTINGS = "newsletter.yaml"
"""The file that makes a folder a publication."""

_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(-[\w-]+)?")
_SOURCES = (".md", ".yaml", ".yml")
_NOT_READ = ("readme.md",)


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
    def cache(self) -> Path:
        """What may be deleted at any time."""
        return self.root / ".publish" / "cache"

    def names(self, report: Report) -> list[str]:
        """The names of the dated folders, oldest first; what is in `issues/` and is none is told."""
        if not self.issues.is_dir():
            raise PipelineError.at(Location(path="issues"), "missing-issue", "no such folder: make issues/2023-03-04/")
        names = []
        for path in sorted(self.issues.iterdir()):
            dated = _DATED.fullmatch(path.name)
            if path.name.startswith(".") or path.name.lower() in _NOT_READ:
                continue
            where = Location(path=f"issues/{path.name}")
            if not path.is_dir():
                report.warning(where, "not-an-issue", "not read: an issue is a dated folder, issues/2023-03-04/")
            elif not dated:
                report.warning(where, "not-an-issue", "not read: the name of an issue is a date, or date-slug")
            elif _day(dated[1]) is None:
                report.error(where, "not-an-issue", f"{dated[1]} is no day of the calendar")
            else:
                names.append(path.name)
        return names

    def folder(self, name: str) -> Folder:
        """One dated folder, its sources read. Raises BadSource where the file system refuses."""
        root = self.issues / name
        sources, others = {}, set()
        try:
            for path in sorted(root.rglob("*")):
                inner = path.relative_to(root).as_posix()
                if any(part.startswith(".") for part in inner.split("/")) or not path.is_file():
                    continue
                if "/" not in inner and path.suffix in _SOURCES and inner.lower() not in _NOT_READ:
                    sources[inner] = _start(path, SIZE_AT_MOST + 1)
                else:
                    others.add(inner)
        except OSError as error:
            raise BadSource.at(Location(path=f"issues/{name}"), "unreadable", error.strerror or str(error)) from None
        day = _day(name[:10])
        assert day is not None
        return Folder(
            path=f"issues/{name}",
            name=name,
            date=day,
            sources=sources,
            others=frozenset(others),
            head=lambda inner: _start(root / inner, HEAD),
        )


def _start(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
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
    try:
        data = _start(project.root / SETTINGS, SIZE_AT_MOST + 1)
    except FileNotFoundError:
        message = "no such file here: run `publish init` to make a publication, or name its folder with -C"
        raise BadSource.at(Location(path=SETTINGS), "missing-settings", message) from None
    except OSError as error:
        raise BadSource.at(Location(path=SETTINGS), "unreadable", error.strerror or str(error)) from None
    return read_settings(SETTINGS, data, report)


def labels(folders: list[Path], names: tuple[str, ...]) -> Mapping[str, str]:
    """The labels of some catalogues, the first to have a label winning, each from every folder of templates.

    Raises BadSource where a catalogue is malformed.
    """
    words: dict[str, str] = {}
    report = Report()
    for name in names:
        for folder in folders:
            path = folder / "labels" / f"{name}.yaml"
            if not path.is_file():
                continue
            source = decoded(f"templates/labels/{name}.yaml", _start(path, SIZE_AT_MOST + 1), report)
            node = parsed(source, report) if source else None
            for key, value in node.pairs if isinstance(node, Pairs) else ():
                if isinstance(value, Text):
                    words.setdefault(key.value, value.value)
                else:
                    report.error(value.location, "bad-value", f"the label “{key.value}” must be a text")
    if report.refuses:
        raise BadSource(report.findings)
    return words
