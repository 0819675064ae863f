"""`publish add`."""

from __future__ import annotations

import datetime

import click

from pipeline.capture.adding import Captured, Find, add
from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.errors import BadSource
from pipeline.findings import Finding
from pipeline.project import Project, publication
from pipeline.read.source import Report

__all__ = ["command"]

_PAGE_AT_MOST = 1_000_000  # bytes; what a page says of itself stands at its beginning


@click.command("add", short_help="Put a link into the inbox or an issue.")
@click.argument("url")
@click.option("--issue", "names", metavar="DATE", multiple=True, callback=dates, help="Into this issue, not the inbox.")
@click.option("-s", "--section", help="The section that it belongs in.")
@click.option("-t", "--title", default="", help="The title; the address stands for it where it is not given.")
@click.option("-n", "--note", default="", help="Markdown: a line on why it is worth reading.")
@click.option("--fetch", "fetched", is_flag=True, help="Ask the page for title, author, day and language.")
@click.option(
    "--allow-network", "allowed", metavar="CIDR", multiple=True, help="With --fetch: a private network to ask."
)
@output_options
def command(
    *,
    url: str,
    names: tuple[str, ...],
    section: str | None,
    title: str,
    note: str,
    fetched: bool,
    allowed: tuple[str, ...],
    project: Project,
    output: Output,
) -> None:
    """Put a link into the inbox, or into an issue, and tell at once whether readers have had it.

    What only tracks readers is taken out of the address. Every other byte of your files stays.
    """
    find = Find(
        url=url,
        today=datetime.date.today(),
        title=title,
        section=section,
        note=note,
        issue=names[-1] if names else "",
    )
    told: tuple[Finding, ...] = ()
    if fetched:
        find, told = _fetched(project, find, allowed)
    captured = add(project, find)
    output.findings((*told, *captured.findings))
    for line in _lines(captured, titled=bool(find.title)):
        output.say(printable(line))


def _fetched(project: Project, find: Find, allowed: tuple[str, ...]) -> tuple[Find, tuple[Finding, ...]]:
    """The find with what its page says; what goes out to the web is loaded only for it."""
    from pipeline.capture.lookup import looked_up
    from pipeline.cli.fetching import policy

    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    return looked_up(find, settings.language, policy(settings, allowed, size=_PAGE_AT_MOST))


def _lines(captured: Captured, *, titled: bool) -> list[str]:
    if not captured.written:
        return []
    entry = captured.entry
    where = f", in {captured.section}" if captured.section else ""
    lines = [f"{entry.location.path}:{entry.location.line}: “{entry.title}”{where}"]
    if captured.stripped:
        lines.append(f"  taken out of its address: {', '.join(captured.stripped)}")
    if not titled:
        lines.append("  it has no title yet, its address stands there: --title gives one, --fetch asks the page")
    return lines
