"""Problems as data: what is wrong, where, how bad, and by which rule."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from pipeline.model import Location

__all__ = ["Finding", "Severity"]


class Severity(enum.StrEnum):
    """How bad a finding is: an error refuses, a warning asks for a look, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem at one place, named by the rule that found it."""

    location: Location
    severity: Severity
    rule: str
    message: str

    def __str__(self) -> str:
        """The finding as a compiler would print it: address first, rule last."""
        return f"{self.location}: {self.severity}: {self.message} [{self.rule}]"
