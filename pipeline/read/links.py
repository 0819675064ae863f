"""Addresses as people write them to addresses that are proven."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from urllib.parse import quote, unquote, urlsplit

from pipeline.model import Location, Url
from pipeline.read.fields import nearest
from pipeline.read.source import Report

__all__ = ["PLAIN", "UNSAFE", "Prover", "prover"]

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_HOST_WITH_PORT = re.compile(r"[\w\-]+(\.[\w\-]+)+:[0-9]+([/?#]|$)")
_DOTTED_HOST = re.compile(r"[\w\-]+(\.[\w\-]+)*\.[^\W\d_]{2,}\.?(:[0-9]+)?([/?#]|$)")
_FILE = re.compile(
    r"[^/?#]+\.(pdf|png|jpe?g|gif|webp|svg|avif|md|html?|txt|csv|json|ya?ml|zip|mp3|mp4|ipynb|py|docx?|pptx?)$",
    re.IGNORECASE,
)
UNSAFE = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"`{}|\\^]")
"""What must not stand in an address as it is: blanks, controls, and what RFC 3986 (appendix A) leaves out."""

PLAIN = re.compile(
    r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?(?:[/?#][^\s\x00-\x20\x7f-\x9f<>\"`{}|\\^]*)?"
)
"""An address that needs no proof: nearly all are so, and proving one takes 15 µs."""

Prover = Callable[[str, Location], Url | None]
"""From an address as written, and its place, to the proven one; None, with a finding, where it is none."""


def prover(files: Collection[str], report: Report, *, used: set[str]) -> Prover:
    """The prover of an issue whose folder has these files; the names of those that are linked to go into `used`."""

    def prove(written: str, where: Location) -> Url | None:
        url = written.strip()
        if not url:
            report.error(where, "empty-link", "the link has no address: write one between the brackets")
            return None
        if url.startswith("#"):
            return Url(_clean(url))
        if url.startswith("//"):
            url = f"https:{url}"
        if _SCHEME.match(url) and not _HOST_WITH_PORT.match(url):
            return _with_scheme(url, where, report)
        name = unquote(url.removeprefix("./"))
        if name in files:
            used.add(name)
            return Url(quote(name))
        if _DOTTED_HOST.match(url) and not _FILE.match(url):
            report.warning(where, "no-scheme", f"“{url}” has no scheme: taken as https://{url}")
            return _with_scheme(f"https://{url}", where, report)
        report.error(
            where, "missing-file", f"“{url}” is no web address and no file in the issue's folder{nearest(name, files)}"
        )
        return None

    return prove


def _with_scheme(url: str, where: Location, report: Report) -> Url | None:
    scheme, _, rest = url.partition(":")
    scheme = scheme.lower()
    if scheme == "mailto" and "@" in rest:
        return Url(f"mailto:{_clean(rest)}")
    if scheme in ("http", "https") and rest.startswith("//"):
        try:
            if urlsplit(url).hostname:
                return Url(f"{scheme}:{_clean(rest)}")
        except ValueError:
            pass
        report.error(where, "bad-link", f"“{url[:80]}” names no host")
        return None
    report.error(where, "bad-link", f"“{url[:80]}” is no address that readers can follow: use https, http or mailto")
    return None


def _clean(url: str) -> str:
    """The address with what must not stand in one percent-encoded; everything else as its author wrote it."""
    return UNSAFE.sub(lambda match: quote(match[0]), url)
