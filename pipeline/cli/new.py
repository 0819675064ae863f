"""`publish new`."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.capture.carry import Made, carry_over, from_list
from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.edit.scaffold import Known
from pipeline.project import Project

__all__ = ["command"]


@click.command("new", short_help="Make the next issue, with what waits in the inbox.")
@click.argument("names", metavar="DATE", nargs=1, callback=lambda ctx, param, value: dates(ctx, param, (value,)))
@click.option(
    "--from",
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Of what is new in a list that grows, instead of the inbox.",
)
@output_options
def command(*, names: tuple[str, ...], path: Path | None, project: Project, output: Output) -> None:
    """Make the issue of DATE: its folder, its title in your own numbering, your sections, and what waits in the inbox.

    An issue that is there stays as it is. Entries that readers have had stay in the inbox, or out of the issue, and
    are told; those that you have answered (`repeat: update`) come along.
    """
    made = from_list(project, names[0], path) if path else carry_over(project, names[0])
    output.findings(made.findings)
    for line in _lines(made, listed=path is not None):
        output.say(printable(line))


def _lines(made: Made, *, listed: bool) -> Iterator[str]:
    issue = made.issue
    if not made.is_new:
        yield f"issues/{issue.name} was there: {_count(made.carried)} that it has taken out of the inbox"
        return
    source = "new in the list" if listed else "from the inbox"
    yield f"{issue.location.path}: “{issue.title}”, {_count(made.carried)} {source}"
    for section in issue.sections:
        if section.entries:
            yield f"  {len(section.entries):4}  {section.title}".rstrip()
    left = "left out" if listed else "left in the inbox"
    if made.known:
        places = collections.Counter((one.past.issue, one.past.number) for one in made.known)
        where = ", ".join(f"{count} in issue {number} ({name})" for (name, number), count in sorted(places.items()))
        yield f"{_count(len(made.known))} {left}, as readers have had them: {where}"
    for one in made.known:
        if one.changed or not listed:
            yield from _known(one)


def _known(one: Known) -> Iterator[str]:
    where = f"issue {one.past.number} ({one.past.issue})"
    yield f"  “{one.entry.title}”: in {where} as “{one.past.title}”, {one.why}"
    if (one.entry.url or "") != one.past.url:
        yield f"    {one.past.url or 'no address'} there, {one.entry.url or 'no address'} now"


def _count(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"
