"""The message with the link that confirms: the same for those who are known and those who are not."""

from __future__ import annotations

import binascii
import hashlib

from pipeline.deliver.addresses import Address
from pipeline.deliver.requests import DAYS
from pipeline.deliver.transport import Envelope
from pipeline.model import Publication
from pipeline.render import headers
from pipeline.render.labels import Labels
from pipeline.render.lines import wrap
from pipeline.render.templates import Templates

__all__ = ["confirmation"]


def confirmation(
    publication: Publication, words: tuple[Labels, Templates], to: Address, url: str, date: str
) -> Envelope:
    """The message, in the publication's language; `url` is the link, and `date` as the header has it."""
    labels, templates = words
    who = headers.sender(publication)
    digest = hashlib.sha256(f"confirm\0{url}".encode()).hexdigest()[:40]
    message_id = f"<{digest}@{who.domain}>"
    subject = labels("confirm_subject", title=publication.title)
    values = {"publication": publication, "labels": labels, "url": url, "days": DAYS, "subject": subject}
    text = templates.render("service/confirm.txt", wrap=wrap, **values)
    html = templates.render("service/confirm-email.html", **values)
    boundary = f"=_{digest}"
    lines = [
        f"From: {headers.phrase(who.name, len('From: '))}\r\n <{who.address}>",
        f"To: {to.text}",
        f"Subject: {headers.encoded(subject, len('Subject: '))}",
        f"Date: {date}",
        f"Message-ID: {message_id}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
        "",
        *_part(boundary, "plain", text),
        *_part(boundary, "html", html),
        f"--{boundary}--",
        "",
    ]
    content = "\r\n".join(lines).encode()
    return Envelope(sender=who.address, recipient=to.text, message_id=message_id, parts=(content,))


def _part(boundary: str, subtype: str, body: str) -> list[str]:
    """One body with its header, in base64."""
    data = body.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    rows = [binascii.b2a_base64(data[at : at + 57], newline=False).decode() for at in range(0, len(data), 57)]
    kind = f"Content-Type: text/{subtype}; charset=utf-8"
    return [f"--{boundary}", kind, "Content-Transfer-Encoding: base64", "", *rows]
