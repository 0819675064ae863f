"""The message of an issue as bytes (RFC 5322, RFC 2045): text before HTML, with holes where recipients differ.

Built by hand: `email.message.EmailMessage` needs 5 to 7 ms a message, and folds List-Unsubscribe into encoded words,
which Gmail does not read.
"""

from __future__ import annotations

import binascii
import functools
import hashlib
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.addresses import instant, issue_id, issue_url
from pipeline.model import Issue, Publication
from pipeline.render import headers
from pipeline.render.places import in_html, in_text, places

__all__ = ["LEAVE_WIDTH", "Bodies", "Hole", "Piece", "filled", "message", "neutral", "parts", "unsubscribe_url"]

LEAVE_WIDTH = 51
"""Characters at the end of a recipient's unsubscribe address: `?t=` and a token, 36 bytes in URL-safe base64."""


class Hole(NamedTuple):
    """Where one recipient's value goes, in a body's transfer encoding; with what shares its groups of three in base64.

    Names: `to`, `date`, `message_id`; `query` ends the unsubscribe address, `parameter` one that has a query already.
    """

    name: str
    encoding: str = ""
    before: bytes = b""
    after: bytes = b""


Piece = bytes | Hole


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """The two bodies of a message in UTF-8, with holes for the addresses (`places`), and its subject."""

    subject: str
    text: bytes
    html: bytes


def neutral(publication: Publication, issue: Issue) -> Mapping[str, str]:
    """The values of the copy that is for nobody: no name, and the publication's own unsubscribe page."""
    return {
        "to": "undisclosed-recipients:;",
        "date": headers.date(instant(publication, issue.date)),
        "message_id": f"<{_digest(publication, issue)}@{headers.sender(publication).domain}>",
        "query": "",
        "parameter": "",
    }


def message(publication: Publication, issue: Issue, bodies: Bodies) -> tuple[Piece, ...]:
    """The message in pieces: bytes, and holes for each recipient's values; the same input gives the same bytes."""
    url = _leave(publication)
    addresses = places(publication, issue, url)
    boundary = f"=_{_digest(publication, issue)}"  # neither base64 nor quoted-printable can hold `=_`
    fields = [*_fields(publication, issue, bodies.subject, url), ("MIME-Version", "1.0")]
    fields.append(("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'))
    head = _head(fields)
    pieces: list[Piece] = [*_holes(head), f"\r\n--{boundary}\r\n".encode()]
    pieces += _part("plain", in_text(bodies.text, addresses))
    pieces.append(f"--{boundary}\r\n".encode())
    pieces += _part("html", in_html(bodies.html, addresses))
    pieces.append(f"--{boundary}--\r\n".encode())
    return tuple(pieces)


def filled(pieces: Sequence[Piece], values: Mapping[str, str]) -> bytes:
    """The message with its holes filled; a value in a body is empty or LEAVE_WIDTH wide (ValueError).

    All copies are the same bytes but for the values: with empty ones it is what a build writes.
    """
    return b"".join(parts(pieces, values))


def parts(pieces: Sequence[Piece], values: Mapping[str, str]) -> tuple[bytes, ...]:
    """What `filled` joins: the bytes that all copies share are the very same objects."""
    return tuple([piece if isinstance(piece, bytes) else _value(piece, values[piece.name]) for piece in pieces])


def _value(hole: Hole, value: str) -> bytes:
    raw = value.encode()
    if _LINE_END.search(raw.replace(b"\r\n ", b" ")):
        raise ValueError(f"a line end in the value of {hole.name}")
    if hole.encoding and len(raw) not in (0, LEAVE_WIDTH):
        raise ValueError(f"the value of {hole.name} is {len(raw)} characters wide, not {LEAVE_WIDTH}")
    if hole.encoding == _BASE64:
        return binascii.b2a_base64(hole.before + raw + hole.after, newline=False)
    return raw.replace(b"=", b"=3D") if hole.encoding else raw


_LINE_END = re.compile(rb"[\r\n]")
_BASE64, _QUOTED = "base64", "quoted-printable"


def _digest(publication: Publication, issue: Issue) -> str:
    return hashlib.sha256(issue_id(publication, issue).encode()).hexdigest()[:32]


def unsubscribe_url(publication: Publication) -> str:
    """The publication's unsubscribe page, else a mail to whoever answers."""
    return headers.ascii_url(publication.email.unsubscribe_url) or _unsubscribe_mail(publication)


def _leave(publication: Publication) -> str:
    """The unsubscribe address with a hole for who leaves; in a query a bare `&` is right in HTML too."""
    url = unsubscribe_url(publication)
    return url if url.startswith("mailto:") else f"{url}\0{'parameter' if '?' in url else 'query'}\0"


def _unsubscribe_mail(publication: Publication) -> str:
    return f"mailto:{_reply_to(publication)}?subject=unsubscribe"


def _reply_to(publication: Publication) -> str:
    text = publication.email.reply_to
    return headers.mailbox(text, "email.reply_to").address if text else headers.sender(publication).address


def _fields(publication: Publication, issue: Issue, subject: str, url: str) -> Iterator[tuple[str, str]]:
    """The header fields but MIME's, in the order in which they stand."""
    who = headers.sender(publication)
    mail = _unsubscribe_mail(publication)
    yield "From", f"{headers.phrase(who.name, len('From: '))}\r\n <{who.address}>"
    yield "To", "\0to\0"
    yield "Reply-To", _reply_to(publication)
    yield "Subject", headers.encoded(subject, len("Subject: "))
    yield "Date", "\0date\0"
    yield "Message-ID", "\0message_id\0"
    yield "List-Id", f"{headers.phrase(publication.title, len('List-Id: '))}\r\n <{_list_id(publication)}>"
    yield "List-Unsubscribe", f"<{url}>" if url == mail else f"<{url}>,\r\n <{mail}>"
    if url.startswith("https://"):  # RFC 8058 knows one click over https alone
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Archived-At", f"<{headers.ascii_url(issue_url(publication, issue))}>"
    yield "Auto-Submitted", "auto-generated"
    yield "Feedback-ID", f"{issue.date}:issue:newsletter:{hashlib.sha256(publication.id.encode()).hexdigest()[:12]}"


@functools.lru_cache(maxsize=8)
def _list_id(publication: Publication) -> str:
    """The list's name within the site's domain (RFC 2919): `newsletter.example.org`, `b.a.example.org` under /a/b."""
    path = publication.url.partition("://")[2].partition("/")[2]
    labels = [re.sub(r"[^A-Za-z0-9-]+", "-", label).strip("-") for label in reversed(path.split("/"))]
    name = ".".join(filter(None, labels)) or "newsletter"
    return f"{name}.{headers.host(publication)}"


def _head(fields: Sequence[tuple[str, str]]) -> str:
    """The header as text; that its fields are the intended ones and no more is looked at again on the finished text."""
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    found = [line.partition(":")[0] for line in head.split("\r\n")[:-1] if not line.startswith(" ")]
    bare = head.replace("\r\n", "")
    if found != [name for name, _ in fields] or "\r" in bare or "\n" in bare:
        raise ValueError("a header field holds a line end")
    return head


def _holes(head: str) -> Iterator[Piece]:
    """The header as pieces."""
    for at, text in enumerate(head.split("\0")):
        yield Hole(text) if at % 2 else text.encode("ascii")


# What quoted-printable writes as it stands (RFC 2045, section 6.7).
_PLAIN = bytes(range(0x20, 0x7F)).replace(b"=", b"") + b"\r\n\t"


def _part(subtype: str, body: bytes) -> Iterator[Piece]:
    """One body with its own header, in the smaller of the two encodings."""
    lines = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in body else body
    chunks = (lines.rstrip(b"\n") + b"\n").replace(b"\n", b"\r\n").split(b"\0")
    texts, names = chunks[::2], [name.decode() for name in chunks[1::2]]
    length = sum(map(len, texts))
    escaped = sum(len(text.translate(None, _PLAIN)) for text in texts)
    smaller = _BASE64 if length * 4 / 3 < length + 2 * escaped + length / 75 else _QUOTED
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {smaller}\r\n\r\n"
    yield head.encode()
    yield from (_in_base64 if smaller == _BASE64 else _in_quoted_printable)(texts, names)


def _in_quoted_printable(texts: Sequence[bytes], names: Sequence[str]) -> Iterator[Piece]:
    """Quoted-printable with each hole on a line of its own, between soft line breaks."""
    for at, text in enumerate(texts):
        if at:
            yield b"=\r\n"
            yield Hole(names[at - 1], _QUOTED)
            yield b"=\r\n"
        made = binascii.b2a_qp(text)  # ends soft lines as the first line of its input ends
        yield made if b"\n" in text else made.replace(b"\n", b"\r\n")


def _in_base64(texts: Sequence[bytes], names: Sequence[str]) -> Iterator[Piece]:
    """Base64 with each hole, and what shares its groups of three bytes, on a line of its own, which is never empty."""
    rest = texts[0]
    for name, text in zip(names, texts[1:], strict=True):
        cut = max(len(rest) - 1, 0) // 3 * 3
        before = rest[cut:]
        after = text[: -(len(before) + LEAVE_WIDTH) % 3]
        yield _base64_lines(rest[:cut])
        yield Hole(name, _BASE64, before, after)
        yield b"\r\n"
        rest = text[len(after) :]
    yield _base64_lines(rest)


def _base64_lines(data: bytes) -> bytes:
    text = binascii.b2a_base64(data, newline=False)
    full, rest = divmod(len(text), 76)
    lines = struct.unpack("76s" * full + f"{rest}s" * (rest > 0), text)  # a fifth of the time of slices
    return b"\r\n".join([*lines, b""])
