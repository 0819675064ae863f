"""What readers are shown of a repeat: where they had it, or nothing of it at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from pipeline.answers import answer
from pipeline.history import Before, History, Past
from pipeline.model import Entry, Issue, Link, Publication
from pipeline.repeats import by_address, by_title, likest, repeats

__all__ = ["previously"]

Linked = Callable[[Past], Link]
"""How readers are led to an earlier entry."""


def previously(issue: Issue, history: History, settings: Publication, linked: Linked) -> Issue:
    """The issue as readers get it: a repeat that is wanted links to where they had it.

    One that the editor has not answered is left out (`on_repeat` is drop), linked as well (mark), or stays (stop).
    An entry that others are grouped under is never left out, or they would be.
    """
    on_repeat = settings.on_repeat
    if on_repeat == "stop" and not any(entry.repeat or entry.supersedes for entry in issue.walk()):
        return issue
    pasts = dict(_pasts(issue, history, settings))
    if not pasts:
        return issue

    def shown(entries: tuple[Entry, ...]) -> Iterator[Entry]:
        for entry in entries:
            inner = tuple(shown(entry.entries))
            past = pasts.get(entry.slug)
            if past and on_repeat == "drop" and answer(entry) is None and not inner:
                continue
            link = linked(past) if past else None
            links = (*entry.links, link) if link and link not in entry.links else entry.links
            yield replace(entry, entries=inner, links=links)

    sections = tuple(replace(section, entries=tuple(shown(section.entries))) for section in issue.sections)
    return replace(issue, sections=sections)


def _pasts(issue: Issue, history: History, settings: Publication) -> Iterator[tuple[str, Past]]:
    """The earlier entry of each repeat that readers are shown, by the place of the entry on the page."""
    if settings.on_repeat != "stop":
        for repeat in repeats(issue, history, look=by_address, standing=settings.standing):
            if repeat.verdict.kind == "same" and not repeat.accepted:
                yield repeat.entry.slug, repeat.past
    for entry in issue.walk():
        given = answer(entry)
        if given and given.holds(issue.date):
            past = history.at(given.of) if given.of else _last(entry, issue, history)
            if past and past.issue < issue.name:
                yield entry.slug, past


def _last(entry: Entry, issue: Issue, history: History) -> Past | None:
    """The earlier entry that is likest, by its address, else by its title: titles take longer to look for."""
    for look in (by_address, by_title):
        found = likest(entry, look(entry, history, Before(issue.name)))
        if found and found[0].kind != "related":
            return found[1]
    return None
