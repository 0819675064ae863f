"""`publish check`."""

from __future__ import annotations

import collections

import click

from pipeline.check.baseline import Row, beyond, dump, editorial, row
from pipeline.cli.options import Output, dates, output_options
from pipeline.errors import PipelineError
from pipeline.findings import Finding, Severity
from pipeline.history.repeats import Look, by_parent, by_telling_title
from pipeline.model import Location
from pipeline.project import BASELINE, SETTINGS, Project, baseline
from pipeline.read.source import Report
from pipeline.review import examine
from pipeline.revision import revision
from pipeline.rules import LINK_RULES
from pipeline.write.sources import put

__all__ = ["command"]


@click.command("check", short_help="Tell what an editor would want to know, and make nothing.")
@click.argument("names", metavar="[DATE]...", nargs=-1, callback=dates)
@click.option("--related", is_flag=True, help="Tell also what is only near an earlier entry, such as its next part.")
@click.option("--since", metavar="REVISION", help="Tell only what was not there at a revision of git, such as main.")
@click.option("--write-baseline", "write", is_flag=True, help="Leave what there is to tell now out from now on.")
@click.option("--links", is_flag=True, help="Ask the web whether the links are alive, and tell how many have rotted.")
@click.option(
    "--allow-network", "allowed", metavar="CIDR", multiple=True, help="With --links: a private network to ask."
)
@output_options
def command(
    *,
    names: tuple[str, ...],
    related: bool,
    since: str | None,
    write: bool,
    links: bool,
    allowed: tuple[str, ...],
    project: Project,
    output: Output,
) -> None:
    """Tell what an editor would want to know of the issues named, or of all, and make nothing.

    Notes are told here alone; a build tells errors and warnings. Exit 1 where there is an error.

    What check-baseline.txt lists is left out, here and in builds, so that an old archive starts clean: every finding
    is known by its rule, its issue and what it says, so that an edit elsewhere does not bring it back.
    """
    look = by_parent if related else by_telling_title
    if since is not None and (write or since.startswith("-")):
        raise click.UsageError(
            "--since takes a revision of git, and no baseline is written from a part of what there is."
        )
    if links and since is not None:
        raise click.UsageError(
            "--links looks at all links of an issue, --since at what a change adds: use one of them."
        )
    if write:
        broken = _broken(project, names, allowed, output) if links else None
        output.say(_write_baseline(project, names, look, broken))
        return
    known = None if since is None else _known(project, names, look, since)
    findings = examine(project, names, look=look, known=known)
    output.findings(findings)
    if links:
        broken = list(beyond(_broken(project, names, allowed, output), baseline(project)))
        output.findings(broken)
        findings = (*findings, *broken)
    counts = collections.Counter(finding.severity for finding in findings)
    told = [f"{counts[severity]} {severity}{'s' * (counts[severity] != 1)}" for severity in Severity]
    output.say(", ".join(told))
    if counts[Severity.ERROR]:
        raise click.exceptions.Exit(1)


def _broken(project: Project, names: tuple[str, ...], allowed: tuple[str, ...], output: Output) -> list[Finding]:
    from pipeline.cli.links import check_links

    return check_links(project, names, allowed, output)


def _write_baseline(project: Project, names: tuple[str, ...], look: Look, broken: list[Finding] | None) -> str:
    """Puts what is found now in place of the baseline's rows, of the issues that are named alone where some are.

    What is `broken` of links, too; where they were not looked at, what the baseline has of them stays.
    """
    found = editorial((*examine(project, names, look=look, known=collections.Counter()), *(broken or ())))
    kept = baseline(project)
    for one in list(kept):
        named = not names or one[0] in names or one[0][:10] in names
        if named and (broken is not None or one[1] not in LINK_RULES):
            del kept[one]
    put(project.root, BASELINE, dump(found + kept))
    return f"{(found + kept).total():,} findings are left out from now on: {BASELINE}"


def _known(project: Project, names: tuple[str, ...], look: Look, since: str) -> collections.Counter[Row]:
    """What is no news: what the baseline has, or was found at a revision, of either as much as there is."""
    with revision(project.root, since) as before:
        if not (before.root / SETTINGS).is_file() or not before.issues.is_dir():
            return baseline(project)
        there = before.names(Report())
        asked = tuple(name for name in there if name in names or name[:10] in names)
        if names and not asked:
            return baseline(project)
        try:
            found = examine(before, asked, look=look, known=collections.Counter())
        except PipelineError as error:
            message = f"what stood at {since} cannot be read: {error.findings[0]}"
            raise PipelineError.at(Location(path=""), "since", message) from None
    return baseline(project) | collections.Counter(map(row, found))
