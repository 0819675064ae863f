"""The editorial rules by name: what each tells, and how bad that is where the settings do not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.findings import Finding, Severity
from pipeline.model import Location

__all__ = ["LEVELS", "RULES", "EditorialRule", "finding"]

LEVELS = ("off", *(str(severity) for severity in reversed(Severity)))
"""What the settings may make of a rule, from the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorialRule:
    """How bad the findings of a rule are, and what it tells, as the documents say it."""

    severity: Severity
    tells: str


def _warning(tells: str) -> EditorialRule:
    return EditorialRule(severity=Severity.WARNING, tells=tells)


def _note(tells: str) -> EditorialRule:
    return EditorialRule(severity=Severity.NOTE, tells=tells)


RULES: Mapping[str, EditorialRule] = {
    "alt": _warning("an image without a text for those who cannot see it"),
    "bidi": _warning("a control character that turns the order in which readers see the text"),
    "capitals": _warning("a title all in capitals"),
    "cut-title": _warning("a title that ends in dots, as if it had been cut off"),
    "date-mismatch": _warning("a date in the issue's title that is not the folder's"),
    "email-size": _warning("an email near the size at which Gmail clips"),
    "empty-section": _note("a section with nothing in it"),
    "empty-title": _warning("a title that says nothing, such as “here”"),
    "link-text": _note("a link in a note, or behind a title, on words that say nothing, such as “here”"),
    "mojibake": _warning("text that looks as if it had been decoded wrongly"),
    "no-note": _note("an entry without a note, a further link or entries grouped under it"),
    "no-scheme": _warning("an address without `https://`"),
    "number": _warning("an issue whose number is not above that of the issue before it"),
    "preheader-length": _warning("a preheader that does not fill the line behind the subject, or that is cut"),
    "shortener": _warning("an address of a shortener such as bit.ly"),
    "subject-length": _warning("a subject that inboxes cut"),
    "tracking": _warning("tracking parameters in an address, with the address that is enough"),
}
"""Every rule whose severity `newsletter.yaml` may change; all else that is told is in the way of reading."""


def finding(rule: str, location: Location, message: str) -> Finding:
    """What a rule found, as bad as it is where the settings do not say otherwise."""
    return Finding(location=location, severity=RULES[rule].severity, rule=rule, message=message)
