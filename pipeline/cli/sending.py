"""What `publish send` does once it is agreed: it freezes, sends, pauses, and writes down what became of it."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from pipeline.bounces import recording
from pipeline.cli.options import Output
from pipeline.cli.report import printable
from pipeline.cli.send_progress import Line, counted, progress
from pipeline.cli.signing import signing
from pipeline.deliver import freezing, ledger, record, statements, subscribers
from pipeline.deliver.ledger import Ledger, Send
from pipeline.deliver.run import Job, run
from pipeline.deliver.sending import MAIL, Prospect, letter, transport, transport_name
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys, Returned
from pipeline.deliver.turns import in_turns
from pipeline.errors import Unsendable
from pipeline.model import Location, Publication
from pipeline.project import Project

__all__ = ["Errand", "refused", "where"]

_NAMED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """An issue that goes to a list, and the terminal that is told of it."""

    project: Project
    settings: Publication
    issue: str
    list: str
    output: Output

    def known(self, store: Store) -> Send:
        """The send. Raises Unsendable where there is none."""
        send = ledger.found(store, self.issue, self.list)
        if send is None:
            raise refused(self.issue, "not-sent", f"was never sent to the list “{self.list}”")
        return send

    def begin(self, store: Store, prospect: Prospect, rate: float) -> None:
        """Sends it for the first time, or as a correction. Raises Unsendable where another process was quicker."""
        before = ledger.found(store, self.issue, self.list)
        if before and not before.frozen:
            before = self._frozen(store, before, Line(self.output))
        send = freezing.begun(store, prospect.plan, _now())
        if send is None:
            message = "another process has just begun to send it: join it with --resume"
            raise refused(self.issue, "sent-before", message)
        if before:
            record.write(self.project.root, before, _told(store, before).tally())
        self._run(store, send, rate, ())

    def resume(self, store: Store, *, retry: str | None, rate: float, logs: tuple[Path, ...]) -> None:
        """Goes on, no more paused; tries those again who are in the state `retry`."""
        send = self.known(store)
        with store.transaction():
            _told(store, send).pause("")
            if retry:
                self.output.say(f"{_told(store, send).again(retry):,} are tried again")
        self._run(store, send, rate, logs)

    def pause(self, store: Store) -> None:
        """Has every process stop that sends it. Raises Unsendable where it has ended."""
        send = self.known(store)
        if send.ended:
            raise refused(self.issue, "ended", f"has been sent to the list “{self.list}”: nothing is left to pause")
        with store.transaction():
            _told(store, send).pause(_now())

    def status(self, store: Store) -> None:
        """Tells how it stands, and who failed or is uncertain."""
        send = self.known(store)
        told = _told(store, send)
        stands = "ended" if send.ended else "paused" if send.paused else "open" if send.frozen else "not yet begun"
        correction = f", correction {send.correction}" if send.correction else ""
        click.echo(printable(f"{send.issue} to {send.list}{correction}: {counted(told.tally())}; {stands}"))
        for text, state, reason in told.named(_NAMED):
            click.echo(printable(f"  {state}: {text}{f', {reason}' if reason else ''}"))

    def _run(self, store: Store, send: Send, rate: float, logs: tuple[Path, ...]) -> None:
        """Sends to all who are in the queue; what is left is told, and how to go on."""
        line = Line(self.output)
        try:
            send = self._frozen(store, send, line)
            if (send.list, send.correction) not in record.recorded(self.project.root, send.issue):
                # Before the first message: with a backup of before that in its place, git still knows that it went out.
                record.write(self.project.root, send, _told(store, send).tally())
            tally = run(store, self._job(store, send, rate, logs), progress(line, _told(store, send).tally()))
        except KeyboardInterrupt:
            click.echo(f"\nstopped: go on with {self._resume()}", err=True)
            raise click.exceptions.Exit(130) from None
        finally:
            line.clear()
        if not tally.get("queued") and not tally.get("sending"):
            self._conclude(store, send, tally)
        self.output.say(printable(f"{send.issue}: {counted(tally)}{where(self.settings)}"))
        if _told(store, send).paused():
            click.echo(f"paused: go on with {self._resume()}", err=True)
            raise click.exceptions.Exit(1)

    def _job(self, store: Store, send: Send, rate: float, logs: tuple[Path, ...]) -> Job:
        list_id = store.number(statements.LIST_ID, name=send.list)
        plain = letter(send, list_id, Keys.opened(self.project.root), self.settings.email.bounces)
        return Job(
            root=self.project.root,
            send=send,
            letter=signing(self.settings, self.project)(plain),
            transport=transport(self.settings, self.project.root),
            sessions=self.settings.smtp.sessions,
            rate=rate,
            limits=self.settings.smtp.domains,
            logs=logs,
            resend=self.settings.email.on_uncertain == "resend",
            refused=functools.partial(_refused, store, send),
        )

    def _resume(self) -> str:
        return f"publish send {self.issue}{f' --list {self.list}' if self.list != subscribers.MAIN else ''} --resume"

    def _frozen(self, store: Store, send: Send, line: Line) -> Send:
        """The send when all of its recipients are written."""
        for count, _ in enumerate(in_turns(freezing.freeze(store, send, _now())), start=1):
            line.show(f"preparing: {count * freezing.SLICE:,} looked at")
        return self.known(store)

    def _conclude(self, store: Store, send: Send, tally: Mapping[str, int]) -> None:
        """Writes the record that belongs in git."""
        with store.transaction():
            _told(store, send).end(_now())
        path = record.write(self.project.root, self.known(store), tally)
        self.output.say(f"{path} says what was sent: commit it")


def _told(store: Store, send: Send) -> Ledger:
    """The ledger for whoever only asks it."""
    return Ledger(store, send.id, "", resend=False)


def _refused(store: Store, send: Send, subscriber: int, reason: str) -> None:
    """What a server said when it refused a message for good counts like a message that came back."""
    recording.refused(store, Returned(send.id, subscriber), reason, datetime.datetime.now(datetime.UTC))


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def refused(name: str, rule: str, message: str) -> Unsendable:
    """That an issue is not sent, and why."""
    return Unsendable.at(Location(path=f"issues/{name}"), rule, message)


def where(settings: Publication) -> str:
    """Where messages go that do not go out, as the end of a sentence."""
    return f", into {MAIL}/" if transport_name(settings) == "maildir" else ""
