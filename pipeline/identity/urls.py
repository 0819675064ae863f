"""What an address is of: its identity, by the tables where they know the site, by its spelling elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.identity.forms import Forms, Thing
from pipeline.identity.query import kept
from pipeline.identity.spelling import Address, Param, bare, decoded, parse, plain_host
from pipeline.identity.tables import THINGS
from pipeline.identity.tables.fields import FIELDS
from pipeline.identity.tables.wrappers import HOSTS, SCHEMES

__all__ = ["RULES_VERSION", "Identity", "identify", "identity_key"]

RULES_VERSION = 4
"""The version of the tables and of what reads them: keys, names and grams of another are not compared with these."""

_LONGEST = 4096
_DEEPEST = 5

_FORMS = Forms(THINGS, FIELDS)
_WEB = ("https", "http")
_CODE_SCHEMES = ("ssh", "git")

_PLAIN = re.compile(r"https?://((?:[a-z0-9-]+\.)+[a-z]+)((?:/[A-Za-z0-9_-][A-Za-z0-9._~-]*)*)/?")
"""An address in the one spelling already, as most are: without port, query, fragment, escapes and dot segments."""

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_BLANKS = re.compile(r"\s+")
_CUT_SCHEME = re.compile(r"(https?):/*", re.IGNORECASE)
_AMP = re.compile(r"(?<=[-\d])([^/]*/[^/]*)?/amp$|\.amp(?=(?:\.html)?$)")
_SESSION = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
_TRIVIAL = re.compile(
    r"""
    top | header | content | main(?:-content)? | readme(?:-ov-file)? | comments? | respond | disqus_thread
    | more(?:-\d+)? | rd | wechat_redirect | _=_ | new_tab | rss | / | ! | heading=h\.\w+
    | L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)? | \.[\w-]{6,} | (?:utm_|xtor=|ref=|at_).*
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What an address is of. Two addresses are of the same thing when `key` and `anchor` agree.

    `url` is the clean spelling, to show or store. `anchor` is the place within the page, empty where that says nothing.
    `parent` is the key of what it is a part of, or empty. `kind` is site, repo, paper, video, post, page and so on;
    `text` for what is no address. `why` ends the sentence "the same …".
    """

    key: str
    url: str
    anchor: str
    parent: str
    kind: str
    why: str


def identify(url: str) -> Identity:
    """The identity of an address, or of any other string; it raises nothing and takes time linear in the length."""
    text = url
    if not text.isascii() or not text.isprintable():
        text = _INVISIBLE.sub("", text)
    text = text.strip().strip("<>")
    for _ in range(_DEEPEST):
        if len(text) > _LONGEST:
            break
        address = parse(text if text[:4] == "http" else _meaning(text))
        if address is None:
            break
        found = _named(address)
        if isinstance(found, Identity):
            return found
        text = found
    return _as_text(url)


def identity_key(url: str) -> str:
    """The key of `identify(url)` alone: in half the time where the address is plain, as it is not taken apart."""
    plain = _PLAIN.fullmatch(url)
    if plain is not None and len(url) <= _LONGEST:
        host, path = plain.groups()
        host = plain_host(host)
        host = HOSTS.get(host, host)
        found = _FORMS.match(host, path, ())
        if found is not None and found[0].key:
            return _key(*found, host)
        if found is None and host[:4] != "amp." and "amp" not in path:
            return f"url:{host}{bare(path)}"
    return identify(url).key


def _key(thing: Thing, fields: dict[str, str], host: str, query: str = "") -> str:
    """The key of a thing, whose fields are given what is left of the query, and the host where no field is of it."""
    fields["host"] = fields.get("host", host)
    fields["query"] = query
    return thing.key.format_map(fields)


def _as_text(url: str) -> Identity:
    """The identity of what is no address: its words."""
    text = _BLANKS.sub(" ", url).strip()
    return Identity(f"text:{text}", text, "", "", "text", "text")


@cache
def _meanings() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern, re.DOTALL), meaning) for pattern, meaning in SCHEMES]


def _meaning(text: str) -> str:
    """The web address that a text of another scheme stands for, or the text."""
    for pattern, meaning in _meanings():
        match = pattern.fullmatch(text)
        if match is not None:
            return meaning.format(decoded(match[1]) if "url=" in text[: match.start(1)] else match[1])
    return text


def _named(address: Address) -> Identity | str:
    """The identity of an address, or the address that it only wraps."""
    host = plain_host(address.host)
    host = HOSTS.get(host, host)
    path = address.path.rstrip("/")
    if address.port or (address.scheme not in _WEB and address.scheme not in _CODE_SCHEMES):
        return _page(address, host)
    found = _FORMS.match(host, path, address.query)
    if found is None or not (found[0].key or found[0].url):
        return _page(address, host)
    thing, fields = found
    if not thing.key:
        return _wrapped(address, thing, fields) or _page(address, host)
    params = kept(host, path, address.query) if address.query and (not thing.url or "{query}" in thing.key) else []
    key = _key(thing, fields, host, "?" + "&".join(sorted(map(str, params))) if params else "")
    anchor = _anchor(address.fragment) if thing.anchor else ""
    clean = thing.url.format_map(fields) if thing.url else _clean(address, params)
    return Identity(
        key,
        f"{clean}#{anchor}" if anchor else clean,
        anchor,
        thing.parent.format_map(fields),
        thing.kind,
        thing.why,
    )


def _wrapped(address: Address, thing: Thing, fields: dict[str, str]) -> str:
    """The address within a wrapper, empty where there is none."""
    if "{target}" not in thing.url:
        fields["query"] = _joined(address)
        return thing.url.format_map(fields)
    target = fields["target"]
    in_path = target in address.path
    if not in_path or "%2F" in target[:16]:
        target = decoded(target)
    target = _CUT_SCHEME.sub(r"\1://", target, count=1) if target[:4].lower() == "http" else target
    fields["target"] = target
    fields["query"] = _joined(address) if in_path else ""
    inner = thing.url.format_map(fields)
    if in_path and address.fragment:
        inner += f"#{address.fragment}"
    return inner if "." in inner and parse(inner) is not None else ""


def _joined(address: Address) -> str:
    """The whole query as it came, with its question mark."""
    return "?" + "&".join(map(str, address.query)) if address.query else ""


def _page(address: Address, host: str) -> Identity:
    """The identity of an address that no table knows: its spelling; `amp.` before a host says no more than `m.`."""
    scheme, port = address.scheme, f":{address.port}" if address.port else ""
    path = bare(address.path)
    if "amp" in path:
        path = _AMP.sub(r"\1", path)
    if path and host.startswith("amp.") and "." in host[4:]:
        host = host[4:]
    if ";" in path:
        path = _SESSION.sub("", path)
    params = kept(host, path, address.query) if address.query else []
    key = f"{host}{port}{path}"
    key = f"url:{key}" if scheme in _WEB else f"{scheme}:{key}"
    if params:
        key += "?" + "&".join(sorted(map(str, params)))
    anchor = fragment = ""
    if address.fragment:
        anchor = fragment = _anchor(address.fragment)
        if anchor[:1] in ("/", "!"):
            key += f"#{anchor.rstrip('/')}"
            anchor = ""
    kind = "page" if path or params else "site"
    return Identity(key, _clean(address, params, fragment), anchor, "", kind, "address")


def _clean(address: Address, params: list[Param], fragment: str = "") -> str:
    """The address as its author wrote it, tidied, with these parameters and this fragment alone."""
    port = f":{address.port}" if address.port else ""
    query = "?" + "&".join(map(str, params)) if params else ""
    behind = f"#{fragment}" if fragment else ""
    return f"{address.scheme}://{address.host}{port}{address.path or '/'}{query}{behind}"


def _anchor(fragment: str) -> str:
    """The place within a page that a fragment names; empty where it names none that counts."""
    place, marked, _ = fragment.partition(":~:")
    return "" if not fragment or _TRIVIAL.fullmatch(place) or (marked and not place) else place
