"""Header fields of a message: who sends, encoded words (RFC 2047), addresses in ASCII, dates (RFC 5322)."""

from __future__ import annotations

import binascii
import datetime
import functools
import math
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from pipeline.errors import BadSource
from pipeline.model import Location, Publication

__all__ = ["Mailbox", "ascii_url", "date", "encoded", "host", "mailbox", "phrase", "sender", "single_line"]

_LINE = 76  # a line with an encoded word (RFC 2047, section 2)
_WORD = 75
_FRAME = len("=?utf-8?b??=")


def single_line(value: str) -> str:
    """The value on one line, with no control character and nothing that a reader could decode.

    An encoded word in a title is taken apart: Python before 3.11.10 writes what is decoded from it as further header
    lines (CVE-2024-6923).
    """
    return " ".join(_CONTROLS.sub(" ", value).split()).replace("=?", "= ?")


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def encoded(value: str, used: int) -> str:
    """The value as header text, folded; `used` characters of its first line are taken.

    Short ASCII stands as it is, all else in encoded words of 75 characters at the most, whole characters in each.
    """
    value = single_line(value)
    return value if value.isascii() and used + len(value) <= _LINE else _words(value, used)


def _words(value: str, used: int) -> str:
    """The value in encoded words, in the shorter of the two encodings."""
    raw = value.encode()
    quoted = len(raw) + 2 * len(raw.translate(None, _PLAIN_OR_SPACE))
    if quoted <= math.ceil(len(raw) / 3) * 4:
        return "\r\n ".join(f"=?utf-8?q?{word}?=" for word in _in_q(value, used))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in _in_base64(raw, used))


def _in_q(value: str, used: int) -> Iterator[str]:
    """The value in Q encoding, in runs whose words fit their lines."""
    room = min(_WORD, _LINE - used) - _FRAME
    run = ""
    for quoted in map(_quoted, value):
        if len(run) + len(quoted) > room:
            yield run
            run, room = "", _WORD - _FRAME
        run += quoted
    yield run


def _in_base64(raw: bytes, used: int) -> Iterator[str]:
    """The text in base64, in runs of whole characters whose words fit their lines."""
    room = (min(_WORD, _LINE - used) - _FRAME) // 4 * 3
    while raw:
        run = raw[:room].decode(errors="ignore").encode()  # without the character that the end of the line cuts
        yield binascii.b2a_base64(run, newline=False).decode()
        raw, room = raw[len(run) :], (_WORD - _FRAME) // 4 * 3


_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
_PLAIN_OR_SPACE = f"{_PLAIN} ".encode()


def _quoted(character: str) -> str:
    """A character in Q encoding, as strict as a phrase needs (RFC 2047, section 5)."""
    if character in _PLAIN:
        return character
    return "_" if character == " " else "".join(f"={byte:02X}" for byte in character.encode())


def phrase(value: str, used: int) -> str:
    """A display name: bare, quoted where it has marks, in encoded words where it is not ASCII or long."""
    value = single_line(value)
    if not value.isascii() or used + len(value) + 2 > _LINE:
        return _words(value, used)
    if re.fullmatch(r"[\w !#$%&'*+/=?^`{|}~-]*", value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


class Mailbox(NamedTuple):
    """A sender: display name as written, address and its domain in ASCII."""

    name: str
    address: str
    domain: str


_MAILBOX = re.compile(r'\s*(?:"?([^"<>]*?)"?\s*<([^<>@\s]+)@([^<>@\s]+)>|([^<>@\s]+)@([^<>@\s]+))\s*')
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def mailbox(text: str, setting: str) -> Mailbox:
    """The mailbox `address` or `Name <address>`; BadSource naming the setting where it is none."""
    match = _MAILBOX.fullmatch(text)
    if match:
        name, local, domain = match[1] or "", match[2] or match[4], _idna(match[3] or match[5])
        if _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain):
            return Mailbox(name, f"{local}@{domain}", domain)
    raise BadSource.at(Location(path="newsletter.yaml"), "settings", f"{setting}: “{single_line(text)}” is no address")


def _idna(domain: str) -> str:
    """The domain as mail servers know it, empty where it cannot be one."""
    try:
        return domain.lower().encode("idna").decode()
    except UnicodeError:
        return ""


@functools.lru_cache(maxsize=8)
def sender(publication: Publication) -> Mailbox:
    """Who sends: `email.from`, else the author, else `newsletter@` the site's host: a new publication builds, too."""
    text = publication.email.sender or publication.author.email or f"newsletter@{host(publication)}"
    found = mailbox(text, "email.from" if publication.email.sender else "author.email")
    return found._replace(name=found.name or publication.title)


def host(publication: Publication) -> str:
    """The site's host in ASCII, `localhost` where its address has no name."""
    match = re.match(r"https?://(?:[^/@]*@)?([^/:?#]+)", publication.url)
    domain = _idna(match[1]) if match else ""
    return domain if _DOMAIN.fullmatch(domain) else "localhost"


def ascii_url(url: str) -> str:
    """The address in ASCII (RFC 3987, section 3.1), with nothing in it that could end a header's `<...>`."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    if not url.isascii() and mark:
        url = f"{scheme}{mark}{_idna(authority) or authority}{slash}{path}"
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~")


_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def date(moment: datetime.datetime) -> str:
    """The moment as RFC 5322 writes it; by hand, because `strftime` follows the process's locale."""
    offset = moment.utcoffset() or datetime.timedelta()
    hours, minutes = divmod(abs(offset) // datetime.timedelta(minutes=1), 60)
    zone = f"{'-' if offset.days < 0 else '+'}{hours:02}{minutes:02}"
    day = f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04}"
    return f"{day} {moment.hour:02}:{moment.minute:02}:{moment.second:02} {zone}"
