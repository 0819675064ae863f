"""Broken promises: the one tree of exceptions that a command reports without a traceback."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pipeline.findings import Finding, Severity
from pipeline.model import Location

__all__ = [
    "BadSource",
    "BadTemplate",
    "Busy",
    "ForeignFolder",
    "PipelineError",
    "Undeployable",
    "Unsearchable",
    "Unsendable",
    "Unwritable",
]


class PipelineError(Exception):
    """Work that cannot go on; `findings` say what is wrong, where, and what to do."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[type[PipelineError], tuple[tuple[Finding, ...]]]:
        """How it passes from one process to another."""
        return type(self), (self.findings,)

    @classmethod
    def at(cls, location: Location, rule: str, message: str) -> Self:
        """The error with one finding of severity error."""
        return cls([Finding(location=location, severity=Severity.ERROR, rule=rule, message=message)])


class BadSource(PipelineError):
    """The author's files cannot be read as an issue or as settings."""


class BadTemplate(PipelineError):
    """A template has an error, names what is not there, or yields broken MJML."""


class ForeignFolder(PipelineError):
    """`out/` holds what no build of ours made; it is left alone."""


class Unwritable(PipelineError):
    """The file system refused a write; the old generation stands."""


class Busy(PipelineError):
    """Another command holds the publication's lock."""


class Unsearchable(PipelineError):
    """The program that makes the index of the search fails."""


class Unsendable(PipelineError):
    """An issue that must not be mailed, or not so: a draft, one with errors, one that went out before."""


class Undeployable(PipelineError):
    """A site that must not go out, or a place that it cannot go to."""
