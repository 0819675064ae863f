"""Answers of an editor that answer nothing: to an entry that no issue has, for a repeat that is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.answers import answer
from pipeline.findings import Finding
from pipeline.history.memory import History
from pipeline.history.repeats import Repeat
from pipeline.model import Issue
from pipeline.rules import finding

__all__ = ["answer_findings"]


def answer_findings(issue: Issue, history: History, repeats: Iterable[Repeat]) -> Iterator[Finding]:
    """Tells references to entries that are not there, answers that have run out, and answers to nothing."""
    found = {repeat.entry.slug for repeat in repeats}
    own = {f"{issue.name}#{entry.slug}" for entry in issue.walk()}
    for entry in issue.walk():
        given = answer(entry)
        named = (given.of,) if given and given.of else ()
        for reference in (*named, *entry.not_same_as):
            if reference not in own and history.at(reference) is None:
                wanted = "write its issue and what stands behind # in its permalink"
                yield finding("reference", entry.location, f"no issue has an entry “{reference}”: {wanted}")
            elif reference.partition("#")[0] > issue.name or reference == f"{issue.name}#{entry.slug}":
                message = f"“{reference}” is not before this entry: name the one that readers had first"
                yield finding("reference", entry.location, message)
        if given and not given.holds(issue.date):
            message = f"“{entry.repeat}” has run out on the day of this issue"
            yield finding("answer-over", entry.location, message)
        elif given and not named and entry.slug not in found:
            message = f"“{entry.repeat}” answers nothing: no earlier entry is like this one"
            yield finding("answer-idle", entry.location, message)
