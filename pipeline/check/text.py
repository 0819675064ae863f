"""All text of an issue at once: a rule that looks for what most issues do not have looks through it first."""

from __future__ import annotations

from pipeline.model import Issue

__all__ = ["text"]


def text(issue: Issue) -> str:
    """The texts and addresses of an issue, a line or more each, but not to whom they belong."""
    parts = [issue.title, issue.subject, issue.preheader, issue.intro]
    for section in issue.sections:
        parts += (section.title, section.text)
    for entry in issue.walk():
        parts += (entry.title, entry.note)
        if entry.url:
            parts.append(entry.url)
        if entry.via:
            parts.append(entry.via)
        for link in entry.links:
            parts += (link.title, link.url)
    return "\n".join(parts)
