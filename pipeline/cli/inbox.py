"""`publish inbox`."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Iterator, Sequence

import click

from pipeline.capture.waiting import BY, Listed, sort_inbox, waiting
from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.project import Project

__all__ = ["command"]


@click.command("inbox", short_help="List what waits for an issue, and sort it.")
@click.option(
    "--sort",
    "by",
    type=click.Choice(BY),
    is_flag=False,
    flag_value=BY[0],
    help="Sort the file first, by section or date.",
)
@output_options
def command(*, by: str | None, project: Project, output: Output) -> None:
    """List what waits in inbox.yaml, by section: where it stands, since when, and whether readers have had it.

    --sort alone sorts the file by section. Comments directly above an entry move with it.
    """
    if by:
        sort_inbox(project, by)
    found, findings = waiting(project)
    output.findings(findings)
    if output.form == "json":
        click.echo(_printable([_as_json(one) for one in found]))
        return
    for line in _lines(found, datetime.date.today()):
        output.say(line)


def _printable(value: object) -> str:
    """A value as JSON over several lines, with nothing in it that could move a terminal."""
    return "\n".join(map(printable, json.dumps(value, ensure_ascii=False, indent=2).split("\n")))


def _as_json(one: Listed) -> dict[str, object]:
    entry, past = one.waiting.entry, one.past
    return {
        "line": entry.location.line,
        "section": one.waiting.section,
        "title": entry.title,
        "url": entry.url,
        "added": str(one.waiting.added) if one.waiting.added else None,
        "verdict": one.verdict.kind if one.verdict else "new",
        "why": one.verdict.why if one.verdict else "",
        "earlier": past.reference if past else None,
    }


def _lines(found: Sequence[Listed], today: datetime.date) -> Iterator[str]:
    known = sum(one.past is not None for one in found)
    count = f"{len(found):,} {'entry waits' if len(found) == 1 else 'entries wait'}"
    yield f"{count}, {known:,} to be looked at beside an earlier one" if known else count
    for section, some in itertools.groupby(found, key=lambda one: one.waiting.section):
        yield ""
        if section:
            yield click.style(printable(section), bold=True)
        for one in some:
            entry, age = one.waiting.entry, _age(one.waiting.added, today)
            place = f"{entry.location.line or 0:5}"
            yield f"{place}  {printable(entry.title)}{click.style(age, dim=True)}"
            if entry.url:
                yield click.style(printable(f"       {entry.url}"), dim=True)
            if one.past and one.verdict:
                past, why = one.past, one.verdict.why
                words = f"{one.verdict.kind}: in issue {past.number} ({past.issue}) as “{past.title}”, {why}"
                yield click.style(printable(f"       {words}"), fg="yellow")


def _age(added: datetime.date | None, today: datetime.date) -> str:
    if added is None:
        return ""
    days = (today - added).days
    if days <= 0:
        return ", today"
    return f", {days:,} {'day' if days == 1 else 'days'}"
