"""`publish fix`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click

from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.edit.fix import Fix, fix
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.model import Location
from pipeline.project import Project, publication
from pipeline.read.source import Report
from pipeline.write.sources import rewrite

__all__ = ["command"]


@click.command("fix", short_help="Take tracking parameters out of your files.")
@click.argument("names", metavar="[DATE]...", nargs=-1, callback=dates)
@click.option("--yes", is_flag=True, help="Write without asking.")
@output_options
def command(names: tuple[str, ...], yes: bool, project: Project, output: Output) -> None:
    """Take tracking parameters out of the addresses in the files of the issues named, or of all.

    The difference is shown first. It is written with --yes, or when you say so on a terminal; elsewhere nothing is
    written, and the exit code is 1 where there is something to write. Every other byte of a file stays.
    """
    fixes = list(_fixes(project, names))
    output.findings(
        Finding(location=Location(path=one.path), severity=Severity.WARNING, rule="fix", message=one.problem)
        for one in fixes
        if one.problem
    )
    changed = [one for one in fixes if one.changes]
    for one in changed:
        _show(one, output)
    if not changed:
        output.say("nothing to take out")
        return
    output.say(_summary(changed))
    asked = sys.stdin.isatty() and output.terminal
    if not yes and not (asked and click.confirm("Write this?")):
        output.say("nothing was written" if asked else "nothing was written: --yes writes")
        raise click.exceptions.Exit(1)
    for one in changed:
        rewrite(project.root, one.path, one.before, one.after)
    output.say(f"{_count(len(changed), 'file')} written")


def _fixes(project: Project, names: tuple[str, ...]) -> Iterator[Fix]:
    """What is to be done to each source, in order. Raises BadSource where there is no publication or no such issue."""
    report = Report()
    publication(project, report)
    there = project.names(report)
    for name in names:
        if not any(name in (folder, folder[:10]) for folder in there):
            report.error(Location(path=f"issues/{name}"), "missing-issue", "no such folder: an issue is a dated folder")
    if report.refuses:
        raise BadSource(report.findings)
    for name in there:
        if not names or name in names or name[:10] in names:
            folder = project.folder(name)
            yield from filter(None, (fix(folder, source) for source in sorted(folder.sources)))


def _show(one: Fix, output: Output) -> None:
    if output.form == "json":
        for change in one.changes:
            told = {
                "path": one.path,
                "line": change.line,
                "column": change.column,
                "before": change.before,
                "after": change.after,
            }
            click.echo(printable(json.dumps(told, ensure_ascii=False)))
        return
    before, after = one.before.decode().split("\n"), one.after.decode().split("\n")
    for number, (old, new) in enumerate(zip(before, after, strict=True), 1):
        if old != new:
            output.say(printable(f"{one.path}:{number}"))
            output.say(click.style(f"- {printable(old.rstrip(chr(13)))}", fg="red"))
            output.say(click.style(f"+ {printable(new.rstrip(chr(13)))}", fg="green"))


def _summary(changed: list[Fix]) -> str:
    """How much there is to do, and what feeds will make of it."""
    addresses = sum(len(one.changes) for one in changed)
    line = f"{_count(addresses, 'address', 'es')} in {_count(len(changed), 'file')}"
    renamed = sum(one.renamed for one in changed)
    if renamed:
        line += (
            f"; in the feeds, {_count(renamed, 'entr', 'ies', 'y')} will be new, as their ids come from their addresses"
        )
    return line


def _count(number: int, word: str, many: str = "s", one: str = "") -> str:
    return f"{number:,} {word}{one if number == 1 else many}"
