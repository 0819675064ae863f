"""What readers have had, above in this issue or in an earlier one: where, how long ago, and why it is the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.findings import Finding, Severity
from pipeline.history.repeats import Past, Repeat, left_out
from pipeline.model import Entry
from pipeline.rules import finding

__all__ = ["mention_findings", "repeat_findings"]

_RULES = {
    "same": "repeat",
    "wrong-link": "wrong-link",
    "likely": "likely-repeat",
    "update": "update",
    "standing": "standing",
    "related": "related",
}
"""The rule that a verdict belongs to."""

_ASKED = {"wrong-link": "; was the wrong link pasted?", "likely": "; if it is another thing, not-same-as: [{}] says so"}


def repeat_findings(repeats: Iterable[Repeat], on_repeat: str) -> Iterator[Finding]:
    """A finding for each repeat that the editor has not answered; `on_repeat` is stop, drop or mark.

    Where a repeat is dropped or marked, it is no more than a warning, nor is a wrong link.
    """
    found = list(repeats)
    gone = left_out(found) if on_repeat == "drop" else set()
    for repeat in found:
        if repeat.accepted:
            continue
        kind = repeat.verdict.kind
        ending = _ASKED.get(kind, "").format(repeat.past.reference)
        if kind == "same" and on_repeat != "stop":
            ending = "; left out" if repeat.entry.slug in gone else "; shown as a repeat"
        message = f"{_where(repeat.entry, repeat.past, repeat.distance)}: {repeat.verdict.why}{_more(repeat)}{ending}"
        told = finding(_RULES[kind], repeat.entry.location, message)
        if on_repeat == "stop" and kind == "wrong-link" and not repeat.distance:
            told = replace(told, severity=Severity.ERROR)
        if on_repeat != "stop" and told.severity is Severity.ERROR:
            told = replace(told, severity=Severity.WARNING)
        yield told


def mention_findings(mentioned: Iterable[tuple[Entry, Past, int]]) -> Iterator[Finding]:
    """A finding for each entry that an earlier issue linked to in passing, or that does so with one of theirs."""
    for entry, past, distance in mentioned:
        message = f"{_where(entry, past, distance)}: one of them links to the other in passing"
        yield finding("mentioned", entry.location, message)


def _where(entry: Entry, past: Past, distance: int) -> str:
    if not distance:
        here = past.location.path == entry.location.path
        place = f"line {past.location.line}" if here else past.location
        return f"twice in this issue, {place}{_in(past)}, as “{past.title}”"
    ago = f"{distance} issue{'s' * (distance > 1)} ago"
    return f"in issue {past.number} ({past.issue}){_in(past)}, {ago}, as “{past.title}”"


def _in(past: Past) -> str:
    return f", {past.section}" if past.section else ""


def _more(repeat: Repeat) -> str:
    return f" (and {repeat.times - 1} more)" if repeat.times > 1 else ""
