"""The archive in figures and pictures, drawn as SVG when it is built."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.history.topics import SECTIONS, SITES, TAGS, Topic, Topics
from pipeline.model import Issue
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.page import Pages

__all__ = ["statistics_page"]

_LISTED = 12  # issues; so few are told line by line
_BARS = 60  # of more, one would have less than 4 pixels of a telephone, its gap among them
_RANKED = 15  # sections, sites and tags that are shown
_TICKS = 12  # hundredths of the picture's width that the name of a year takes on a telephone
_GAP = 0.28  # of a step, between two bars
_STRIP = 20  # units of a strip's height


class _Span(NamedTuple):
    """Issues that one bar stands for, none where a time had none: those of `months` from `day` on, 0 for one issue."""

    day: datetime.date
    months: int
    issues: list[Issue]


class Bar(NamedTuple):
    """A bar in hundredths of the picture's width and height, from its top left, and what it says when pointed at."""

    x: str
    y: str
    width: str
    height: str
    told: str


class Chart(NamedTuple):
    """Entries an issue over time: a bar for each of some steps, years and values by their places at its sides."""

    steps: int
    bars: list[Bar]
    years: list[tuple[str, int]]
    values: list[tuple[str, int]]
    mean: str
    unit: str


class Rank(NamedTuple):
    """A line of a ranking: a title, its page if it has one, its entries, their share of the highest (0 to 100).

    `strip` is a path that draws its entries over the same time as the chart, in as many steps.
    """

    title: str
    path: str
    size: int
    share: int
    strip: str = ""


class Year(NamedTuple):
    """A line of the table that says in words what the chart shows."""

    year: int
    issues: int
    entries: int


def statistics_page(context: RenderContext) -> Iterator[Artifact]:
    """`statistics/index.html`: entries an issue over time, by section, and the sites and tags that are met most."""
    if not context.archive:
        return
    topics, oldest_first = context.topics, context.archive[::-1]
    counts = [topics.entries[issue.name] for issue in oldest_first]
    spans = _spans(oldest_first)
    few = len(oldest_first) <= _LISTED
    yield Pages(context).page(
        "web/statistics.html",
        "statistics/",
        archive=context.archive,
        entries=sum(counts),
        sites=len(topics.hosts),
        lowest=min(counts),
        highest=max(counts),
        mean=round(sum(counts) / len(counts)),
        issues=_issues(context, oldest_first) if few else [],
        chart=None if few else _chart(context, spans, sum(counts) / len(counts)),
        years=[] if few else _years(topics, context.archive),
        rankings=_rankings(topics, spans, few=few),
        listed=[kind for kind, paths in topics.paths.items() if paths],
    )


def _spans(issues: Sequence[Issue]) -> list[_Span]:
    """The finest steps of time in which the issues, oldest first, make no more than `_BARS`."""
    if len(issues) <= _BARS:
        return [_Span(issue.date, 0, [issue]) for issue in issues]
    for months in (1, 3, 12):
        first, last = (_month(issues[at].date) // months for at in (0, -1))
        if last - first < _BARS:
            break
    found = [_Span(_first_day(step * months), months, []) for step in range(first, last + 1)]
    for issue in issues:
        found[_month(issue.date) // months - first].issues.append(issue)
    return found


def _month(day: datetime.date) -> int:
    """The months from the beginning of our calendar."""
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> datetime.date:
    return datetime.date(month // 12, month % 12 + 1, 1)


def _chart(context: RenderContext, spans: Sequence[_Span], mean: float) -> Chart:
    """A bar a span, as high as its issues have entries on average."""
    counts = context.topics.entries
    heights = [sum(counts[issue.name] for issue in span.issues) / (len(span.issues) or 1) for span in spans]
    top = max(*heights, 1) * 1.05
    step = 100 / len(spans)
    bars = [
        Bar(
            x=f"{(place + _GAP / 2) * step:.4g}",
            y=f"{100 - 100 * high / top:.4g}",
            width=f"{(1 - _GAP) * step:.4g}",
            height=f"{100 * high / top:.4g}",
            told=f"{_named(context, span)} · {round(high)}",
        )
        for place, (span, high) in enumerate(zip(spans, heights, strict=True))
        if high
    ]
    each = next(size for size in _sizes() if top / size < 5)
    return Chart(
        steps=len(spans),
        bars=bars,
        years=list(_ticks(spans, step)),
        values=[(f"{100 - 100 * value / top:.4g}", value) for value in range(each, int(top) + 1, each)],
        mean=f"{100 - 100 * mean / top:.4g}",
        unit={0: "", 1: "bar_month", 3: "bar_quarter", 12: "bar_year"}[spans[0].months],
    )


def _sizes() -> Iterator[int]:
    """What people count by: 1, 2, 5, 10, 20, 50, …"""
    return (factor * 10**power for power in itertools.count() for factor in (1, 2, 5))


def _named(context: RenderContext, span: _Span) -> str:
    """What a bar stands for: an issue's title, a month as 2023-03, a quarter as 2023-01–03, or a year."""
    match span.months:
        case 0:
            return context.title(span.issues[0])
        case 1:
            return f"{span.day:%Y-%m}"
        case 3:
            return f"{span.day:%Y-%m}–{span.day.month + 2:02}"
    return str(span.day.year)


def _ticks(spans: Sequence[_Span], step: float) -> Iterator[tuple[str, int]]:
    """Where years begin, but for those whose names would run into another or out of the picture."""
    last, year = float(-_TICKS), 0
    for place, span in enumerate(spans):
        at = place * step
        if span.day.year != year and last + _TICKS <= at <= 100 - _TICKS / 2:
            yield f"{at:.4g}", span.day.year
            last = at
        year = span.day.year


def _years(topics: Topics, archive: Iterable[Issue]) -> list[Year]:
    """The years, newest first; the archive comes so."""
    by_year = itertools.groupby(archive, key=lambda issue: issue.date.year)
    named = ((year, [topics.entries[issue.name] for issue in issues]) for year, issues in by_year)
    return [Year(year, len(counts), sum(counts)) for year, counts in named]


def _issues(context: RenderContext, issues: Sequence[Issue]) -> list[Rank]:
    """A line an issue, oldest first."""
    counts = context.topics.entries
    return _ranked((context.title(issue), f"{issue.name}/", counts[issue.name], "") for issue in issues)


def _rankings(topics: Topics, spans: Sequence[_Span], *, few: bool) -> list[tuple[str, list[Rank]]]:
    """Each kind of topic that there is with the fullest first; sections over time, where that was long enough."""
    steps = {issue.name: step for step, span in enumerate(spans) for issue in span.issues}

    def line(topic: Topic) -> tuple[str, str, int, str]:
        strip = "" if few or topic.kind != SECTIONS else _strip(topic, steps, len(spans))
        return topic.title, topic.path, topic.size, strip

    paths = topics.paths[SITES]
    lines = {
        SECTIONS: [line(topic) for topic in topics.of(SECTIONS)],
        SITES: [(host, paths.get(host, ""), count, "") for host, count in topics.hosts.items()],
        TAGS: [line(topic) for topic in topics.of(TAGS)],
    }
    again = {kind: [each for each in some if each[2] > 1] for kind, some in lines.items()}
    fullest = {kind: sorted(some, key=lambda one: (-one[2], one[0]))[:_RANKED] for kind, some in again.items()}
    return [(kind, _ranked(some)) for kind, some in fullest.items() if some]


def _ranked(lines: Iterable[tuple[str, str, int, str]]) -> list[Rank]:
    found = list(lines)
    highest = max((size for _, _, size, _ in found), default=0) or 1
    return [Rank(title, path, size, round(100 * size / highest), strip) for title, path, size, strip in found]


def _strip(topic: Topic, steps: dict[str, int], width: int) -> str:
    """The entries of a topic in each step of time, as bars in a field of `width` by `_STRIP`."""
    counts = [0] * width
    for run in topic.runs:
        counts[steps[run.issue.name]] += len(run.places)
    highest = max(counts)
    high = [round(_STRIP * count / highest, 1) for count in counts]
    bars = ((step + _GAP / 2, each) for step, each in enumerate(high) if each)
    return "".join(f"M{at:g},{_STRIP}v-{each:g}h{1 - _GAP:g}v{each:g}z" for at, each in bars)
