"""What a message that came back says: by its form, whoever made it."""

from __future__ import annotations

import enum
import hashlib
import re
from dataclasses import dataclass

from pipeline.bounces import plain
from pipeline.bounces.mailbox import Received
from pipeline.bounces.mime import Part, fields, parsed, walked
from pipeline.bounces.verdict import status_in
from pipeline.deliver.tokens import RETURN_WIDTH

__all__ = ["Kind", "Notice", "noticed"]


class Kind(enum.StrEnum):
    """What sort of message it is; `delayed` is of a server that still tries."""

    FAILED = "failed"
    DELAYED = "delayed"
    COMPLAINT = "complaint"
    REPLY = "reply"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message read: `recipients` are the addresses that it names, `reason` is what a server said, on one line.

    `own` are the tokens in the address that it came to, `returned` and `leave` those anywhere in it; none is proven
    yet. `message_id` is that of the message that came back.
    """

    name: str
    identity: str
    kind: Kind
    status: str = ""
    reason: str = ""
    recipients: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    message_id: str = ""


_RETURN = re.compile(rb"\+([a-z2-7]{%d})(?=@)" % RETURN_WIDTH, re.IGNORECASE)
_LEAVE = re.compile(rb"[?&]t=([\w-]{48})(?![\w-])")
_ARRIVED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
_TOKENS = 8
_RECIPIENTS = 50
_REASON = 500
_COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")
_ANSWERS = re.compile(
    r"(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)|autoreply|auto:|out of (?:the )?office|vacation|"
    r"abwesen|automatische antwort|r[ée]ponse automatique|absence|respuesta autom|fuera de|自动回复|自動回覆|外出)",
    re.IGNORECASE,
)


def noticed(received: Received) -> Notice:
    """What a message says; whatever it holds, this ends soon and raises nothing."""
    message = parsed(received.content)
    every = list(walked(message))
    kind, found = _told(message, every)
    searched = [received.content, *(part.data for part in every if part.field("content-transfer-encoding"))]
    arrived = " ".join(message.field(name) for name in _ARRIVED).encode()
    name = message.field("message-id")
    return Notice(
        name=received.name,
        identity=hashlib.sha256(name.encode() if "@" in name else received.content).hexdigest(),
        kind=kind,
        status=found.status,
        reason=" ".join(found.reason.split())[:_REASON],
        recipients=tuple(dict.fromkeys(one.strip().lower() for one in found.recipients if "@" in one))[:_RECIPIENTS],
        own=_tokens(_RETURN, [arrived]),
        returned=_tokens(_RETURN, searched),
        leave=_tokens(_LEAVE, searched),
        message_id=_returned_id(every),
    )


def _tokens(pattern: re.Pattern[bytes], texts: list[bytes]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in texts:
        for match in pattern.finditer(text):
            found.setdefault(match[1].decode().lower() if pattern is _RETURN else match[1].decode())
            if len(found) == _TOKENS:
                return tuple(found)
    return tuple(found)


def _returned_id(every: list[Part]) -> str:
    """The Message-ID of the message that came back whole, or of its header."""
    for part in every:
        if part.kind in ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"):
            found = re.search(r"<[^<>\s]{1,200}>", fields(part.data[: 1 << 16].lstrip()).get("message-id", ""))
            if found:
                return found[0]
    return ""


def _told(message: Part, every: list[Part]) -> tuple[Kind, plain.Failure]:
    """The kind by the reports of standards first, then by the words of programs, then by what answers mark."""
    for part in every:
        if part.kind == "message/feedback-report":  # RFC 5965
            told = fields(part.data)
            kind = Kind.COMPLAINT if told.get("feedback-type", "").lower() in _COMPLAINTS else Kind.OTHER
            return kind, plain.Failure(recipients=(told.get("original-rcpt-to", "").strip("<>"),))
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):  # RFC 3464, RFC 6533
            return _delivery(part, message)
    if any(part.kind == "message/disposition-notification" for part in every):
        return Kind.REPLY, plain.Failure()  # that it was read, or deleted (RFC 8098)
    words = next((part.text for part in every if part.kind == "text/plain"), "")
    failure = plain.failure(message, words)
    if failure:
        return Kind.DELAYED if failure.delayed else Kind.FAILED, failure
    answered = message.field("auto-submitted").lower().partition(";")[0].strip() not in ("", "no")
    answered |= any(message.field(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder"))
    answered |= message.field("precedence").lower() in ("auto_reply", "auto-reply")
    answered |= bool(_ANSWERS.match(plain.subject(message)))
    return Kind.REPLY if answered else Kind.OTHER, plain.Failure()


def _delivery(part: Part, message: Part) -> tuple[Kind, plain.Failure]:
    """The recipient that failed; of several the first, as each of our messages has one."""
    blocks = [fields(block) for block in re.split(rb"\r?\n[ \t]*\r?\n", part.data[: 1 << 16].strip())][:_RECIPIENTS]
    told = [block for block in blocks if "action" in block or "final-recipient" in block]
    actions = [block.get("action", "failed").split(" ")[0].lower() for block in told]
    if "failed" not in actions:
        return Kind.DELAYED if "delayed" in actions else Kind.OTHER, plain.Failure()
    block = told[actions.index("failed")]
    reason = block.get("diagnostic-code", "").partition(";")[2].strip()
    reason = reason or next((one.text for one in walked(message) if one.kind == "text/plain"), "")[:_REASON]
    status = status_in(block.get("status", ""))
    if status[1:] in ("", ".0.0"):  # which says nothing: the server's words may say more
        status = status_in(reason) or status
    names = (block.get(name, "").partition(";")[2].strip("<> ") for name in ("original-recipient", "final-recipient"))
    return Kind.FAILED, plain.Failure(status=status, reason=reason, recipients=tuple(names))
