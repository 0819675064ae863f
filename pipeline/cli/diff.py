"""`publish diff`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.capture.listed import listed
from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.diff import Change, Diff, Move, Spot, diff
from pipeline.errors import BadSource, PipelineError
from pipeline.model import Issue, Location
from pipeline.project import Project
from pipeline.read.issue import read_issue
from pipeline.read.source import Report

__all__ = ["command"]

_WORDS = {
    "title_changed": "title",
    "url_changed": "address",
    "note_changed": "note",
    "secondary_link_added": "link added",
    "secondary_link_removed": "link removed",
}


@click.command("diff", short_help="Tell what changed between two issues or two states of a list.")
@click.argument("first", metavar="A")
@click.argument("second", metavar="[B]", required=False)
@output_options
def command(first: str, second: str | None, project: Project, output: Output) -> None:
    """Tell which entries were added, removed, changed or moved from A to B, and which sections have a new name.

    A and B are dates of issues or files, Markdown or YAML. With A alone, from the issue before it to A.
    """
    if second is None:
        first, second = _before(project, first), first
    before, after = _issue(project, first), _issue(project, second)
    found = diff(before, after)
    if output.form == "json":
        for line in json.dumps(_as_json(found), ensure_ascii=False, indent=2).split("\n"):
            click.echo(printable(line))
        return
    for line in _lines(found):
        output.say(line)


def _folder(project: Project, name: str) -> str:
    """The issue that a name is of, be it DATE, DATE-slug or the path of its folder; empty where it is of none."""
    last = name.rstrip("/").rpartition("/")[2]
    found = [other for other in project.names(Report()) if last in (other, other[:10])]
    return last if last in found else found[0] if len(found) == 1 else ""


def _before(project: Project, name: str) -> str:
    issue = _folder(project, name)
    if not issue:
        raise _missing(name)
    earlier = [other for other in project.names(Report()) if other < issue]
    if not earlier:
        raise PipelineError.at(Location(path=f"issues/{name}"), "missing-issue", "no issue before it to compare with")
    return earlier[-1]


def _missing(name: str) -> PipelineError:
    return PipelineError.at(Location(path=name), "missing-issue", "no issue of this date and no file of this name")


def _issue(project: Project, name: str) -> Issue:
    """The issue of a date, or what a file holds. Raises BadSource where it cannot be read."""
    if os.path.isfile(name):
        return listed(Path(name))
    issue = _folder(project, name)
    if not issue:
        raise _missing(name)
    reading = read_issue(project.folder(issue))
    if reading.issue is None:
        raise BadSource(reading.findings)
    return reading.issue


def _spot(spot: Spot) -> dict[str, object]:
    place = spot.entry.location
    return {
        "section": spot.section,
        "parent": spot.parent or None,
        "title": spot.entry.title,
        "url": spot.entry.url,
        "line": place.line,
    }


def _as_json(found: Diff) -> dict[str, object]:
    return {
        "added": [_spot(spot) for spot in found.added],
        "removed": [_spot(spot) for spot in found.removed],
        "changed": [
            {**_spot(change.spot), "kind": change.kind, "before": change.before, "after": change.after}
            for change in found.changed
        ],
        "moved": [{**_spot(move.after), "from": move.before.section, "to": move.after.section} for move in found.moved],
        "renamed_sections": [{"from": before, "to": after} for before, after in found.renamed_sections],
    }


def _lines(found: Diff) -> Iterator[str]:
    """The difference as people read it: how much, then what."""
    counts = {"added": found.added, "removed": found.removed, "changed": found.changed, "moved": found.moved}
    yield ", ".join(f"{len(some)} {word}" for word, some in counts.items())
    for before, after in found.renamed_sections:
        yield printable(f"section “{before}” is “{after}” now")
    for mark, colour, spots in (("-", "red", found.removed), ("+", "green", found.added)):
        for spot in spots:
            yield click.style(printable(f"{mark} {_named(spot)}"), fg=colour)
    for change in found.changed:
        yield from _changed(change)
    for move in found.moved:
        yield _moved(move)


def _named(spot: Spot) -> str:
    where = f"{spot.section}, {spot.parent}" if spot.parent else spot.section
    return f"{where}: {spot.entry.title}" if where else spot.entry.title


def _changed(change: Change) -> Iterator[str]:
    yield click.style(printable(f"~ {_named(change.spot)}: {_WORDS[change.kind]}"), fg="yellow")
    for mark, text in (("-", change.before), ("+", change.after)):
        for line in text.splitlines():
            yield printable(f"    {mark} {line}")


def _moved(move: Move) -> str:
    return click.style(printable(f"> {_named(move.after)}: from {move.before.section or 'above'}"), fg="blue")
