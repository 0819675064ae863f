"""Addresses of subscribers: what a mail server will take, in one spelling (RFC 5321, RFC 6531)."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

__all__ = ["Address", "address"]


class Address(NamedTuple):
    """An address as it is sent to, its domain in ASCII; `key` is the same for all spellings of one mailbox."""

    text: str
    key: str


_PLAIN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_MARKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\"(),:;<>@\[\\\]]")
_INVISIBLE = ("C", "Z")  # Unicode's categories of what nobody sees, and what turns the reading order


def address(written: str) -> Address | None:
    """The address that somebody wrote, None where no server would take it.

    The domain becomes lower case and ASCII (IDNA), the local part stays as written, in NFC; `key` ignores its case,
    as every large service does, and nothing more: ß and ss are two people's, and one could confirm for the other.
    Local parts in quotes are refused: no service gives them out.
    """
    text = written.strip()
    if not _PLAIN.fullmatch(text):
        local, at, domain = unicodedata.normalize("NFC", text).rpartition("@")
        text = f"{local}{at}{_ascii(domain)}"
        stand_in = re.sub(r"[^\x00-\x7f]", "x", text)
        if _MARKS.search(local) or not _PLAIN.fullmatch(stand_in) or not all(map(_visible, local)):
            return None
    local, _, domain = text.rpartition("@")
    if len(local.encode()) > 64 or len(domain) > 253:  # RFC 5321, section 4.5.3.1
        return None
    domain = domain.lower()
    return Address(f"{local}@{domain}", f"{local.lower()}@{domain}")


def _visible(character: str) -> bool:
    return not unicodedata.category(character).startswith(_INVISIBLE)


def _ascii(domain: str) -> str:
    try:
        return domain.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""
