"""`publish build`."""

from __future__ import annotations

import click

from pipeline.build import Built, build
from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.findings import Severity
from pipeline.project import Project
from pipeline.write import Changes

__all__ = ["command"]

_REPEATS = ("repeat", "likely-repeat", "wrong-link")
_MADE_OF_THEM = {"stop": "", "drop": ", left out", "mark": ", shown as repeats"}
_MEANT = (
    "If a repeat is meant, say so beside the entry, and no build asks again: "
    "<!-- repeat: update --> behind its title, or repeat: update in YAML"
)


@click.command("build", short_help="Make every edition of every issue.")
@click.argument("names", metavar="[DATE]...", nargs=-1, callback=dates)
@click.option("--dry-run", is_flag=True, help="Tell what would change, and write nothing.")
@output_options
def command(names: tuple[str, ...], dry_run: bool, project: Project, output: Output) -> None:
    """Make every edition of every issue: web page, email, plain text, Markdown, feeds.

    out/ is always the whole publication. A DATE says whose findings refuse the build; without one, only what cannot
    be read refuses.
    """
    with _Progress(output) as progress:
        built = build(project, names, dry_run=dry_run, progress=progress.step)
    output.findings(built.findings)
    if built.changes is None:
        if any(one.severity is Severity.ERROR and one.rule in _REPEATS for one in built.findings):
            output.hint(_MEANT)
        raise click.exceptions.Exit(1)
    for line in _summary(built, built.changes, names, dry_run=dry_run):
        output.say(printable(line))


class _Progress:
    """A line on a terminal, wiped when the work is done; nothing elsewhere."""

    def __init__(self, output: Output) -> None:
        self._shown = output.terminal

    def __enter__(self) -> _Progress:
        self._show("reading")
        return self

    def step(self, made: int) -> None:
        """Shows how far the work is."""
        self._show(f"{made:,} files made")

    def _show(self, words: str) -> None:
        if self._shown:
            click.echo(f"\r{words}\033[K", err=True, nl=False)

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo("\r\033[K", err=True, nl=False)


def _summary(built: Built, changes: Changes, names: tuple[str, ...], *, dry_run: bool) -> list[str]:
    lines = []
    made = sorted([*changes.new, *changes.changed, *changes.unchanged])
    for issue in built.issues if names else ():
        entries = len(tuple(issue.walk()))
        lines.append(f"{issue.name}  {issue.title or f'issue {issue.number}'}: {_count(entries, 'entry', 'entries')}")
        lines += [f"  out/{path}" for path in made if path.startswith(f"{issue.name}/")]
    parts = [f"{len(changes.new):,} new", f"{len(changes.changed):,} changed", f"{len(changes.removed):,} removed"]
    verb = "would stand" if dry_run else "stand"
    lines.append(f"{_count(len(made), 'file', 'files')} {verb} in out/: {', '.join(parts)}")
    if built.repeats:
        had = f"{_count(built.repeats, 'entry', 'entries')} readers have had before{_MADE_OF_THEM[built.on_repeat]}"
        lines.append(f"{had}: publish check tells which")
    lines += [f"  kept, as publish did not make it: out/{path}" for path in changes.kept]
    return lines


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
