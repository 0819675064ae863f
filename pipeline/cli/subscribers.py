"""`publish subscribers`."""

from __future__ import annotations

import contextlib
import datetime
import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.cli.send_progress import Line
from pipeline.deliver import subscribers
from pipeline.deliver.addresses import Address, address
from pipeline.deliver.exchange import export, imported
from pipeline.deliver.presence import someone
from pipeline.deliver.store import DATABASE, Store
from pipeline.deliver.subscribers import MAIN, STANDINGS, STATES, Member
from pipeline.deliver.turns import in_turns
from pipeline.doctor.secrecy import is_open_to_git
from pipeline.errors import BadSource, Busy, PipelineError, Unwritable
from pipeline.model import Location
from pipeline.project import SETTINGS, Project

__all__ = ["command"]

_list = click.option("--list", "list_name", metavar="NAME", default=MAIN, show_default=True, help="Which list.")
_addresses = click.argument("written", metavar="ADDRESS...", nargs=-1, required=True)
_SHOWN = 10


@click.group("subscribers", short_help="Keep the lists of those who get the newsletter.")
def command() -> None:
    """Keep the lists of those who get the newsletter, in var/subscribers.sqlite, which stays out of git."""


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _read(written: tuple[str, ...]) -> list[Address]:
    found = {one: address(one) for one in written}
    for one, parsed in found.items():
        if parsed is None:
            raise click.BadParameter(f"“{printable(one)}” is no address.", param_hint="ADDRESS")
    return [parsed for parsed in found.values() if parsed]


def _expect_publication(project: Project) -> None:
    if not (project.root / SETTINGS).is_file():
        raise BadSource.at(
            Location(path=SETTINGS), "missing-settings", "no such file here: run `publish init`, or use -C"
        )


@contextlib.contextmanager
def _store(project: Project, *, make: bool = False) -> Iterator[Store]:
    """The publication's store; never made where there is no publication."""
    _expect_publication(project)
    with Store.opened(project.root, make=make) as store:
        yield store


@command.command("add")
@_addresses
@_list
@click.option("--name", default="", help="The name of the one who is added.")
@click.option("--confirmed", is_flag=True, help="Take back in those who left: they asked for it.")
@output_options
def add(
    *, written: tuple[str, ...], list_name: str, name: str, confirmed: bool, project: Project, output: Output
) -> None:
    """Add people who asked you for it; whoever left before stays away unless --confirmed says that they asked again."""
    found = _read(written)
    now = _now()
    members = [Member(address=one, name=name, source="added by hand", consented=now) for one in found]
    with _store(project, make=True) as store:
        subscribers.add(store, list_name, members, now, again=confirmed)
        for one in found:
            state = subscribers.state(store, list_name, one) or "erased: --confirmed if they asked again"
            output.say(printable(f"{one.text}  {state}"))


@command.command("remove")
@_addresses
@_list
@click.option("--erase", is_flag=True, help="Forget them wholly: name, consent and what they were sent, on every list.")
@output_options
def remove(written: tuple[str, ...], list_name: str, erase: bool, project: Project, output: Output) -> None:
    """Take people off a list, or forget them wholly on their request."""
    found = _read(written)
    with _store(project) as store:
        for one in found:
            if erase:
                done = "erased" if subscribers.erase(store, one) else "was not known"
            else:
                done = "unsubscribed" if subscribers.leave(store, list_name, one, _now()) else "was not on the list"
            output.say(printable(f"{one.text}  {done}"))


@command.command("suppress")
@_addresses
@click.option("--as", "standing", type=click.Choice(STANDINGS), default="suppressed", show_default=True)
@click.option("--lift", is_flag=True, help="Mail them again.")
@output_options
def suppress(written: tuple[str, ...], standing: str, lift: bool, project: Project, output: Output) -> None:
    """Mail some addresses never again, on no list, whoever puts them on one."""
    found = _read(written)
    with _store(project, make=not lift) as store:
        for one in found:
            if lift:
                done = "lifted" if subscribers.lift(store, one) else "was not suppressed"
            else:
                subscribers.suppress(store, one, standing)
                done = standing
            output.say(printable(f"{one.text}  {done}"))


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_list
@click.option("--confirmed", is_flag=True, help="They agreed to be mailed, and you can show it.")
@output_options
def import_(file: Path, list_name: str, confirmed: bool, project: Project, output: Output) -> None:
    """Take in a CSV file as other services export it: all of it or, where it cannot be read, nothing.

    Columns are known by their names in any order. Whoever left, bounced or complained, there or here, stays away;
    without --confirmed the others are unconfirmed, and get nothing yet. Stopped on the way, the same command goes on.
    """
    refused: Counter[str] = Counter()
    with _store(project, make=True) as store, file.open(encoding="utf-8-sig", newline="") as text:
        members = imported(file.name, text, confirmed=confirmed, refused=refused)
        taken = _taken(in_turns(subscribers.take_in(store, list_name, members, _now())), output)
        output.say(f"{taken:,} taken")
        _tell_counts(store, output, list_name)
    for word, count in refused.most_common(_SHOWN):
        output.say(printable(f"not taken, no address: “{word}”" + (f" ({count:,} times)" if count > 1 else "")))
    if len(refused) > _SHOWN:
        output.say(f"and {refused.total():,} lines like these in all")


def _taken(steps: Iterator[int], output: Output) -> int:
    """How many were taken in; says how far it is, also where it is stopped."""
    line, taken = Line(output), 0
    try:
        for taken in steps:
            line.show(f"{taken:,} taken")
    except KeyboardInterrupt:
        line.clear()
        click.echo(f"stopped; at least {taken:,} are in: the same command goes on", err=True)
        raise click.exceptions.Exit(130) from None
    line.clear()
    return taken


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@_list
@output_options
def export_(file: Path, list_name: str, project: Project, output: Output) -> None:
    """Write a list as CSV; - writes to standard output. No cell can begin a formula in a spreadsheet.

    A file that git would take in with the publication is refused.
    """
    with _store(project) as store:
        members = subscribers.members(store, list_name)
        if str(file) == "-":
            export(sys.stdout, members)
            return
        _expect_hidden(project, file)
        with _created(file) as text:
            count = export(text, members)
        output.say(printable(f"{count:,} written to {file}"))


def _expect_hidden(project: Project, file: Path) -> None:
    """Raises PipelineError for a file that git would take in: it would have everybody's address."""
    if is_open_to_git(project.root, file):
        message = "git would take it in with the next “git add”, addresses and all: name a file in var/, or elsewhere"
        raise PipelineError.at(Location(path=str(file)), "secret", message)


@contextlib.contextmanager
def _created(file: Path) -> Iterator[TextIO]:
    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    with _refused(file), open(file, "w", encoding="utf-8", newline="", opener=opener) as text:
        if stat.S_ISREG(os.fstat(text.fileno()).st_mode):  # a device or a pipe is not ours to close to others
            os.fchmod(text.fileno(), 0o600)
        yield text


@contextlib.contextmanager
def _refused(file: Path) -> Iterator[None]:
    """Any OSError within becomes Unwritable at a copy that was to be made."""
    try:
        yield
    except OSError as error:
        raise Unwritable.at(Location(path=str(file)), "unwritable", (error.strerror or str(error)).lower()) from None


@command.command("list")
@_list
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@output_options
def list_(list_name: str, state: str | None, project: Project, output: Output) -> None:  # noqa: ARG001
    """Show who is on a list."""
    with _store(project) as store:
        for text, name, found, *_ in subscribers.members(store, list_name):
            if state in (None, found):
                click.echo(printable(f"{found:12}  {text}{f'  {name}' if name else ''}"))


@command.command("stats")
@output_options
def stats(project: Project, output: Output) -> None:
    """Count who is on each list, by state."""
    with _store(project) as store:
        _tell_counts(store, output, None)


def _tell_counts(store: Store, output: Output, only: str | None) -> None:
    for name, found in subscribers.counts(store).items():
        if only in (None, name):
            parts = [f"{found[state]:,} {state}" for state in STATES if found[state]]
            output.say(f"{name}: {', '.join(parts) or 'nobody'}")


@command.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@output_options
def backup(file: Path, project: Project, output: Output) -> None:
    """Copy subscribers and ledger into one file, while others may be sending.

    A file that git would take in with the publication is refused.
    """
    with _store(project) as store:
        _expect_hidden(project, file)
        with _refused(file):
            store.backup(file)
    output.say(printable(f"{file} made"))


@command.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@output_options
def restore(file: Path, project: Project, output: Output) -> None:
    """Put a backup in the place of subscribers and ledger.

    Whoever was still to be mailed when it was made may have been mailed since: they are held as uncertain. Opt-outs
    that came after it are lost with the damaged file: import those again that you have.
    """
    _expect_publication(project)
    if someone(project.root):
        raise Busy.at(Location(path=DATABASE), "busy", "somebody is sending: restore when that has ended")
    held = Store.restore(project.root, file)
    output.say(f"restored; {held:,} held as uncertain" if held else "restored")
