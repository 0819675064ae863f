"""Failures told in words alone: qmail's, Exim's, old Sendmail's and Exchange's, and what is like them."""

from __future__ import annotations

import email.errors
import email.header
import re
from dataclasses import dataclass

from pipeline.bounces.mime import Part
from pipeline.bounces.verdict import status_in

__all__ = ["Failure", "failure", "subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a server says that it could not do; `delayed` says that it still tries."""

    status: str = ""
    reason: str = ""
    recipients: tuple[str, ...] = ()
    delayed: bool = False


_WORDS = 8_000
_ADDRESS = re.compile(r"[^\s<>\"'(),:;\[\]]{1,64}@[\w.-]{1,253}\w")
_END = re.compile(
    r"^(?:--- ?(?:below|enclosed|the header|this is a copy|original|-)|-+ ?this is a copy|"
    r"[ \t]{0,8}-{3,} ?(?:original|returned) message|received: |return-path: )",
    re.IGNORECASE | re.MULTILINE,
)
_QMAIL = re.compile(r"\A\s*Hi\. This is the ")  # https://cr.yp.to/proto/qsbmf.txt
_EXIM = re.compile(r"This message was created automatically by mail delivery software")
_SENDMAIL = re.compile(
    r"-----? ?The following addresses had (permanent fatal|transient non-fatal) (?:delivery )?errors"
)
_FROM = re.compile(r"mailer-daemon|postmaster|mail delivery|mail administrator|microsoftexchange", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|delivery (?:status notification|(?:has )?fail|problem|error)|fail(?:ed|ure) (?:to deliver|"
    r"notice|delivery)|mail(?:[ -]delivery)? (?:failed|failure|error|delivery failed)|returned (?:mail|to sender)|"
    r"non[- ]?deliver|could not be delivered|message not delivered|not delivered|unzustellbar|non remis|退信|投递失败",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"\b(?:delayed|still (?:being )?(?:try|retri|in the queue)|will (?:be retried|keep trying|continue to try)|"
    r"no action is required|only a warning|warning only|not yet been delivered|has not been delivered)\b",
    re.IGNORECASE,
)


def failure(message: Part, words: str) -> Failure | None:
    """The failure that a message without a report tells of; None where it is none of these."""
    words = words[:_WORDS]
    told = words[: found.start()] if (found := _END.search(words)) else words
    named = message.field("x-failed-recipients")  # Exim
    if _QMAIL.match(told):
        return _qmail(told)
    if not (named or _EXIM.search(told) or _SENDMAIL.search(told) or _generic(message)):
        return None
    recipients = tuple(_ADDRESS.findall(named or told)[:10])
    transient = _SENDMAIL.search(told)
    delayed = (not named and bool(_DELAYED.search(told))) or bool(transient and transient[1].startswith("transient"))
    at = told.find(recipients[0]) if recipients else -1
    reason = told[max(at, 0) :] if named or at >= 0 else told
    return Failure(status=status_in(reason), reason=reason[:500], recipients=recipients, delayed=delayed)


def _qmail(words: str) -> Failure:
    """QSBMF: behind the greeting a paragraph for each recipient, `<address>:` and what was said."""
    for paragraph in re.split(r"\n\s*\n", words)[1:]:
        head, _, said = paragraph.strip().partition("\n")
        if head.startswith("<") and head.rstrip().endswith(">:"):
            recipient = head.strip().strip("<>:")
            return Failure(status=status_in(said), reason=said, recipients=(recipient,))
    return Failure(reason=words[:500])


def _generic(message: Part) -> bool:
    """Whether it is from a mail server that could not deliver, by both its sender and its subject."""
    nobody = message.field("return-path").replace(" ", "") == "<>"
    return (nobody or bool(_FROM.search(message.field("from")))) and bool(_SUBJECT.search(subject(message)))


def subject(message: Part) -> str:
    """The subject as readers see it."""
    written = message.field("subject")[:1_000]
    try:
        return str(email.header.make_header(email.header.decode_header(written)))
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return written
