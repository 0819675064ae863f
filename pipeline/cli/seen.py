"""`publish seen`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.cli.options import Output, report_options
from pipeline.cli.report import printable, tell
from pipeline.findings import Finding
from pipeline.history.seen import Seen, seen
from pipeline.index.lookup import DAMAGED, opened

__all__ = ["command"]

_COLOURS = {"new": "green", "same": "red", "wrong-link": "yellow", "likely": "yellow"}


@click.command("seen", short_help="Tell whether something was published, and where.")
@click.argument("questions", metavar="URL_OR_TITLE...", nargs=-1, required=True)
@report_options
def command(questions: tuple[str, ...], root: Path, output: Output) -> None:
    """Tell whether each address or title was published: where, when, and why it is the same.

    - reads them from standard input, one a line. With --format json, each answer is an object on a line of its own.
    Exit 0 whatever the answers are.
    """
    asked = [one for question in questions for one in (_lines() if question == "-" else [question]) if one.strip()]
    answers, url, findings = _answers(asked, root)
    for answer in answers:
        if output.form == "json":
            click.echo(printable(json.dumps(_as_json(answer, url), ensure_ascii=False)))
        else:
            click.echo(_text(answer))
    tell(findings, "text", quiet=output.quiet)


def _lines() -> list[str]:
    """What stands on standard input; a byte that is no UTF-8 ends nothing."""
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace").splitlines()


def _answers(asked: list[str], root: Path) -> tuple[list[Seen], str, Iterable[Finding]]:
    """The answers, the address of the publication, and what of it could not be read."""
    index = None if (root / "aliases.yaml").exists() else opened(root)  # whoever knows better than the rules may wait
    damaged = False
    if index:
        try:
            return [seen(question, index) for question in asked], index.url, ()
        except DAMAGED:
            damaged = True
    from pipeline.index.making import history
    from pipeline.project import Project

    told = history(Project(root=root), anew=damaged)
    return [seen(question, told.history) for question in asked], told.url, told.findings


def _text(answer: Seen) -> str:
    """The answer as people read it: the verdict, then the question, then where and why."""
    kind = answer.verdict.kind
    lines = [click.style(printable(f"{kind}: {answer.question}"), fg=_COLOURS.get(kind), bold=kind == "same")]
    past = answer.past
    if past:
        ago = f"{answer.distance} issue{'s' * (answer.distance > 1)} ago"
        section = f", {past.section}" if past.section else ""
        more = f" (and {answer.times - 1} more)" if answer.times > 1 else ""
        lines += [
            printable(f"  in issue {past.number} ({past.issue}){section}, {ago}, as “{past.title}”{more}"),
            printable(f"  why: {answer.verdict.why}"),
            printable(f"  {past.url}") if past.url else "",
            printable(f"  {past.location}"),
        ]
    return "\n".join(filter(None, lines))


def _as_json(answer: Seen, url: str) -> dict[str, object]:
    past = answer.past
    told: dict[str, object] = {"question": answer.question, "verdict": answer.verdict.kind}
    if not past:
        return told
    return told | {
        "why": answer.verdict.why,
        "issue": past.issue,
        "date": past.issue[:10],
        "number": past.number,
        "distance": answer.distance,
        "times": answer.times,
        "section": past.section,
        "title": past.title,
        "url": past.url or None,
        "permalink": f"{url}/{past.issue}/#{past.slug}",
        "path": past.location.path,
        "line": past.location.line,
    }
