"""`publish send`."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Mapping

import click

from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.deliver import freezing, ledger, record, statements, subscribers
from pipeline.deliver.addresses import address
from pipeline.deliver.ledger import Ledger, Send
from pipeline.deliver.letter import envelope
from pipeline.deliver.run import Job, run
from pipeline.deliver.sending import MAIL, Prospect, letter, prepared, transport, transport_name
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys
from pipeline.deliver.transport import Outcome
from pipeline.errors import BadSource, Unsendable
from pipeline.model import Location, Publication
from pipeline.project import Project, publication
from pipeline.read.source import Report
from pipeline.render.headers import date

__all__ = ["command"]

_NAMED = 50


def _per_second(ctx: click.Context, param: click.Parameter, value: str | None) -> float:
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(?:/(s|min|h))?", value or "0")
    if not match:
        raise click.BadParameter(f"“{value}” is no rate such as 10/s or 600/h.", ctx=ctx, param=param)
    return float(match[1]) / {"min": 60, "h": 3600}.get(match[2], 1)


@click.command("send", short_help="Mail an issue to its subscribers, once each.")
@click.argument("name", metavar="DATE", callback=lambda ctx, param, value: dates(ctx, param, (value,))[0])
@click.option("--list", "list_name", metavar="NAME", default=subscribers.MAIN, show_default=True, help="To which list.")
@click.option("--to", "to", metavar="ADDRESS", help="Send one test to this address, and nothing to the list.")
@click.option("--dry-run", is_flag=True, help="Tell who would get what, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--rate", metavar="N/s", callback=_per_second, help="At most so many messages: 10/s, 600/h.")
@click.option("--status", is_flag=True, help="Tell how far it is, and who failed or is uncertain.")
@click.option("--resume", is_flag=True, help="Go on where it was stopped, with the message of then.")
@click.option("--retry", type=click.Choice(["failed"]), help="Try those again whom the server refused.")
@output_options
def command(
    *,
    name: str,
    list_name: str,
    to: str | None,
    dry_run: bool,
    yes: bool,
    rate: float,
    status: bool,
    resume: bool,
    retry: str | None,
    project: Project,
    output: Output,
) -> None:
    """Mail the built issue to the subscribers of a list, once each, whatever happens on the way.

    An issue goes to a list once. Interrupted or killed, it goes on with --resume; nobody is lost, and whoever may or
    may not have it is held as uncertain, unless `on_uncertain: resend` says otherwise.
    """
    settings = _settings(project)
    if to is not None:
        _test(project, settings, name, to, output)
        return
    with Store.opened(project.root, whole=not status) as store:
        sent = ledger.found(store, name, list_name)
        if status:
            _status(store, _known(sent, name, list_name))
            return
        if resume or retry:
            send = _known(sent, name, list_name)
            if retry:
                with store.transaction():
                    output.say(f"{_ledger(store, send).again(retry):,} are tried again")
        else:
            prospect = _prospect(store, project, settings, name, list_name)
            output.findings(prospect.findings)
            begun = _begun(store, prospect, output, yes=yes, dry_run=dry_run)
            if begun is None:
                return
            send = begun
        send = _frozen(store, send)
        if list_name not in record.recorded(project.root, send.issue):
            # Before the first message: with a backup of before that in its place, git still knows that it went out.
            record.write(project.root, send, _ledger(store, send).tally())
        _run(store, project, settings, send, rate=rate, output=output)


def _settings(project: Project) -> Publication:
    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    return settings


def _date() -> str:
    return date(datetime.datetime.now(datetime.UTC))


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _known(send: Send | None, name: str, list_name: str) -> Send:
    if send is None:
        raise _refused(name, "not-sent", f"was never sent to the list “{list_name}”")
    return send


def _refused(name: str, rule: str, message: str) -> Unsendable:
    return Unsendable.at(Location(path=f"issues/{name}"), rule, message)


def _test(project: Project, settings: Publication, name: str, to: str, output: Output) -> None:
    """Sends one message, of which the ledger knows nothing."""
    found = address(to)
    if found is None:
        raise click.BadParameter(f"“{printable(to)}” is no address.", param_hint="--to")
    prospect = prepared(project, name, "test", _date())
    output.findings(prospect.findings)
    session = transport(settings, project.root)()
    test = letter(prospect.plan, 0, Keys(keys=(b"of a test, which proves nothing",)))
    session.open()
    answer = session.deliver(envelope(test, 0, found.text))
    session.close()
    if answer.outcome is not Outcome.SENT:
        raise _refused(name, "test", f"{answer.outcome}: {answer.reason}")
    output.say(printable(f"sent to {found.text}{_where(settings)}"))


def _where(settings: Publication) -> str:
    return f", into {MAIL}/" if transport_name(settings) == "maildir" else ""


def _prospect(store: Store, project: Project, settings: Publication, name: str, list_name: str) -> Prospect:
    """What is to be sent. Raises what refuses it."""
    transport(settings, project.root)
    prospect = prepared(project, name, list_name, _date())
    name = prospect.plan.issue
    before = ledger.found(store, name, list_name)
    if before or list_name in record.recorded(project.root, name):
        hint = "go on with --resume" if before and not before.ended else "an issue goes to a list once"
        raise _refused(name, "sent-before", f"was sent to the list “{list_name}” before: {hint}")
    return prospect


def _begun(store: Store, prospect: Prospect, output: Output, *, yes: bool, dry_run: bool) -> Send | None:
    """The send with its recipients frozen; None after a dry run. Raises what refuses it, and Abort for a no."""
    plan = prospect.plan
    count = subscribers.audience(store, plan.list)
    say = output.say if yes else click.echo
    for label, value in {
        "issue": plan.issue,
        "subject": plan.subject,
        "to": f"the list “{plan.list}”, {count:,} {'subscriber' if count == 1 else 'subscribers'}",
        "from": plan.sender,
        "commit": plan.revision or "none",
    }.items():
        say(printable(f"{label + ':':9}{value}"))
    if not count:
        raise _refused(plan.issue, "nobody", f"nobody on the list “{plan.list}” is active")
    if dry_run:
        return None
    if not yes:
        click.confirm("Send it?", abort=True)
    send = freezing.begun(store, plan, _now())
    if send is None:
        raise _refused(plan.issue, "sent-before", "another process has just begun to send it: join it with --resume")
    return send


def _frozen(store: Store, send: Send) -> Send:
    """The send when all of its recipients are written; between slices others have as long as a slice takes."""
    began = time.monotonic()
    for _ in freezing.freeze(store, send, _now()):
        time.sleep(time.monotonic() - began)
        began = time.monotonic()
    return _known(ledger.found(store, send.issue, send.list), send.issue, send.list)


def _ledger(store: Store, send: Send) -> Ledger:
    return Ledger(store, send.id, "", resend=False)


def _run(store: Store, project: Project, settings: Publication, send: Send, *, rate: float, output: Output) -> None:
    """Sends to all who are in the queue; what is left is told, and how to go on."""
    keys = Keys.opened(project.root)
    list_id = store.number(statements.LIST_ID, name=send.list)
    job = Job(
        root=project.root,
        send=send,
        letter=letter(send, list_id, keys),
        transport=transport(settings, project.root),
        sessions=settings.smtp.sessions,
        rate=rate,
        resend=settings.email.on_uncertain == "resend",
    )
    begun = _ledger(store, send).tally()
    try:
        tally = run(store, job, _progress(sum(begun.values()), begun, output))
    except KeyboardInterrupt:
        click.echo(f"\nstopped: go on with publish send {send.issue} --list {send.list} --resume", err=True)
        raise click.exceptions.Exit(130) from None
    finally:
        if output.terminal:
            click.echo("\r\033[K", err=True, nl=False)
    _conclude(store, project, send, tally, output)
    output.say(printable(f"{send.issue}: {_counted(tally)}{_where(settings)}"))


def _conclude(store: Store, project: Project, send: Send, tally: Mapping[str, int], output: Output) -> None:
    """Writes the record that belongs in git, when nobody is left in the queue."""
    if tally.get("queued") or tally.get("sending"):
        return
    with store.transaction():
        _ledger(store, send).end(_now())
    ended = _known(ledger.found(store, send.issue, send.list), send.issue, send.list)
    output.say(f"{record.write(project.root, ended, tally)} says what was sent: commit it")


def _counted(tally: Mapping[str, int]) -> str:
    states = ("sent", "failed", "uncertain", "withdrawn", "sending", "queued")
    return ", ".join(f"{tally[state]:,} {state}" for state in states if tally.get(state)) or "nobody"


def _progress(total: int, begun: Mapping[str, int], output: Output) -> Callable[[Mapping[str, int]], None]:
    """A line that tells the rate, the time that is left and the failures."""
    start = time.monotonic()
    before = total - begun.get("queued", 0) - begun.get("sending", 0)

    def show(counts: Mapping[str, int]) -> None:
        if not output.terminal:
            return
        settled = counts["sent"] + counts["failed"] + counts["uncertain"]
        rate = settled / max(time.monotonic() - start, 0.1)
        left = datetime.timedelta(seconds=round((total - before - settled) / rate)) if rate else "?"
        done, share = before + settled, 20 * (before + settled) // max(total, 1)
        line = f"[{'#' * share}{'.' * (20 - share)}] {done:,} of {total:,}, {rate:,.0f}/s, {left} left"
        click.echo(f"\r{line}, {counts['failed']:,} failed\033[K", err=True, nl=False)

    return show


def _status(store: Store, send: Send) -> None:
    told = _ledger(store, send)
    click.echo(printable(f"{send.issue} to {send.list}: {_counted(told.tally())}; {'ended' if send.ended else 'open'}"))
    for text, state, reason in told.named(_NAMED):
        click.echo(printable(f"  {state}: {text}{f', {reason}' if reason else ''}"))
