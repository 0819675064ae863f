"""`publish gather`."""

from __future__ import annotations

import datetime

import click

from pipeline.capture.gathering import Haul, gather
from pipeline.cli.fetching import policy
from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.errors import BadSource, PipelineError
from pipeline.model import Location
from pipeline.project import SETTINGS, Project, publication
from pipeline.read.source import Report

__all__ = ["command"]

_FEED_AT_MOST = 5_000_000


@click.command("gather", short_help="Read the feeds of others into the inbox.")
@click.option("--allow-network", "allowed", metavar="CIDR", multiple=True, help="A private network to ask.")
@output_options
def command(*, allowed: tuple[str, ...], project: Project, output: Output) -> None:
    """Read the feeds that newsletter.yaml lists under `gather:` into the inbox.

    Each entry comes once, and none that an issue has had. Exit 1 where no feed could be read.
    """
    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    if not settings.gather:
        message = "no feeds to gather from: list their addresses under “gather:”"
        raise PipelineError.at(Location(path=SETTINGS), "missing-key", message)
    how = policy(settings, allowed, size=_FEED_AT_MOST)
    haul = gather(project, settings.gather, how, datetime.date.today())
    output.findings(haul.findings)
    for line in _lines(haul):
        output.say(printable(line))
    if haul.failed == len(settings.gather):
        raise click.exceptions.Exit(1)


def _lines(haul: Haul) -> list[str]:
    count = sum(len(some) for _, some in haul.entries)
    lines = [f"{count:,} new {'entry' if count == 1 else 'entries'} in the inbox"]
    for feed, some in haul.entries:
        lines.append(f"{feed.url}: {len(some):,}")
        lines += [f"  {one.entry.title}" for one in some]
    if haul.unchanged:
        lines.append(f"{haul.unchanged:,} {'feed has' if haul.unchanged == 1 else 'feeds have'} nothing new")
    return lines
