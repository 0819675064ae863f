"""Corrections: a corrected issue goes to those who had the wrong one, or were to get it, and to nobody else."""

from __future__ import annotations

from dataclasses import replace

from pipeline.deliver.ledger import Ledger, Send
from pipeline.deliver.sending import Prospect
from pipeline.deliver.store import Store
from pipeline.errors import Unsendable
from pipeline.findings import Finding, Severity
from pipeline.model import Location

__all__ = ["corrected", "correcting"]


def correcting(prospect: Prospect, before: Send | None) -> Prospect:
    """The prospect as a correction of the send before it.

    Raises Unsendable where there was none, and where it is the same message.
    """
    plan = prospect.plan
    where = Location(path=f"issues/{plan.issue}")
    if before is None:
        message = f"this machine never sent it to the list “{plan.list}”: it knows nobody who has the wrong one"
        raise Unsendable.at(where, "not-sent", message)
    if before.hash == plan.hash:
        message = (
            f"out/{plan.issue}/issue.eml is what was sent: correct the issue, build it, look at it, and send it then"
        )
        raise Unsendable.at(where, "same-message", message)
    findings = prospect.findings
    if before.subject == plan.subject:
        message = "the subject is that of the wrong one: with “subject:” readers see at once that it is corrected"
        findings += (Finding(location=where, severity=Severity.WARNING, rule="same-subject", message=message),)
    return replace(prospect, plan=replace(plan, correction=before.correction + 1), findings=findings)


def corrected(store: Store, before: Send) -> int:
    """How many a correction of a send goes to: all but those whom it failed to reach, and who left."""
    tally = Ledger(store, before.id, "", resend=False).tally()
    return sum(count for state, count in tally.items() if state not in ("failed", "withdrawn"))
