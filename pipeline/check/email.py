"""What an inbox would do to the issue: subjects that are cut, emails that are clipped."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.findings import Finding
from pipeline.model import Issue
from pipeline.rules import finding

__all__ = ["HEAVY", "email_size", "subject_length"]

SUBJECT_AT_MOST = 78
PREHEADER = range(40, 131)
HEAVY = 90_000
"""Bytes of an email from which a warning comes; Gmail clips at 102 KB."""


def subject_length(issue: Issue) -> Iterator[Finding]:
    """Warns of a subject or a preheader that inboxes cut, or of a preheader too short to fill its line."""
    subject = issue.subject or issue.title
    if len(subject) > SUBJECT_AT_MOST:
        message = f"the subject has {len(subject)} characters, and inboxes cut after {SUBJECT_AT_MOST}: set “subject:”"
        yield finding("subject-length", issue.location, message)
    if issue.preheader and len(issue.preheader) not in PREHEADER:
        message = f"the preheader has {len(issue.preheader)} characters; 40 to 130 fill the line behind the subject"
        yield finding("preheader-length", issue.location, message)


def email_size(issue: Issue, size: int) -> Iterator[Finding]:
    """Warns of an email near the size at which Gmail clips; past it entries are left to the web page."""
    if size >= HEAVY:
        message = f"the email has {size:,} bytes, and Gmail clips at 102,000: past that, entries stay on the web page"
        yield finding("email-size", issue.location, message)
