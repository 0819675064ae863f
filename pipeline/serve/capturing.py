"""A link that comes by the desk or its bookmarklet: first what is known of it, then, if it is wanted, the edit."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pipeline.capture.adding import Captured, Find, add, foreseen
from pipeline.errors import PipelineError
from pipeline.project import Project

__all__ = ["Asked", "Verdict", "asked", "saved", "verdict"]

_HAD = ("repeat", "likely-repeat", "wrong-link", "update", "standing")
"""The rules by which something is told of an entry that issues had before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form holds; `into` is the name of an issue, empty for the inbox."""

    url: str = ""
    title: str = ""
    section: str = ""
    note: str = ""
    into: str = ""

    @property
    def looked(self) -> str:
        """What a verdict is of: with another address or place it would be another one."""
        return f"{self.into} {self.url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of a link: new, had, or bad where it cannot be put down; in a word and in lines."""

    kind: str
    word: str
    lines: tuple[str, ...] = ()


def asked(fields: Mapping[str, str], names: Collection[str]) -> Asked:
    """The form's fields; a title is one line, and an issue one of those that are there."""
    into = fields.get("into", "")
    return Asked(
        url=fields.get("url", "").strip(),
        title=" ".join(fields.get("title", "").split()),
        section=" ".join(fields.get("section", "").split()),
        note=fields.get("note", "").replace("\r\n", "\n").strip(),
        into=into if into in names else "",
    )


def verdict(project: Project, one: Asked) -> Verdict:
    """What is known of a link before it is put down; nothing is written."""
    try:
        return _told(foreseen(project, _find(one)), "New: no issue has had it.")
    except PipelineError as error:
        return _refused(error)


def saved(project: Project, one: Asked) -> tuple[Verdict, str]:
    """The link put down, and where it stands now; nowhere where it was not."""
    try:
        captured = add(project, _find(one))
    except PipelineError as error:
        return _refused(error), ""
    where = f"{captured.entry.location}: “{captured.entry.title}”" if captured.written else ""
    return _told(captured, "It was new."), where


def _find(one: Asked) -> Find:
    section = one.section or None
    today = datetime.date.today()
    return Find(url=one.url, today=today, title=one.title, section=section, note=one.note, issue=one.into)


def _told(captured: Captured, new: str) -> Verdict:
    had = [one.message for one in captured.findings if one.rule in _HAD]
    lines = tuple(_beside(captured))
    if not had:
        return Verdict(kind="new", word=new, lines=lines)
    first, *more = had
    return Verdict(kind="had", word=f"{first[:1].upper()}{first[1:]}.", lines=(*more, *lines))


def _beside(captured: Captured) -> Iterator[str]:
    if captured.stripped:
        yield f"Taken out of its address, as it only tracks readers: {', '.join(captured.stripped)}."
    yield from (one.message for one in captured.findings if one.rule not in _HAD)


def _refused(error: PipelineError) -> Verdict:
    return Verdict(kind="bad", word="It cannot be put down.", lines=tuple(one.message for one in error.findings))
