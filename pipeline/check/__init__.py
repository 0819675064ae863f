"""Editorial rules: what an editor would want to be told of an issue before readers are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.check.addresses import addresses
from pipeline.check.characters import characters
from pipeline.check.date import date_mismatch
from pipeline.check.email import email_size, subject_length
from pipeline.check.gaps import gaps
from pipeline.check.titles import titles
from pipeline.findings import Finding
from pipeline.model import Issue

__all__ = ["RULES", "Rule", "check", "email_size"]

Rule = Callable[[Issue], Iterator[Finding]]

RULES: tuple[Rule, ...] = (date_mismatch, subject_length, titles, addresses, characters, gaps)


def check(issue: Issue) -> Iterator[Finding]:
    """What the rules find in an issue."""
    for rule in RULES:
        yield from rule(issue)
