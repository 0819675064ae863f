"""`publish bounces`."""

from __future__ import annotations

import datetime
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from pipeline.bounces.mailbox import Received, messages, streamed
from pipeline.bounces.notice import noticed
from pipeline.bounces.recording import IN_A_ROW, Outcome, Result, recorded
from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys
from pipeline.project import Project

__all__ = ["command"]

_MEANS: Mapping[Outcome, str] = {
    Outcome.HARD: "the mailbox is not there",
    Outcome.SOFT: f"the mailbox took nothing this time; after {IN_A_ROW} issues in a row it has bounced",
    Outcome.BLOCKED: "refused as spam or by policy: look at these, it is not the reader",
    Outcome.COMPLAINT: "marked as spam by the reader",
    Outcome.DELAYED: "a server still tries",
    Outcome.REPLY: "answered by a program: nothing to do",
    Outcome.UNPROVEN: "no proof that it was sent by you: publish subscribers suppress --as bounced, if you believe it",
    Outcome.GONE: "of somebody whom you have erased",
    Outcome.OTHER: "no report that is known here: read these",
    Outcome.SEEN: "recorded in an earlier run",
}
_NAMED = (Outcome.BLOCKED, Outcome.UNPROVEN, Outcome.OTHER)
_SHOWN = 200


@click.command("bounces", short_help="Read what came back, and mail those no more who are not there.")
@click.argument("mailbox", metavar="MAILDIR_OR_MBOX")
@click.option("--dry-run", is_flag=True, help="Tell what would follow, and change nothing.")
@output_options
def command(mailbox: str, dry_run: bool, project: Project, output: Output) -> None:
    """Read returned messages and complaints from a Maildir, an mbox or a file; - reads standard input.

    Who is not there, and who complained, is mailed no more. Each message counts once, and stays where it is. A report
    changes nothing unless a token in it proves that it is about a message of yours.
    """
    received = _stdin() if mailbox == "-" else messages(Path(mailbox))
    counts: Counter[Outcome] = Counter()
    shown = 0
    with Store.opened(project.root) as store:
        keys = Keys.opened(project.root)
        now = datetime.datetime.now(datetime.UTC)
        for result in recorded(store, keys, map(noticed, received), now, dry=dry_run):
            counts[result.outcome] += 1
            if output.form == "json":
                click.echo(printable(json.dumps(_as_json(result), ensure_ascii=False)))
            elif result.standing or result.outcome in _NAMED:
                shown += 1
                if shown <= _SHOWN:
                    output.say(printable(_line(result)))
    if shown > _SHOWN:
        output.say(f"and {shown - _SHOWN:,} more like these")
    for outcome in Outcome:
        if counts[outcome]:
            output.say(f"{counts[outcome]:7,}  {outcome:9}  {_MEANS[outcome]}")
    if not counts:
        output.say("no messages there")


def _stdin() -> Iterable[Received]:
    return streamed("-", sys.stdin.buffer)


def _line(result: Result) -> str:
    """What a person wants to look at: who is mailed no more, or which message needs them."""
    notice = result.notice
    said = f"{notice.status} {notice.reason[:120]}".strip()
    parts = [f"{result.standing or result.outcome:10}", result.address or notice.name, said]
    return "  ".join(part for part in parts if part)


def _as_json(result: Result) -> dict[str, str]:
    notice = result.notice
    return {
        "message": notice.name,
        "outcome": str(result.outcome),
        "address": result.address,
        "standing": result.standing,
        "status": notice.status,
        "reason": notice.reason,
    }
