"""The addresses in an email that differ by service and by recipient: holes in the bodies, and what is put into them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from pipeline.addresses import issue_url
from pipeline.model import Issue, Publication

__all__ = ["HTML_HOLES", "TEXT_HOLES", "Places", "in_html", "in_text", "neutral_html", "neutral_text", "places"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What an email's holes are filled with; `postal_html` is HTML, the others are plain text."""

    view_url: str
    unsubscribe_url: str
    postal_address: str
    postal_html: str


_NAMES = ("view_url", "unsubscribe_url", "postal_address")


class _Hole(str):
    """A hole as templates print it: as it stands, never escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


# No entry can forge a hole: a bare `&` of its text comes out escaped, and a NUL is in no text that was read.
HTML_HOLES = {name: _Hole(f"&{name};") for name in _NAMES}
TEXT_HOLES = {name: _Hole(f"\0{name}\0") for name in _NAMES}

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
    return Places(
        view_url=_VIEW.get(service, issue_url(publication, issue)),
        unsubscribe_url=_UNSUBSCRIBE.get(service, unsubscribe_url),
        postal_address=_POSTAL.get(service, address),
        postal_html=_POSTAL_HTML.get(service, "<br>".join(escape(line) for line in address.splitlines())),
    )


def in_html(html: str, values: Places) -> str:
    """The HTML with its holes filled."""
    return (
        html.replace(HTML_HOLES["view_url"], escape(values.view_url))
        .replace(HTML_HOLES["unsubscribe_url"], escape(values.unsubscribe_url))
        .replace(HTML_HOLES["postal_address"], values.postal_html)
    )


def in_text(text: str, values: Places) -> str:
    """The plain text with its holes filled."""
    for name in _NAMES:
        text = text.replace(TEXT_HOLES[name], getattr(values, name))
    return text


# What opens a tag of Mailchimp (`*|`), Django and Buttondown (`{{`, `{%`, `{#`), Go and listmonk (`{{`, `@TrackLink`).
_OPENERS = ("{{", "{%", "{#", "*|", "@TrackLink")
_OPENER = r"\{(?=[{%#])|\*(?=\|)|@(?=TrackLink)"
_IN_HTML = re.compile(rf"<style.*?</style>|{_OPENER}", re.DOTALL)
_IN_TEXT = re.compile(rf"https?://[^\s<>]+|{_OPENER}")
_IN_URL = re.compile(_OPENER)
_WORD_JOINER = "\u2060"


def neutral_html(html: str) -> str:
    """The HTML in which nothing reads as a service's merge tag: what opens one is a character reference.

    Readers and addresses see no difference. Before the holes are filled: the service's own tags must stand.
    """
    if not any(opener in html for opener in _OPENERS):
        return html
    return _IN_HTML.sub(lambda match: f"&#{ord(match[0])};" if len(match[0]) == 1 else match[0], html)


def neutral_text(text: str) -> str:
    """The plain text in which nothing reads as a merge tag: parted invisibly, in addresses by percent-encoding."""
    if not any(opener in text for opener in _OPENERS):
        return text
    return _IN_TEXT.sub(_parted, text)


def _parted(match: re.Match[str]) -> str:
    if len(match[0]) == 1:
        return match[0] + _WORD_JOINER
    return _IN_URL.sub(lambda opener: f"%{ord(opener[0]):02X}", match[0])
