"""`publish check --links`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from pipeline.check.severities import judged
from pipeline.cli.fetching import policy
from pipeline.cli.options import Output
from pipeline.cli.report import printable
from pipeline.errors import BadSource, PipelineError, Unwritable
from pipeline.fetch import Policy
from pipeline.findings import Finding
from pipeline.linkrot import Place, Rot, State, link_findings, places, rot
from pipeline.model import Issue, Location
from pipeline.patrol import Looked, Memory, look
from pipeline.project import Project, publication
from pipeline.read.issue import read_issue
from pipeline.read.source import Report
from pipeline.write.lock import locked

__all__ = ["check_links"]

_MEMORY = ".publish/cache/links.sqlite"


def check_links(project: Project, names: Sequence[str], allowed: Sequence[str], output: Output) -> list[Finding]:
    """What is wrong with the links of the issues that are named, or of all; how much has rotted is told at once.

    Raises a PipelineError where something cannot be read, asked or remembered, and Exit, with what was learnt kept and
    told, where the run is interrupted.
    """
    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    issues = list(_issues(project, names))
    found = [place for issue in issues for place in places(issue)]
    looked = _looked(project, [place.url for place in found], policy(settings, allowed, size=0), output)
    told = list(judged(link_findings(found, looked.records), issues, settings.rules))
    for line in _lines(found, looked):
        output.say(printable(line))
    if looked.stopped:
        output.findings(told)
        click.echo("stopped: what was learnt is kept", err=True)
        raise click.exceptions.Exit(130)
    if looked.offline:
        message = "nothing that was asked answered: is this machine online? Nothing was learnt of its links"
        raise PipelineError([*told, *PipelineError.at(Location(path=""), "offline", message).findings])
    return told


def _issues(project: Project, names: Sequence[str]) -> Iterator[Issue]:
    for name in project.names(Report()):
        if not names or name in names or name[:10] in names:
            reading = read_issue(project.folder(name))
            if reading.issue is None:
                raise BadSource(reading.findings)
            yield reading.issue


def _looked(project: Project, urls: list[str], how: Policy, output: Output) -> Looked:
    def progress(done: int, of: int) -> None:
        if output.terminal and of:
            click.echo(f"\r{done:,} of {of:,} links\033[K", err=True, nl=False)

    try:
        with locked(project.root / ".publish"):  # which also hides it from git; not held while others are asked
            project.cache.mkdir(exist_ok=True)
        with Memory.opened(project.root / _MEMORY) as memory:
            return look(urls, memory, how, progress)
    except OSError as error:
        raise Unwritable.at(Location(path=_MEMORY), "unwritable", error.strerror or str(error)) from None
    finally:
        if output.terminal:
            click.echo("\r\033[K", err=True, nl=False)


def _lines(found: Iterable[Place], looked: Looked) -> Iterator[str]:
    """The report of rot, and which hosts are to be asked later."""
    rows = rot(found, looked.records)
    if rows[-1].links:
        yield "".join(f"{word:>12}" for word in ("year", "links", *State, "not asked", "gone"))
        yield from (_row(row) for row in rows)
    for host, until in sorted(looked.postponed.items()):
        yield f"{host} asks to be left alone until {until.astimezone():%Y-%m-%d %H:%M}"


def _row(row: Rot) -> str:
    counts = [row.states.get(state, 0) for state in State]
    share = f"{row.states.get(State.GONE, 0) / row.links:.1%}" if row.links else ""
    cells = [row.year or "all", row.links, *counts, row.unknown, share]
    return "".join(f"{cell:>12}" for cell in cells)
