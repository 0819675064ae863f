"""Options that several commands share, and the border at which errors become lines."""

from __future__ import annotations

import datetime
import functools
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from pipeline.cli.report import tell
from pipeline.errors import PipelineError
from pipeline.findings import Finding

__all__ = ["Output", "dates", "output_options", "report_options"]

_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(-[\w-]+)?")


class Output:
    """Where a command tells what it did: what was made on stdout, findings on stderr, or both as the format wants."""

    def __init__(self, form: str, *, quiet: bool, root: str) -> None:
        self.form, self.quiet, self._root = form, quiet, root
        self.terminal = sys.stderr.isatty() and form == "text" and not quiet

    def findings(self, found: Iterable[Finding]) -> None:
        """Tells the findings."""
        tell(found, self.form, quiet=self.quiet, root=self._root)

    def say(self, line: str) -> None:
        """Tells what was made, where people read along."""
        if self.form != "json" and not self.quiet:
            click.echo(line)

    def hint(self, line: str) -> None:
        """Tells what to do next, behind findings as people read them."""
        if self.form == "text" and not self.quiet:
            click.echo(line, err=True)


def dates(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """DATE or DATE-slug, also written as the path of the folder; anything else is a usage error."""
    names = []
    for value in values:
        name = value.rstrip("/").rpartition("/")[2]
        if not _DATED.fullmatch(name):
            raise click.BadParameter(f"“{value}” is no date such as 2023-03-04.", ctx=ctx, param=param)
        try:
            datetime.date.fromisoformat(name[:10])
        except ValueError:
            raise click.BadParameter(f"“{value}” is no day of the calendar.", ctx=ctx, param=param) from None
        names.append(name)
    return tuple(names)


def report_options(command: Callable[..., None]) -> Callable[..., None]:
    """-C, --format and --quiet, given to the command as `root` and `output`; its errors told, exit 1."""

    @click.option("-C", "root", metavar="DIR", help="The folder of the publication, instead of this one.")
    @click.option(
        "--format", "form", type=click.Choice(["text", "json", "github"]), default="text", help="How findings are told."
    )
    @click.option("-q", "--quiet", is_flag=True, help="Tell errors only.")
    @click.pass_context
    def wrapped(ctx: click.Context, /, root: str | None, form: str, quiet: bool, **given: Any) -> None:
        folder = root or ctx.obj or "."
        output = Output(form, quiet=quiet, root=folder)
        try:
            command(root=Path(folder), output=output, **given)
        except PipelineError as error:
            output.findings(error.findings)
            ctx.exit(1)

    return functools.update_wrapper(wrapped, command)


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """The same, with `project` instead of `root`; what reads the publication is loaded then alone."""

    def wrapped(root: Path, **given: Any) -> None:
        from pipeline.project import Project

        command(project=Project(root=root), **given)

    return report_options(functools.update_wrapper(wrapped, command))
