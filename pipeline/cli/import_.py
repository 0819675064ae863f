"""`publish import`."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.encoding import Mode
from pipeline.findings import Severity
from pipeline.importing import Choices, Outcome, import_sources
from pipeline.project import Project
from pipeline.sources import KINDS

__all__ = ["command"]


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    return dates(ctx, param, (value,))[0] if value else ""


@click.command("import", short_help="Take over newsletters and lists that were made elsewhere.")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
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
@click.option("--dry-run", is_flag=True, help="Tell what would be made, and write nothing.")
@output_options
def command(
    *,
    sources: tuple[Path, ...],
    issue: str,
    kind: str | None,
    table: Path | None,
    repair: Mode | None,
    dry_run: bool,
    project: Project,
    output: Output,
) -> None:
    """Take over newsletters and lists that were made elsewhere: each SOURCE is a file, or a folder of files.

    What a source is, is recognised and told. Its date is that of the table, or of its header, heading, name or git.
    An issue that is there gets only the entries that it has not, at its end; importing again changes nothing.
    """
    today = datetime.date.today()
    choices = Choices(today=today, issue=issue, kind=kind or "", dates=table, repair=repair, dry_run=dry_run)
    outcome = import_sources(project, sources, choices)
    output.findings(outcome.findings)
    for line in _summary(outcome, dry_run=dry_run):
        output.say(printable(line))
    if any(finding.severity is Severity.ERROR for finding in outcome.findings):
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
