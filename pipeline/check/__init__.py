"""Editorial rules: what an editor would want to be told of an issue before readers are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.check.addresses import addresses
from pipeline.check.answers import answer_findings
from pipeline.check.characters import characters
from pipeline.check.date import date_mismatch
from pipeline.check.email import email_size, section_weights, subject_length
from pipeline.check.gaps import gaps
from pipeline.check.repeats import mention_findings, repeat_findings
from pipeline.check.titles import titles
from pipeline.findings import Finding
from pipeline.history.memory import History
from pipeline.history.repeats import Look, by_parent, by_telling_title, mentioned, repeats
from pipeline.model import Issue, Publication

__all__ = ["RULES", "Rule", "check", "compared", "email_size", "in_passing", "section_weights"]

Rule = Callable[[Issue], Iterator[Finding]]

RULES: tuple[Rule, ...] = (date_mismatch, subject_length, titles, addresses, characters, gaps)


def compared(issue: Issue, history: History, settings: Publication, look: Look = by_telling_title) -> Iterator[Finding]:
    """What of an issue readers have had, in it or in earlier ones, and what is wrong with the answers to that."""
    found = list(repeats(issue, history, look=look, standing=settings.standing))
    told = found if look is by_parent else [repeat for repeat in found if repeat.verdict.kind != "related"]
    yield from repeat_findings(told, settings.on_repeat)
    yield from answer_findings(issue, history, found)


def in_passing(issue: Issue, history: History) -> Iterator[Finding]:
    """What an earlier issue linked to in passing, and what links in passing to an earlier entry."""
    return mention_findings(mentioned(issue, history))


def check(issue: Issue) -> Iterator[Finding]:
    """What the rules find in an issue."""
    for rule in RULES:
        yield from rule(issue)
