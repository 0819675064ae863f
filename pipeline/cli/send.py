"""`publish send`."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import click

from pipeline.cli.options import Output, dates, output_options
from pipeline.cli.report import printable
from pipeline.cli.send_progress import waited
from pipeline.cli.sending import Errand, refused, where
from pipeline.cli.signing import signing
from pipeline.deliver import ledger, record, subscribers
from pipeline.deliver.addresses import address
from pipeline.deliver.correcting import corrected, correcting
from pipeline.deliver.letter import envelope
from pipeline.deliver.sending import Prospect, letter, prepared, transport, transport_name
from pipeline.deliver.store import Store
from pipeline.deliver.timing import Window
from pipeline.deliver.tokens import Keys
from pipeline.deliver.transport import Outcome
from pipeline.errors import BadSource
from pipeline.model import Publication
from pipeline.project import Project, publication
from pipeline.read.limits import per_second
from pipeline.read.source import Report
from pipeline.render.headers import date

__all__ = ["command"]

_NAMED = 50


def _per_second(ctx: click.Context, param: click.Parameter, value: str | None) -> float:
    rate = per_second(value or "0")
    if rate is None:
        raise click.BadParameter(f"“{value}” is no rate such as 10/s or 600/h.", ctx=ctx, param=param)
    return rate


@click.command("send", short_help="Mail an issue to its subscribers, once each.")
@click.argument("name", metavar="DATE", callback=lambda ctx, param, value: dates(ctx, param, (value,))[0])
@click.option("--list", "list_name", metavar="NAME", default=subscribers.MAIN, show_default=True, help="To which list.")
@click.option("--to", "to", metavar="ADDRESS", help="Send one test to this address, and nothing to the list.")
@click.option("--dry-run", is_flag=True, help="Tell who would get what, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--rate", metavar="N/s", callback=_per_second, help="At most so many messages: 10/s, 600/h.")
@click.option(
    "--at", default="", metavar="TIME", help="Begin then: 09:00, or 2023-03-04 09:00, by the publication's clock."
)
@click.option("--not-after", default="", metavar="TIME", help="Refuse to begin after this time.")
@click.option("--correction", is_flag=True, help="Mail a corrected issue to those who had the wrong one.")
@click.option("--status", is_flag=True, help="Tell how far it is, and who failed or is uncertain.")
@click.option("--pause", is_flag=True, help="Have whoever is sending it stop; --resume goes on.")
@click.option("--resume", is_flag=True, help="Go on where it was stopped, with the message of then.")
@click.option("--retry", type=click.Choice(["failed"]), help="Try those again whom the server refused.")
@click.option(
    "--log",
    "logs",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Postfix's log, to be asked about who is uncertain; older ones first.",
)
@output_options
def command(
    *,
    name: str,
    list_name: str,
    to: str | None,
    dry_run: bool,
    yes: bool,
    rate: float,
    at: str,
    not_after: str,
    correction: bool,
    status: bool,
    pause: bool,
    resume: bool,
    retry: str | None,
    logs: tuple[Path, ...],
    project: Project,
    output: Output,
) -> None:
    """Mail the built issue to the subscribers of a list, once each, whatever happens on the way.

    An issue goes to a list once. Interrupted or killed, it goes on with --resume; nobody is lost, and whoever may or
    may not have it is held as uncertain, unless `on_uncertain: resend` says otherwise.
    """
    modes = {"--to": to is not None, "--status": status, "--pause": pause, "--resume": resume or bool(retry)}
    _one_of({**modes, "--correction": correction})
    _one_of({**modes, "--dry-run": dry_run})
    _one_of({**modes, "--at": bool(at or not_after), "--resume": False})
    settings = _settings(project)
    if logs and not (modes["--resume"] and transport_name(settings) == "smtp"):
        raise click.UsageError("--log goes with --resume, and with a server that is reached by SMTP.")
    window = _window(settings, name, at, not_after)
    errand = Errand(project=project, settings=settings, issue=name, list=list_name, output=output)
    if to is not None:
        _test(project, settings, name, to, output)
    elif status or pause:
        with Store.opened(project.root) as store:
            if pause:
                errand.pause(store)
            errand.status(store)
    elif resume or retry:
        _wait(window, name, output)
        with Store.opened(project.root, whole=True) as store:
            errand.resume(store, retry=retry, rate=rate, logs=logs)
    else:
        prospect = _agreed(errand, window, correction=correction, yes=yes, dry_run=dry_run)
        if prospect:
            with Store.opened(project.root) as store:
                replace(errand, issue=prospect.plan.issue).begin(store, prospect, rate)


def _one_of(given: Mapping[str, bool]) -> None:
    names = [name for name, there in given.items() if there]
    if len(names) > 1:
        raise click.UsageError(f"{' and '.join(names)} do not go together.")


def _window(settings: Publication, name: str, at: str, not_after: str) -> Window:
    """When it may begin. Raises UsageError for what is no time, Unsendable where it is too late already."""
    now = datetime.datetime.now(datetime.UTC)
    try:
        window = Window.of(at, not_after, zoneinfo.ZoneInfo(settings.timezone), now)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    try:
        window.left(now)
    except ValueError as error:
        raise refused(name, "too-late", str(error)) from None
    return window


def _wait(window: Window, name: str, output: Output) -> bool:
    """Waits until it may begin; whether that took any time. Raises Unsendable where it is too late."""
    try:
        return waited(window, output)
    except ValueError as error:
        raise refused(name, "too-late", str(error)) from None
    except KeyboardInterrupt:
        click.echo("\nstopped: nothing was begun", err=True)
        raise click.exceptions.Exit(130) from None


def _settings(project: Project) -> Publication:
    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    return settings


def _date() -> str:
    return date(datetime.datetime.now(datetime.UTC))


def _test(project: Project, settings: Publication, name: str, to: str, output: Output) -> None:
    """Sends one message, of which the ledger knows nothing."""
    found = address(to)
    if found is None:
        raise click.BadParameter(f"“{printable(to)}” is no address.", param_hint="--to")
    prospect = prepared(project, name, "test", _date())
    output.findings(prospect.findings)
    session = transport(settings, project.root)()
    keys = Keys(keys=(b"of a test, which proves nothing",))
    test = signing(settings, project)(letter(prospect.plan, 0, keys, settings.email.bounces))
    session.open()
    answer = session.deliver(envelope(test, 0, found.text))
    session.close()
    if answer.outcome is not Outcome.SENT:
        raise refused(name, "test", f"{answer.outcome}: {answer.reason}")
    output.say(printable(f"sent to {found.text}{where(settings)}"))


def _agreed(errand: Errand, window: Window, *, correction: bool, yes: bool, dry_run: bool) -> Prospect | None:
    """What is to be sent now, or when its time has come; None after a dry run.

    Raises what refuses it, and Abort for a no.
    """
    with Store.opened(errand.project.root, whole=True) as store:
        asked = _prospect(errand, store, correction=correction)
        errand.output.findings(asked.findings)
        _show(store, asked, window, errand.output.say if yes else click.echo)
    if dry_run:
        return None
    if not yes:
        click.confirm("Send it?", abort=True)
    if not _wait(window, asked.plan.issue, errand.output):
        return asked
    with Store.opened(errand.project.root) as store:
        now = _prospect(errand, store, correction=correction)
    if asked.plan.hash != now.plan.hash:
        message = "was built anew while this waited, and is not what you agreed to: look at it, and send it then"
        raise refused(now.plan.issue, "changed", message)
    return now


def _prospect(errand: Errand, store: Store, *, correction: bool) -> Prospect:
    """What is to be sent. Raises what refuses it."""
    project, list_name = errand.project, errand.list
    transport(errand.settings, project.root)
    signing(errand.settings, project)
    prospect = prepared(project, errand.issue, list_name, _date())
    name = prospect.plan.issue
    before = ledger.found(store, name, list_name)
    if correction:
        return correcting(prospect, before)
    if before or (list_name, 0) in record.recorded(project.root, name):
        hint = "go on with --resume" if before and not before.ended else "an issue goes to a list once"
        if before and before.hash != prospect.plan.hash:
            hint += "; --correction mails what stands in out/ now to those who had the other"
        raise refused(name, "sent-before", f"was sent to the list “{list_name}” before: {hint}")
    return prospect


def _show(store: Store, prospect: Prospect, window: Window, say: Callable[[str], None]) -> None:
    """Tells what is to go to whom. Raises Unsendable where it would go to nobody."""
    plan = prospect.plan
    before = ledger.found(store, plan.issue, plan.list)
    count = corrected(store, before) if before else subscribers.audience(store, plan.list)
    for label, value in {
        "issue": plan.issue,
        "subject": plan.subject,
        "to": f"the list “{plan.list}”, {count:,} {'subscriber' if count == 1 else 'subscribers'}",
        "as": f"correction {plan.correction}, to whoever had the issue or was to get it" if plan.correction else "",
        "from": plan.sender,
        "commit": plan.revision or "none",
        "at": f"{window.at:%Y-%m-%d %H:%M %Z}" if window.at else "",
        "until": f"{window.not_after:%Y-%m-%d %H:%M %Z}" if window.not_after else "",
    }.items():
        if value:
            say(printable(f"{label + ':':9}{value}"))
    if not count:
        raise refused(plan.issue, "nobody", f"nobody on the list “{plan.list}” is active")
