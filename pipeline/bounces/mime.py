"""A message taken apart (RFC 2045, RFC 2046) within limits: depth, parts, fields, and what is decoded of each.

Of our own: the parts of `email` recurse as deep as a hostile message wants, and look at each line once a level.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["Part", "fields", "parsed", "walked"]

_DEPTH = 6
_PARTS = 60
_FIELDS = 300
_FIELD = 4_000
_TEXT = 1 << 18

_PARAMETER = re.compile(r';\s*([\w-]{1,40})\s*=\s*(?:"([^"\r\n]{0,200})"|([^\s;"]{1,200}))')
_NAME = re.compile(rb"([!-9;-~]{1,80})[ \t]*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A message or a part of one; `inner` are the parts of a multipart, `body` is as it was sent."""

    fields: Mapping[str, str]
    kind: str
    parameters: Mapping[str, str]
    body: bytes
    inner: tuple[Part, ...] = ()

    def field(self, name: str) -> str:
        """The first field of this lower-case name, on one line; empty where there is none."""
        return self.fields.get(name, "")

    @property
    def data(self) -> bytes:
        """The body without its transfer encoding; as it was sent where that is broken."""
        encoding = self.field("content-transfer-encoding").strip().lower()
        try:
            if encoding == "base64":
                letters = self.body.translate(None, b" \t\r\n")
                return binascii.a2b_base64(letters[: len(letters) // 4 * 4])
            return binascii.a2b_qp(self.body) if encoding == "quoted-printable" else self.body
        except binascii.Error:
            return self.body

    @property
    def text(self) -> str:
        """The beginning of the body as text with line feeds, in whatever of its charset can be read."""
        raw = self.data[:_TEXT].replace(b"\r\n", b"\n")
        charset = self.parameters.get("charset", "utf-8")
        try:
            return raw.decode(charset, "replace")
        except (LookupError, UnicodeError, ValueError):  # what is no charset, or a codec that is none of text
            return raw.decode("utf-8", "replace")


def parsed(content: bytes) -> Part:
    """The message, its parts to a depth and a number that no honest one has."""
    budget = iter(range(_PARTS))
    return _part(content, budget, _DEPTH)


def _part(content: bytes, budget: Iterator[int], depth: int) -> Part:
    head, body = _halves(content)
    found = fields(head)
    written = found.get("content-type", "text/plain")
    kind = written.partition(";")[0].strip().lower()
    parameters = {match[1].lower(): match[2] or match[3] or "" for match in _PARAMETER.finditer(written)}
    inner: list[Part] = []
    if kind.startswith("multipart/") and depth and parameters.get("boundary"):
        for piece in _pieces(body, parameters["boundary"]):
            if next(budget, None) is None:
                break
            inner.append(_part(piece, budget, depth - 1))
    return Part(fields=found, kind=kind, parameters=parameters, body=body, inner=tuple(inner))


def _halves(content: bytes) -> tuple[bytes, bytes]:
    """The fields and the body, which an empty line parts."""
    if content.startswith((b"\n", b"\r\n")):
        return b"", content.partition(b"\n")[2]
    found = re.search(rb"\r?\n\r?\n", content)
    return (content[: found.start()], content[found.end() :]) if found else (content, b"")


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    """What stands between the boundaries, without what comes before the first and behind the last."""
    mark = re.escape(boundary.encode("utf-8", "replace"))
    start = None
    for found in re.finditer(rb"^--" + mark + rb"(--)?[ \t]*\r?$\n?", body, re.MULTILINE):
        if start is not None:
            yield body[start : found.start()].removesuffix(b"\n").removesuffix(b"\r")
        if found[1]:
            return
        start = found.end()
    if start is not None:  # it was cut off
        yield body[start:]


def fields(head: bytes) -> dict[str, str]:
    """The fields of a header by their lower-case names, each on one line; of several with one name the first."""
    found: dict[str, str] = {}
    name = ""
    for line in head.split(b"\n")[: 20 * _FIELDS]:
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and name:
            if len(found[name]) < _FIELD:
                found[name] += " " + _text(line.strip())
            continue
        match = _NAME.match(line)
        name = match[1].decode("ascii").lower() if match else ""
        if match and name not in found and len(found) < _FIELDS:
            found[name] = _text(line[match.end() :].strip())
        else:
            name = ""
    return found


def _text(value: bytes) -> str:
    return value[:_FIELD].decode("utf-8", "replace")


def walked(part: Part) -> Iterator[Part]:
    """A part and all that it holds."""
    yield part
    for inner in part.inner:
        yield from walked(inner)
