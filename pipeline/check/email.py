"""What an inbox would do to the issue: subjects that are cut, emails that are clipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.findings import Finding
from pipeline.model import Entry, Issue, Markdown, Section
from pipeline.rules import finding

__all__ = ["HEAVY", "email_size", "section_weights", "subject_length"]

SUBJECT_AT_MOST = 78
PREHEADER = range(40, 131)
HEAVY = 90_000
"""Bytes of an email from which a warning comes; Gmail clips at 102 KB."""

_NAMED = 4
"""Sections whose weight a warning tells; one that is none of the heaviest is not where there is much to save."""

# What our own template writes around an email, a section and an entry, in bytes; fitted to the emails of ten issues in
# English and Chinese of 17 to 38 KB, whose size they give within 3 %.
_FRAME, _SECTION, _ENTRY, _NOTE, _LINK, _LINE = 7_100, 390, 28, 35, 25, 9


def subject_length(issue: Issue) -> Iterator[Finding]:
    """Warns of a subject or a preheader that inboxes cut, or of a preheader too short to fill its line."""
    subject = issue.subject or issue.title
    if len(subject) > SUBJECT_AT_MOST:
        message = f"the subject has {len(subject)} characters, and inboxes cut after {SUBJECT_AT_MOST}: set “subject:”"
        yield finding("subject-length", issue.location, message)
    if issue.preheader and len(issue.preheader) not in PREHEADER:
        message = f"the preheader has {len(issue.preheader)} characters; 40 to 130 fill the line behind the subject"
        yield finding("preheader-length", issue.location, message)


def email_size(issue: Issue, size: int | None = None) -> Iterator[Finding]:
    """Warns of an email near the size at which Gmail clips, and tells which sections weigh most.

    `size` is in bytes, as rendered; without it the issue is weighed, not rendered. Past the limit entries are left to
    the web page.
    """
    by_section = section_weights(issue) if size is None or size >= HEAVY else {}
    weighed = size or _FRAME + sum(by_section.values())
    if weighed >= HEAVY:
        had = f"{weighed:,}" if size else f"about {weighed:,}"
        message = f"the email has {had} bytes, and Gmail clips at 102,000: past that, entries stay on the web page"
        yield finding("email-size", issue.location, f"{message} ({_heaviest(by_section)})")


def _heaviest(weights: Mapping[str, int]) -> str:
    """The sections that weigh most, each with its share, and how much the others have."""
    ordered = sorted(weights.items(), key=lambda pair: -pair[1])
    told = [f"{title or 'without a section'} {weight / 1000:.0f} KB" for title, weight in ordered[:_NAMED]]
    rest = ordered[_NAMED:]
    if rest:
        told.append(f"{len(rest)} more {sum(weight for _, weight in rest) / 1000:.0f} KB")
    return ", ".join(told)


def section_weights(issue: Issue) -> dict[str, int]:
    """About how many bytes of email each section that readers see makes, by its title."""
    prose = {"": _note(issue.intro)} if issue.intro else {}
    return prose | {section.title: _section(section) for section in issue.sections if section.entries or section.text}


def _section(section: Section) -> int:
    entries = sum(_entry(entry) for top in section.entries for entry in top.walk())
    return _SECTION + len(section.title.encode()) + _note(section.text) + entries


def _entry(entry: Entry) -> int:
    links = sum(_LINK + len(link.title.encode()) + len(link.url) for link in entry.links)
    return _ENTRY + len(entry.title.encode()) + len(entry.url or "") + links + _note(entry.note)


def _note(text: Markdown) -> int:
    return len(text.encode()) + _NOTE + _LINE * text.count("\n") if text else 0
