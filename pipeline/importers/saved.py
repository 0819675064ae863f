"""Links that somebody saved, to issues: each link once, an issue a week, what was private left out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.dates import date_in
from pipeline.findings import Finding, Severity
from pipeline.importers.markdown_sound import as_text, escaped
from pipeline.importers.placing import key_of
from pipeline.importers.source import UNDATED
from pipeline.model import Entry, Issue, Link, Location, Markdown, Section, Url
from pipeline.read.links import PLAIN, prover
from pipeline.read.notes import joined, proven
from pipeline.read.source import CONTROL, Report, Source

__all__ = ["Saved", "entry_of", "issues_of", "note_of", "told", "weekly"]

_BACKTICKS = re.compile(r"`+")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A link as it was saved: `address` and `note` (Markdown) are still to be proven; `day` is that of saving it.

    `issue` names the issue that the list itself puts it into.
    """

    title: str
    address: str
    location: Location
    note: str = ""
    section: str = ""
    day: datetime.date | None = None
    issue: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    lang: str = ""
    private: bool = False
    unread: bool = False
    links: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


def note_of(text: str) -> str:
    """Plain text as Markdown that says just this, the addresses in it as links."""
    return "\n".join(as_text(line.strip()) for line in text.strip().split("\n"))


def _sound(text: str) -> str:
    """A text without controls and halves of characters, which escapes and references can bring."""
    return text if text.isprintable() else _SURROGATE.sub("\ufffd", CONTROL.sub("", text))


def _line(text: str) -> str:
    return " ".join(_sound(text).split()) if text else ""


def told(report: Report, where: Location, rule: str, message: str) -> None:
    """Tells of something that is worth knowing and needs nothing."""
    report.findings.append(Finding(location=where, severity=Severity.NOTE, rule=rule, message=message))


def entry_of(saved: Saved, report: Report) -> Entry:
    """The entry of a link; one that leads nowhere for readers is kept as text, and told."""
    address = _line(saved.address)
    url = _url(address, saved.location, report) if address else None
    notes = [_sound(saved.note)]
    if url is None and address:
        fence = "`" * (max((len(run) for run in _BACKTICKS.findall(address)), default=0) + 1)
        pad = " " if "`" in address else ""
        notes.insert(0, f"{fence}{pad}{address}{pad}{fence}")
    links = [(_line(title), _line(target)) for title, target in saved.links]
    proven_links = [(title, target, _url(target, saved.location, report)) for title, target in links]
    notes += [note_of(f"{title}: {target}") for title, target, proof in proven_links if proof is None]
    further = [Link(title=title, url=proof) for title, _, proof in proven_links if proof]
    if url is None and further:
        url = further.pop(0).url
    return Entry(
        title=_line(saved.title) or address[:200] or "…",
        url=url,
        links=tuple(further),
        note=_proven(joined(notes), saved.location) if any(notes) else Markdown(""),
        tags=tuple(dict.fromkeys(filter(None, map(_line, saved.tags)))),
        author=_line(saved.author),
        lang=_line(saved.lang),
        extra={_line(name): _sound(text) for name, text in saved.extra if _line(name)},
        location=saved.location,
    )


def _url(address: str, where: Location, report: Report) -> Url | None:
    if PLAIN.fullmatch(address):
        return Url(address)
    found = Report()
    url = prover((), found, used=set())(address, where)
    if url and not url.startswith("#"):
        report.findings += found.findings
        return url
    for finding in found.findings:
        report.warning(where, finding.rule, f"kept as text, not as a link: {finding.message}")
    return None


def _proven(note: Markdown, where: Location) -> Markdown:
    """A note as the house reads it; where it would refuse it, its words as plain text, in the end without links."""
    for form in (str, note_of, _without_links):
        found = Report()
        made = proven(Source(where.path, form(note)), prover((), found, used=set()), found)
        if not found.refuses:
            return made
    return Markdown("")


def _without_links(text: str) -> str:
    return "\n".join(escaped(line.strip()) for line in text.split("\n"))


def issues_of(path: str, links: Sequence[Saved], report: Report, *, title: str = "") -> tuple[Issue, ...]:
    """The issues of a list of links, oldest first: as the list groups them, else one a week; undated ones last."""
    kept = list(_once(path, links, report))
    weeks = not any(link.issue for link in kept) and not _of_issues(kept)
    groups: dict[tuple[datetime.date, str], list[Saved]] = {}
    for link in kept:
        day = weekly(link.day) if weeks and link.day else link.day
        groups.setdefault((day or UNDATED, link.issue), []).append(link)
    if any(link.issue for link in kept):
        groups = _by_issue(kept)
    ordered = sorted(groups.items(), key=lambda group: (group[0][0] == UNDATED, group[0][0]))
    return tuple(_issue(day, name, found, report, title) for (day, name), found in ordered)


def _by_issue(links: Sequence[Saved]) -> dict[tuple[datetime.date, str], list[Saved]]:
    """The links of each issue that a list names, under the newest day of any of them."""
    by_name: dict[str, list[Saved]] = {}
    for link in links:
        by_name.setdefault(link.issue, []).append(link)
    days = {name: max((one.day for one in found if one.day), default=UNDATED) for name, found in by_name.items()}
    return {(date_in(name) or days[name], name): found for name, found in by_name.items()}


def weekly(day: datetime.date) -> datetime.date:
    """The last day of the week that a day is in: its Sunday (ISO 8601)."""
    return day + datetime.timedelta(days=min(7 - day.isoweekday(), (datetime.date.max - day).days))


def _of_issues(links: Sequence[Saved]) -> bool:
    """Whether the days are those of issues, not of saving: three links a day or more, always on one day of the week."""
    days = {link.day for link in links if link.day}
    return len(days) > 1 and len(links) >= 3 * len(days) and len({day.isoweekday() for day in days}) == 1


def _once(path: str, links: Sequence[Saved], report: Report) -> Iterator[Saved]:
    """The links that may be shown, each once: where it was saved first, with the words and tags of the others."""
    private = [link for link in links if link.private]
    unread = sum(link.unread and not link.private for link in links)
    by_key: dict[tuple[str, str], list[Saved]] = {}
    for link in links:
        if not link.private:
            by_key.setdefault(key_of(link.address or link.title), []).append(link)
    where = Location(path=path)
    if private:
        message = f"{len(private):,} private links are left out, the first of them here"
        report.warning(private[0].location, "private", message)
    if unread:
        told(report, where, "unread", f"{unread:,} links are marked as still to be read: taken like all others")
    twice = [found for found in by_key.values() if len(found) > 1]
    if twice:
        message = f"{len(twice):,} links are there more than once, the first of them here: each is taken once"
        told(report, twice[0][1].location, "twice", message)
    yield from (_merged(found) for found in by_key.values())


def _merged(links: list[Saved]) -> Saved:
    """One link of several of the same address: the oldest, with what the others add."""
    first = min(links, key=lambda link: link.day or datetime.date.max)
    if len(links) == 1:
        return first
    notes = [first.note]
    for link in links:
        named = "" if link.title in (first.title, "", link.address) else note_of(link.title)
        notes += [note for note in (named, link.note) if note and note not in notes]
    tags = dict.fromkeys(tag for link in (first, *links) for tag in link.tags)
    return replace(first, note="\n\n".join(note for note in notes if note), tags=tuple(tags))


def _issue(day: datetime.date, name: str, links: Sequence[Saved], report: Report, title: str) -> Issue:
    by_title: dict[str, list[Saved]] = {}
    for link in links:
        by_title.setdefault(_line(link.section), []).append(link)
    sections = [
        Section(
            title=section,
            entries=tuple(entry_of(link, report) for link in found),
            location=found[0].location,
        )
        for section, found in sorted(by_title.items(), key=lambda pair: pair[0] != "")
    ]
    return Issue(
        date=day,
        name="",
        title="" if name.isdecimal() or date_in(name) else _line(name or title),
        number=int(name) if name.isdecimal() and len(name) < 6 else 0,
        sections=tuple(sections),
        location=replace(links[0].location, column=None),
    )
