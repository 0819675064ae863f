"""`publish import`."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.encoding import Mode
from pipeline.errors import BadSource
from pipeline.findings import Severity
from pipeline.importers.source import SourceFile
from pipeline.importing.run import Choices, Outcome, import_sources
from pipeline.importing.sources import KINDS
from pipeline.project import Project, publication
from pipeline.read.source import Report

__all__ = ["command"]

_BYTES_AT_MOST = 32 << 20  # of an answer; the feed of a whole archive may have some MB


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    return dates(ctx, param, (value,))[0] if value else ""


class _Source(click.ParamType[Path | str]):
    """A file or folder that is there, or an address on the web."""

    name = "source"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        if isinstance(value, str) and value.lower().startswith(("http://", "https://")):
            return value
        click.Path(exists=True).convert(str(value), param, ctx)
        return Path(str(value))


def _fetched(
    sources: tuple[Path | str, ...], project: Project, allowed: tuple[str, ...], report: Report
) -> list[Path | SourceFile]:
    """The sources, those on the web read; one that does not come is told of and left out."""
    if all(isinstance(source, Path) for source in sources):
        return [source for source in sources if isinstance(source, Path)]
    from pipeline.cli.fetching import policy
    from pipeline.importing.download import downloaded

    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    how = policy(settings, allowed, size=_BYTES_AT_MOST)
    found = [source if isinstance(source, Path) else downloaded(source, how, report) for source in sources]
    return [source for source in found if source is not None]


@click.command("import", short_help="Take over newsletters and lists that were made elsewhere.")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=_Source())
@click.option("--issue", metavar="DATE", callback=_day, help="Put everything into the issue of this date.")
@click.option(
    "--from",
    "kind",
    type=click.Choice(KINDS),
    help="The kind of the sources, if not recognised; git takes what each commit added to a list as an issue.",
)
@click.option(
    "--dates",
    "table",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A table of file names and their dates, a tab between.",
)
@click.option(
    "--repair-encoding",
    "repair",
    type=click.Choice(["review", "accept"]),
    help="Put right text that was decoded wrongly; review marks what was chosen where bytes are lost, like ⟦this⟧.",
)
@click.option("--allow-network", "allowed", metavar="CIDR", multiple=True, help="A private network to ask.")
@click.option("--dry-run", is_flag=True, help="Tell what would be made, and write nothing.")
@output_options
def command(
    *,
    sources: tuple[Path | str, ...],
    issue: str,
    kind: str | None,
    table: Path | None,
    repair: Mode | None,
    allowed: tuple[str, ...],
    dry_run: bool,
    project: Project,
    output: Output,
) -> None:
    """Take over newsletters and lists that were made elsewhere.

    Each SOURCE is a file, a folder of files, or an address on the web. What it is, is recognised and told. Its date is
    that of the table, or of its header, heading, name or git. An issue that is there gets only the entries that it has
    not, at its end; importing again changes nothing.
    """
    today = datetime.date.today()
    choices = Choices(today=today, issue=issue, kind=kind or "", dates=table, repair=repair, dry_run=dry_run)
    report = Report()
    outcome = import_sources(project, _fetched(sources, project, allowed, report), choices)
    findings = (*report.findings, *outcome.findings)
    output.findings(findings)
    for line in _summary(outcome, dry_run=dry_run):
        output.say(printable(line))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise click.exceptions.Exit(1)


def _summary(outcome: Outcome, *, dry_run: bool) -> list[str]:
    verb = "would be made" if dry_run else "made"
    lines = [
        f"{made.path} {verb}: {_count(made.entries, 'entry', 'entries')} of {made.source} ({made.kind})"
        for made in outcome.made
    ]
    entries = _count(sum(made.entries for made in outcome.made), "entry", "entries")
    files = _count(len(outcome.made), "file", "files")
    return [*lines, f"{files} {verb}, {entries}; nothing new in {_count(outcome.unchanged, 'issue', 'issues')}"]


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
