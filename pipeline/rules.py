"""The editorial rules by name: what each tells, and how bad that is where the settings do not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.findings import Finding, Severity
from pipeline.model import Location

__all__ = ["LEVELS", "LINK_RULES", "RULES", "EditorialRule", "finding"]

LEVELS = ("off", *(str(severity) for severity in reversed(Severity)))
"""What the settings may make of a rule, from the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorialRule:
    """How bad the findings of a rule are, and what it tells, as the documents say it."""

    severity: Severity
    tells: str


def _error(tells: str) -> EditorialRule:
    return EditorialRule(severity=Severity.ERROR, tells=tells)


def _warning(tells: str) -> EditorialRule:
    return EditorialRule(severity=Severity.WARNING, tells=tells)


def _note(tells: str) -> EditorialRule:
    return EditorialRule(severity=Severity.NOTE, tells=tells)


RULES: Mapping[str, EditorialRule] = {
    "alt": _warning("an image without a text for those who cannot see it"),
    "answer-idle": _note("an answer to a repeat where nothing earlier is like the entry"),
    "answer-over": _warning("an answer `running until` a day that is over"),
    "bidi": _warning("a control character that turns the order in which readers see the text"),
    "capitals": _warning("a title all in capitals"),
    "cut-title": _warning("a title that ends in dots, as if it had been cut off"),
    "date-mismatch": _warning("a date in the issue's title that is not the folder's"),
    "email-size": _warning("an email near the size at which Gmail clips"),
    "empty-section": _note("a section with nothing in it"),
    "empty-title": _warning("a title that says nothing, such as “here”"),
    "likely-repeat": _warning("an entry that an earlier issue seems to have had, at another address"),
    "link-archived": _note("a link that is gone, with its copy in a web archive beside it (`publish check --links`)"),
    "link-doubtful": _note("a link that did not answer, or lets no program in (`publish check --links`)"),
    "link-excluded": _warning("a link into a private network, or not to a port of the web (`publish check --links`)"),
    "link-failing": _warning("a link that could not be reached in two runs or more (`publish check --links`)"),
    "link-gone": _error("a link whose server says that it is gone: 404 or 410 (`publish check --links`)"),
    "link-moved": _note("a link that leads elsewhere for good: 301 or 308 (`publish check --links`)"),
    "link-text": _note("a link in a note, or behind a title, on words that say nothing, such as “here”"),
    "mentioned": _note("an entry that an earlier issue linked to in passing, or the other way round"),
    "mojibake": _warning("text that looks as if it had been decoded wrongly"),
    "no-note": _note("an entry without a note, a further link or entries grouped under it"),
    "no-scheme": _warning("an address without `https://`"),
    "number": _warning("an issue whose number is not above that of the issue before it"),
    "preheader-length": _warning("a preheader that does not fill the line behind the subject, or that is cut"),
    "reference": _warning("an answer that names an entry that no issue has, or a later one"),
    "related": _note("an entry near an earlier one: the next part, another place in it (`publish check --related`)"),
    "repeat": _error("an entry that this issue or an earlier one has had"),
    "shortener": _warning("an address of a shortener such as bit.ly"),
    "standing": _note("a link that is there again and again, or in a section that is declared standing"),
    "subject-length": _warning("a subject that inboxes cut"),
    "tracking": _warning("tracking parameters in an address, with the address that is enough"),
    "unknown-section": _warning("a section that `standing` or `rules` in the settings name and that no issue has"),
    "update": _note("an earlier entry's address with a new version, part or date"),
    "wrong-link": _warning("an earlier entry's address under a title without a word of it; an error within an issue"),
}
"""Every rule whose severity `newsletter.yaml` may change; all else that is told is in the way of reading."""

LINK_RULES = ("link-archived", "link-doubtful", "link-excluded", "link-failing", "link-gone", "link-moved")
"""The rules that ask the web, which `publish check --links` alone does."""


def finding(rule: str, location: Location, message: str) -> Finding:
    """What a rule found, as bad as it is where the settings do not say otherwise."""
    return Finding(location=location, severity=RULES[rule].severity, rule=rule, message=message)
