"""The syntax of an address: one spelling for what browsers take as one (RFC 3986, section 6; WHATWG URL)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Address", "Param", "bare", "decoded", "parse", "plain_host", "respell"]

_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:]*)(?P<port>:\d*)?(?=[/?#]|$)"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_DOTTED = re.compile(r"[^\s/?#:@.]+(?:\.[^\s/?#:@.]+)*\.(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)\.?(?::\d+)?(?:[/?#]|$)")
_SCP = re.compile(r"(?:git|hg)@([^\s/?#:@]+):(?!/)(.+)", re.DOTALL)
_BAD_IN_HOST = re.compile(r"[\x00-,/:-@\[-^`{-\x9f\s]")
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")
_DEFAULT_PORTS = {"https": "443", "http": "80", "ssh": "22", "git": "9418"}
_NOT_LABELS = ("www.", "m.")

_ODD = re.compile(r"[^!#$&-;=?-Z\[\]_a-z~]")
_PIECE = re.compile(r"(?:%[0-9A-Fa-f]{2})+|[^!#$&-;=?-Z\[\]_a-z~]")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!'()*,:@$;[]")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp|shtml|xhtml|cgi)$", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ENTITY = re.compile(r"&(?:amp;|#38;|#x26;)+", re.IGNORECASE)


class Param(NamedTuple):
    """One parameter of a query; `value` is None where there is no equals sign."""

    name: str
    value: str | None

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name}={self.value}"


class Address(NamedTuple):
    """An address in parts: `host` and `path` in one spelling, `path` without dot segments and double slashes."""

    scheme: str
    host: str
    port: str
    path: str
    query: tuple[Param, ...]
    fragment: str


def parse(text: str) -> Address | None:
    """The parts of an address; a dotted host without a scheme counts as one. None for what is no address."""
    if "&" in text:
        text = _ENTITY.sub("&", text)
    if "\\" in text:
        text = _forward(text)
    if text[:4] != "http":
        text = _with_scheme(text)
    match = _ADDRESS.match(text)
    if match is None:
        return None
    scheme, host, port, path, query, fragment = match.groups()
    name = _host(host)
    if not name:
        return None
    scheme = (scheme or "https:")[:-1].lower()
    number = (port or "")[1:].lstrip("0")
    if number == _DEFAULT_PORTS.get(scheme):
        number = ""
    return Address(scheme, name, number, _path(path), _query(query) if query else (), respell(fragment or "", "=&+/?"))


def _forward(text: str) -> str:
    """Backslashes as the slashes that browsers make of them, up to the query."""
    end = min((at for at in (text.find("?"), text.find("#")) if at >= 0), default=len(text))
    return text[:end].replace("\\", "/") + text[end:]


def _with_scheme(text: str) -> str:
    """The text with `https://` before a bare dotted host, `ssh://` for git's short form."""
    if _DOTTED.match(text):
        return f"https://{text}"
    short = _SCP.match(text)
    return f"ssh://{short[1]}/{short[2]}" if short else text


@lru_cache(maxsize=4096)
def _host(host: str) -> str:
    """The host in lower case, without a dot at its end; empty where it cannot be one."""
    name = host.lower().rstrip(".")
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name).lower().replace("。", ".").strip(".")
    return name if (name[:1] == "[" and _IPV6.fullmatch(name)) or (name and not _BAD_IN_HOST.search(name)) else ""


@lru_cache(maxsize=4096)
def plain_host(host: str) -> str:
    """The host without `www.` or `m.`, with the letters of an international name (RFC 3492)."""
    if "xn--" in host:
        host = ".".join(_letters(label) for label in host.split("."))
    for label in _NOT_LABELS:
        if host.startswith(label) and "." in host[len(label) :]:
            host = host[len(label) :]
    return host


def _letters(label: str) -> str:
    """A label of a host with its letters instead of punycode, where it holds any."""
    if not label.startswith("xn--"):
        return label
    try:
        letters = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return label
    return letters if letters and not _BAD_IN_HOST.search(letters) and not letters.isascii() else label


def _path(path: str) -> str:
    """The path in one percent-spelling, dot segments resolved, double slashes single."""
    if _ODD.search(path):
        path = respell(path, "=&+")
    if "//" in path:
        path = re.sub(r"//+", "/", path)
    if "/." in path:
        path = _without_dots(path)
    return path


def _without_dots(path: str) -> str:
    """The path as RFC 3986, 5.2.4 resolves it."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> tuple[Param, ...]:
    """The parameters in their order, each in one spelling, a plus as a space, exact duplicates once."""
    if "+" in query:
        query = query.replace("+", "%20")
    if _ODD.search(query):
        params = []
        for piece in query.split("&"):
            name, equals, value = piece.partition("=")
            params.append(Param(respell(name, "/?"), respell(value, "/?=") if equals else None))
    else:
        params = [
            Param(name, value if equals else None)
            for name, equals, value in [piece.partition("=") for piece in query.split("&")]
        ]
    return tuple(dict.fromkeys(param for param in params if param.name or param.value))


def respell(text: str, more: str = "") -> str:
    """A part of an address in one percent-spelling: what needs no escape has none, letters of any script are letters.

    `more` are the reserved characters that mean themselves in this part (RFC 3986, 2.2).
    """
    if not _ODD.search(text):
        return text
    spelled = _PIECE.sub(lambda piece: _spelled(piece[0], more), text)
    return spelled if "%" in spelled else unicodedata.normalize("NFC", spelled)


def _spelled(piece: str, more: str) -> str:
    """A run of escapes or of odd characters in the one spelling."""
    if piece[0] != "%":
        raw = piece
    elif piece == "%":
        return "%25"
    else:
        raw = bytes.fromhex(piece.replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join([char if _stands(char, more) else _escaped(char) for char in raw])


def _stands(char: str, more: str) -> bool:
    return (char in _PLAIN or char in more) if char < "\x80" else char.isprintable()


def _escaped(char: str) -> str:
    """The character's bytes, each as percent and two digits; a byte that was no character stays that byte."""
    if "\udc80" <= char <= "\udcff":
        return f"%{ord(char) - 0xDC00:02X}"
    return "".join([f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass")])


def bare(path: str) -> str:
    """The path without its last slashes and without the name of an index file."""
    path = path.rstrip("/")
    return _INDEX.sub("", path).rstrip("/") if "." in path else path


def decoded(text: str) -> str:
    """The text with its escapes taken out, as an address that was packed into another one."""
    return _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode("utf-8", "replace"), text)
