"""`publish add`."""

from __future__ import annotations

import datetime

import click

from pipeline.capture import Captured, Find, add
from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.project import Project

__all__ = ["command"]


@click.command("add", short_help="Put a link into the inbox or an issue.")
@click.argument("url")
@click.option("--issue", "names", metavar="DATE", multiple=True, callback=dates, help="Into this issue, not the inbox.")
@click.option("-s", "--section", help="The section that it belongs in.")
@click.option("-t", "--title", default="", help="The title; the address stands for it where it is not given.")
@click.option("-n", "--note", default="", help="Markdown: a line on why it is worth reading.")
@output_options
def command(
    *,
    url: str,
    names: tuple[str, ...],
    section: str | None,
    title: str,
    note: str,
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
    captured = add(project, find)
    output.findings(captured.findings)
    for line in _lines(captured, titled=bool(title)):
        output.say(printable(line))


def _lines(captured: Captured, *, titled: bool) -> list[str]:
    if not captured.written:
        return []
    entry = captured.entry
    where = f", in {captured.section}" if captured.section else ""
    lines = [f"{entry.location.path}:{entry.location.line}: “{entry.title}”{where}"]
    if captured.stripped:
        lines.append(f"  taken out of its address: {', '.join(captured.stripped)}")
    if not titled:
        lines.append("  it has no title yet, its address stands there: --title gives one")
    return lines
