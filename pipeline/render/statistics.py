"""The archive in figures and pictures, drawn as SVG when it is built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.history.topics import SITES
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.page import render

__all__ = ["statistics_page"]

_WIDTH, _HEIGHT = 640, 160
_SITES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bars:
    """A picture of one bar an issue: the path that draws it in a field of `width` by `height`, and what it shows."""

    width: int
    height: int
    path: str
    lowest: int
    highest: int
    mean: int


def statistics_page(context: RenderContext) -> Iterator[Artifact]:
    """`statistics/index.html`: entries an issue, and the sites that are linked to most."""
    if not context.archive:
        return
    counts = [context.topics.entries[issue.name] for issue in reversed(context.archive)]
    hosts = sorted(context.topics.hosts.items(), key=lambda pair: (-pair[1], pair[0]))[:_SITES]
    yield render(
        context,
        "web/statistics.html",
        "statistics/",
        entries=sum(counts),
        bars=_bars(counts),
        first=context.archive[-1],
        last=context.archive[0],
        hosts=hosts,
        paths=context.topics.paths[SITES],
        archive=context.archive,
    )


def _bars(counts: list[int]) -> _Bars:
    """The counts as bars side by side, oldest on the left; the highest is as high as the picture."""
    highest = max(counts)
    step = _WIDTH / len(counts)
    wide = step * 0.8 if step > 2 else step  # gaps of less than half a pixel would only blur
    path = []
    for place, count in enumerate(counts):
        high = _HEIGHT * count / highest if highest else 0
        path.append(f"M{place * step:.5g},{_HEIGHT}v-{high:.4g}h{wide:.4g}v{high:.4g}z")
    return _Bars(
        width=_WIDTH,
        height=_HEIGHT,
        path="".join(path),
        lowest=min(counts),
        highest=highest,
        mean=round(sum(counts) / len(counts)),
    )
