"""Whether an issue may be mailed, and how: what a build would make, against what stands in `out/`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.build import prospect
from pipeline.deliver.ledger import Plan, Send
from pipeline.deliver.letter import Letter, dumped, loaded, send_name
from pipeline.deliver.tokens import Keys
from pipeline.deliver.transport import Transport
from pipeline.deliver.transports.maildir import Maildir
from pipeline.deliver.transports.sendmail import Sendmail
from pipeline.deliver.transports.smtp import Smtp, password
from pipeline.errors import Unsendable
from pipeline.findings import Finding, Severity
from pipeline.model import Location, Publication
from pipeline.project import Project
from pipeline.render.composing import composed
from pipeline.render.headers import mailbox, sender
from pipeline.review import examine
from pipeline.revision import head
from pipeline.write import recover

__all__ = ["MAIL", "Prospect", "letter", "prepared", "transport", "transport_name"]

MAIL = "var/mail"
"""The Maildir folder where nothing else is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What is to be sent, and what an editor may want to know before."""

    plan: Plan
    findings: tuple[Finding, ...]


def prepared(project: Project, name: str, list_name: str, date: str) -> Prospect:
    """The plan to send an issue; `date` is the message's, as its header has it.

    Raises Unsendable for a draft, for findings of severity error, and where the message in `out/` is not there or not
    the one that a build would make now; a PipelineError where something cannot be read.
    """
    recover(project.root)
    findings = examine(project, [name])
    wrong = [found for found in findings if found.severity is Severity.ERROR]
    context = prospect(project, name)
    if len(context.issues) != 1:
        names = ", ".join(issue.name for issue in context.issues)
        raise _refused(f"issues/{name}", "several-issues", f"several issues are of this day, name one: {names}")
    issue = context.issues[0]
    if issue.draft:
        wrong += _refused(issue.location.path, "draft", "a draft is never sent: take “draft: true” away").findings
    built, pieces, subject = composed(context, issue)
    wrong += _stale(project.root, issue.name, built)
    if wrong:
        raise Unsendable(wrong)
    who = sender(context.publication)
    plan = Plan(
        issue=issue.name,
        list=list_name,
        subject=subject,
        sender=who.address,
        domain=who.domain,
        hash=hashlib.sha256(built).hexdigest(),
        revision=head(project.root),
        date=date,
        pieces=dumped(pieces),
    )
    return Prospect(plan=plan, findings=findings)


def _stale(root: Path, name: str, built: bytes) -> Iterator[Finding]:
    path = f"out/{name}/issue.eml"
    try:
        stands = (root / path).read_bytes()
    except OSError:
        yield from _refused(path, "not-built", f"no such message: publish build {name}").findings
        return
    if stands != built:
        message = f"not what a build would make now: publish build {name}, look at it, and send then"
        yield from _refused(path, "not-built", message).findings


def _refused(path: str, rule: str, message: str) -> Unsendable:
    return Unsendable.at(Location(path=path), rule, message)


def letter(send: Send | Plan, list_id: int, keys: Keys, bounces: str = "") -> Letter:
    """The message of a send, ready for its recipients; `bounces` is the setting. Raises BadSource for no address."""
    return Letter(
        pieces=loaded(send.pieces),
        name=send_name(send.issue, send.list, send.hash),
        sender=send.sender,
        domain=send.domain,
        date=send.date,
        list_id=list_id,
        keys=keys,
        send=send.id if isinstance(send, Send) else 0,
        bounces=mailbox(bounces, "email.bounces").address if bounces else "",
    )


def transport_name(publication: Publication) -> str:
    """Which transport the settings mean."""
    return publication.email.transport or ("smtp" if publication.smtp.host else "maildir")


def transport(publication: Publication, root: Path) -> Callable[[], Transport]:
    """What opens sessions. Raises Unsendable where readers could not leave, Unreachable without a password."""
    name = transport_name(publication)
    if name == "maildir":
        return lambda: Maildir(root / MAIL)
    if not publication.email.unsubscribe_url.startswith("https://"):
        message = "readers must be able to leave: set email.unsubscribe_url, an https address"
        raise _refused("newsletter.yaml", "unsubscribe-url", message)
    if name == "sendmail":
        return Sendmail
    if not publication.smtp.host:
        raise _refused("newsletter.yaml", "smtp", "set smtp.host, the server that takes your messages")
    secret = password(publication.smtp, root)
    return lambda: Smtp(publication.smtp, secret)
