"""What readers are shown of a repeat: where they had it, or nothing of it at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from pipeline.answers import answer
from pipeline.history.memory import Before, History, Past
from pipeline.history.repeats import Repeat, by_address, by_title, left_out, likest, repeats
from pipeline.model import Entry, Issue, Link, Publication, RuleSetting

__all__ = ["previously", "without_repeats"]

Linked = Callable[[Past, Issue], Link]
"""How the readers of an issue are led to an entry that was there before."""


def without_repeats(issue: Issue, history: History, settings: Publication) -> Issue:
    """The issue without the repeats that the editor has not answered: what readers get where `on_repeat` is drop.

    An entry that others are grouped under stays as long as one of them does.
    """
    gone = left_out(_unanswered(issue, history, settings))
    if not gone:
        return issue

    def kept(entries: tuple[Entry, ...]) -> Iterator[Entry]:
        for entry in entries:
            if entry.slug not in gone:
                yield replace(entry, entries=tuple(kept(entry.entries)))

    sections = tuple(replace(section, entries=tuple(kept(section.entries))) for section in issue.sections)
    return replace(issue, sections=sections)


def previously(issue: Issue, answers: bool, history: History, settings: Publication, linked: Linked) -> Issue:
    """The issue as readers get it: a repeat that is wanted links to where they had it.

    One that the editor has not answered does so, too, unless `on_repeat` is stop; `answers` is whether any is.
    """
    if settings.on_repeat == "stop" and not answers:
        return issue
    pasts = dict(_pasts(issue, history, settings))
    if not pasts:
        return issue

    def shown(entries: tuple[Entry, ...]) -> Iterator[Entry]:
        for entry in entries:
            past = pasts.get(entry.slug)
            link = linked(past, issue) if past else None
            links = (*entry.links, link) if link and link not in entry.links else entry.links
            yield replace(entry, entries=tuple(shown(entry.entries)), links=links)

    sections = tuple(replace(section, entries=tuple(shown(section.entries))) for section in issue.sections)
    return replace(issue, sections=sections)


def _pasts(issue: Issue, history: History, settings: Publication) -> Iterator[tuple[str, Past]]:
    """The earlier entry of each repeat that readers are shown, by the place of the entry on the page."""
    if settings.on_repeat != "stop":
        for repeat in _unanswered(issue, history, settings):
            yield repeat.entry.slug, repeat.past
    for entry in issue.walk():
        given = answer(entry)
        if given and given.holds(issue.date):
            past = history.at(given.of) if given.of else _last(entry, issue, history)
            if past and past.issue < issue.name:
                yield entry.slug, past


def _unanswered(issue: Issue, history: History, settings: Publication) -> Iterator[Repeat]:
    """The repeats that the editor has not answered, but for those of sections in which the rule is off."""
    setting = settings.rules.get("repeat", RuleSetting())
    for repeat in repeats(issue, history, look=by_address, standing=settings.standing):
        level = setting.sections.get(repeat.section) or setting.severity
        if repeat.verdict.kind == "same" and not repeat.accepted and level != "off":
            yield repeat


def _last(entry: Entry, issue: Issue, history: History) -> Past | None:
    """The earlier entry that is likest, by its address, else by its title: titles take longer to look for."""
    for look in (by_address, by_title):
        found = likest(entry, look(entry, history, Before(issue.name)))
        if found and found[0].kind != "related":
            return found[1]
    return None
