"""Feeds of others, read into the inbox: each entry once, none that an issue has had."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from pipeline.capture.adding import LATER, Find, as_entry
from pipeline.capture.shelf import Shelf, shelf, write_inbox
from pipeline.edit.entering import values
from pipeline.edit.inbox import appended
from pipeline.errors import BadSource
from pipeline.fetch import Answer, Failure, Outcome, Policy, Rounds, fetch
from pipeline.findings import Finding
from pipeline.formats.pages import one_line
from pipeline.formats.syndicated import Item, items
from pipeline.history.memory import Before, keys_of
from pipeline.identity import identify
from pipeline.identity.tracking import untracked
from pipeline.model import Entry, Gathered, Location
from pipeline.project import INBOX, SETTINGS, Project
from pipeline.read.inbox import ADDED, Waiting
from pipeline.read.links import prover
from pipeline.read.source import Report
from pipeline.write.disk import refused, replace
from pipeline.write.lock import locked

__all__ = ["Haul", "gather"]

_STATE = "gather.json"
_NEWEST = 50
"""Items of a feed that are taken at once: who adds a feed wants what comes, not what it ever had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is remembered of a feed: what its server wants to be asked by, and the addresses that it had."""

    etag: str = ""
    modified: str = ""
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Haul:
    """What a round brought: new entries by feed, feeds with nothing new, and what was found."""

    entries: tuple[tuple[Gathered, tuple[Waiting, ...]], ...]
    unchanged: int
    failed: int
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Basket:
    """What is to be put into the inbox, and what must not be put in again."""

    today: datetime.date
    kept: Shelf
    taken: set[str] = field(default_factory=set)
    report: Report = field(default_factory=Report)

    def fresh(self, feed: Gathered, some: Sequence[Item], seen: _Seen) -> Iterator[Waiting]:
        """Those items that neither an issue has had, nor the inbox has, nor an earlier round has brought."""
        known = frozenset(seen.urls)
        for item in [item for item in some if item.url not in known][:_NEWEST]:
            entry = self._entry(item)
            if entry is None:
                continue
            keys = keys_of(entry) or {str(entry.url)}
            if keys & self.taken or self._had(entry):
                continue
            self.taken |= keys
            yield Waiting(entry=entry, section=feed.section, added=self.today)

    def _entry(self, item: Item) -> Entry | None:
        find = Find(
            url=untracked(item.url)[0],
            today=self.today,
            title=one_line(item.title),
            author=one_line(item.author),
            published=item.published,
        )
        try:
            return as_entry(find, prover((), Report(), used=set()), Report())
        except BadSource:  # an address that is none: a feed's fault, of no use to whoever reads this
            return None

    def _had(self, entry: Entry) -> bool:
        """Whether an issue had the same address, whatever the title: feeds and editors title as they like."""
        anchor = identify(entry.url or "").anchor
        pasts = [past for key in keys_of(entry) for past in self.kept.history.carrying(key, Before(LATER))]
        return any(identify(past.url).anchor in ("", anchor) for past in pasts)


def gather(project: Project, feeds: Sequence[Gathered], policy: Policy, today: datetime.date) -> Haul:
    """Reads the feeds and puts what is new into the inbox. A feed that cannot be read is told, and the others go on.

    First the inbox is written, then what is remembered of the feeds: killed between the two, nothing is lost, and what
    the inbox has is not put in again. Raises a PipelineError where the publication or the inbox cannot be read or
    written.
    """
    state = _remembered(project)
    outcomes = _fetched(feeds, state, policy)
    with locked(project.root / ".publish"):
        kept = shelf(project)
        basket = _Basket(today=today, kept=kept)
        basket.taken |= {key for one in kept.inbox.waiting for key in keys_of(one.entry)}
        found: list[tuple[Gathered, tuple[Waiting, ...]]] = []
        failed = 0
        for feed in feeds:
            outcome, seen = outcomes[feed.url], state.get(feed.url, _Seen())
            read = _read(outcome, feed, basket.report)
            if read is None:
                failed += 1
            elif read and isinstance(outcome, Answer):
                found.append((feed, tuple(basket.fresh(feed, read, seen))))
                state[feed.url] = _seen(outcome, read)
        fresh = [one for _, some in found for one in some]
        if fresh:
            _put_in(project, kept, fresh)
        _remember(project, {feed.url: state[feed.url] for feed in feeds if feed.url in state})
    brought = tuple((feed, some) for feed, some in found if some)
    return Haul(
        entries=brought,
        unchanged=len(feeds) - failed - len(brought),
        failed=failed,
        findings=(*kept.findings, *basket.report.findings),
    )


def _fetched(feeds: Sequence[Gathered], state: dict[str, _Seen], policy: Policy) -> dict[str, Outcome]:
    """The answers by the feeds' addresses, hosts at once and each host politely."""

    def ask(url: str) -> Outcome:
        seen = state.get(url, _Seen())
        headers = {"If-None-Match": seen.etag, "If-Modified-Since": seen.modified}
        return fetch(url, policy, {name: value for name, value in headers.items() if value})

    rounds: Rounds[str, Outcome] = Rounds(ask)
    for url in dict.fromkeys(feed.url for feed in feeds):
        rounds.add(urlsplit(url).netloc, url)
    return dict(rounds)


def _read(outcome: Outcome, feed: Gathered, report: Report) -> tuple[Item, ...] | None:
    """The items of an answer, none where it has not changed; None, with a warning, where there are none to be read."""
    why = ""
    if isinstance(outcome, Failure):
        why = outcome.reason
    elif outcome.status == 304:
        return ()
    elif not 200 <= outcome.status < 300:
        why = f"answers {outcome.status}"
    elif not outcome.whole:
        why = "is too large, or broke off"
    else:
        found = items(outcome.body, outcome.header("content-type"), outcome.url)
        if found is not None:
            return found
        why = "is no feed: RSS, Atom or JSON Feed"
    report.warning(Location(path=SETTINGS), "not-fetched", f"{feed.url} {why}: nothing is taken from it")
    return None


def _seen(answer: Answer, read: Sequence[Item]) -> _Seen:
    return _Seen(
        etag=_header(answer.header("etag")),
        modified=_header(answer.header("last-modified")),
        urls=tuple(item.url for item in read),
    )


def _header(value: str) -> str:
    """A header that may be sent back as it came."""
    return value if value.isascii() and value.isprintable() and len(value) < 500 else ""


def _put_in(project: Project, kept: Shelf, fresh: Sequence[Waiting]) -> None:
    def edit(data: bytes) -> bytes:
        for one in fresh:
            given = {**values(one.entry, one.section), ADDED: str(one.added)}
            data = appended(data, kept.inbox.column, given)
        return data

    write_inbox(project, kept, edit, [*kept.inbox.waiting, *fresh])


def _remembered(project: Project) -> dict[str, _Seen]:
    """What earlier rounds saw; nothing where that was deleted or is damaged."""
    try:
        found = json.loads((project.cache / _STATE).read_bytes())
        return {
            str(url): _Seen(etag=str(seen["etag"]), modified=str(seen["modified"]), urls=tuple(map(str, seen["urls"])))
            for url, seen in found.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _remember(project: Project, state: dict[str, _Seen]) -> None:
    with refused(f".publish/cache/{_STATE}", left=f"{INBOX} is written"):
        project.cache.mkdir(parents=True, exist_ok=True)
        text = json.dumps({url: asdict(seen) for url, seen in state.items()}, ensure_ascii=False)
        replace(project.cache / _STATE, text.encode("utf-8", "replace"))
