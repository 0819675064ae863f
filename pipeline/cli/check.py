"""`publish check`."""

from __future__ import annotations

import collections

import click

from pipeline.build import examine
from pipeline.cli.options import Output, dates, output_options
from pipeline.findings import Severity
from pipeline.project import Project
from pipeline.repeats import by_parent, by_title

__all__ = ["command"]


@click.command("check", short_help="Tell what an editor would want to know, and make nothing.")
@click.argument("names", metavar="[DATE]...", nargs=-1, callback=dates)
@click.option("--related", is_flag=True, help="Tell also what is only near an earlier entry, such as its next part.")
@output_options
def command(names: tuple[str, ...], related: bool, project: Project, output: Output) -> None:
    """Tell what an editor would want to know of the issues named, or of all, and make nothing.

    Notes are told here alone; a build tells errors and warnings. Exit 1 where there is an error.
    """
    findings = examine(project, names, look=by_parent if related else by_title)
    output.findings(findings)
    counts = collections.Counter(finding.severity for finding in findings)
    told = [f"{counts[severity]} {severity}{'s' * (counts[severity] != 1)}" for severity in Severity]
    output.say(", ".join(told))
    if counts[Severity.ERROR]:
        raise click.exceptions.Exit(1)
