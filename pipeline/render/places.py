"""The addresses in an email that differ by service and by recipient: holes in the bodies, and what is put into them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from pipeline.addresses import issue_url
from pipeline.errors import BadTemplate
from pipeline.model import Issue, Location, Publication

__all__ = ["HOLES", "Places", "in_html", "in_text", "neutral_html", "neutral_text", "places"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What an email's holes are filled with; `postal_html` is HTML, the others are plain text."""

    view_url: str
    unsubscribe_url: str
    postal_address: str
    postal_html: str


_NAMES = ("view_url", "unsubscribe_url", "postal_address")


HOLES = {name: f"\0{name}\0" for name in _NAMES}
"""A hole by its name, as it stands in a body; no entry can forge one: a NUL is in no text that was read."""

# https://mailchimp.com/help/customize-your-footer-content/, https://docs.buttondown.com/template-variables,
# https://listmonk.app/docs/templating/. Buttondown and listmonk have no tag for the postal address.
_UNSUBSCRIBE = {
    "mailchimp": "*|UNSUB|*",
    "buttondown": "{{ unsubscribe_url }}",
    "listmonk": "{{ UnsubscribeURL }}",
}
_VIEW = {"mailchimp": "*|ARCHIVE|*", "buttondown": "{{ email_url }}", "listmonk": "{{ MessageURL }}"}
_POSTAL = {"mailchimp": "*|LIST:ADDRESS|*"}
_POSTAL_HTML = {"mailchimp": "*|HTML:LIST_ADDRESS_HTML|*"}


def places(publication: Publication, issue: Issue, unsubscribe_url: str, *, service: str = "none") -> Places:
    """The publication's own addresses, or the merge tags of a service where it has them."""
    address = publication.email.postal_address.strip()
    lines = "<br>".join(escape(line) for line in address.splitlines())
    return Places(
        view_url=_VIEW.get(service, issue_url(publication, issue)),
        unsubscribe_url=_UNSUBSCRIBE.get(service, unsubscribe_url),
        postal_address=_POSTAL.get(service) or neutral_text(address.encode()).decode(),
        postal_html=_POSTAL_HTML.get(service) or neutral_html(lines.encode()).decode(),
    )


def in_html(html: bytes, values: Places) -> bytes:
    """The HTML (UTF-8) with its holes filled."""
    return _with(html, escape(values.view_url), escape(values.unsubscribe_url), values.postal_html)


def in_text(text: bytes, values: Places) -> bytes:
    """The plain text (UTF-8) with its holes filled."""
    return _with(text, values.view_url, values.unsubscribe_url, values.postal_address)


def _with(body: bytes, *values: str) -> bytes:
    """The body with its holes filled in the order of `_NAMES`; all are found in one pass, by their NULs."""
    filled = {name.encode(): value.encode() for name, value in zip(_NAMES, values, strict=True)}
    parts = body.split(b"\0")
    try:
        parts[1::2] = [filled[name] for name in parts[1::2]]
    except KeyError:  # by an escape in a template alone: no text that was read has one
        message = "one of the templates makes a NUL, which is no character: delete it"
        raise BadTemplate.at(Location(path="templates"), "template", message) from None
    return b"".join(parts)


# What opens a tag of Mailchimp (`*|`), Django and Buttondown (`{{`, `{%`, `{#`), Go and listmonk (`{{`, `@TrackLink`).
_OPENER = rb"\{(?=[{%#])|\*(?=\|)|@(?=TrackLink)"
_IN_HTML = re.compile(rb"<style.*?</style>|" + _OPENER, re.DOTALL)
_IN_TEXT = re.compile(rb"https?://[^\s<>]+|" + _OPENER)
_IN_URL = re.compile(_OPENER)
_WORD_JOINER = "\u2060".encode()


def _may_open(body: bytes) -> bool:
    """Whether anything opens a tag; one rare byte is found a hundred times as fast as two."""
    braced = b"{" in body and (b"{{" in body or b"{%" in body or b"{#" in body)
    return braced or (b"|" in body and b"*|" in body) or (b"@" in body and b"@TrackLink" in body)


def neutral_html(html: bytes) -> bytes:
    """The HTML in which nothing reads as a service's merge tag: what opens one is a character reference.

    Readers and addresses see no difference. Before the holes are filled: the service's own tags must stand.
    """
    if not _may_open(html[max(0, html.find(b"<body")) :]):
        return html
    return _IN_HTML.sub(lambda match: b"&#%d;" % ord(match[0]) if len(match[0]) == 1 else match[0], html)


def neutral_text(text: bytes) -> bytes:
    """The plain text in which nothing reads as a merge tag: parted invisibly, in addresses by percent-encoding."""
    if not _may_open(text):
        return text
    return _IN_TEXT.sub(_parted, text)


def _parted(match: re.Match[bytes]) -> bytes:
    if len(match[0]) == 1:
        return match[0] + _WORD_JOINER
    return _IN_URL.sub(lambda opener: b"%%%02X" % ord(opener[0]), match[0])
