"""Names for addresses, from titles: Unicode words with hyphens, each once."""

from __future__ import annotations

import hashlib
import re
import unicodedata

__all__ = ["Once", "entry_key", "slug"]

_WORD = re.compile(r"[^\W_]+")
_LENGTH_AT_MOST = 60


def slug(title: str) -> str:
    """The title's words in lower case, joined by hyphens; Chinese stays Chinese; may be empty."""
    words = "-".join(_WORD.findall(unicodedata.normalize("NFKC", title).lower()))
    return (
        words
        if len(words) <= _LENGTH_AT_MOST
        else words[:_LENGTH_AT_MOST].rpartition("-")[0] or words[:_LENGTH_AT_MOST]
    )


def entry_key(url: str) -> str:
    """The name of an entry in feed ids: version 1 of a function of its address that is never changed.

    It knows the address without its scheme, the host in lower case, so that a move to https renames nothing; it is
    apart from `identity`, which may improve.
    """
    host, slash, path = url.split("://", 1)[-1].partition("/")
    return "u" + hashlib.blake2b(f"{host.lower()}{slash}{path}".encode(), digest_size=8).hexdigest()


class Once:
    """Gives each name once: a second `gpu` becomes `gpu-2`."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def __call__(self, name: str) -> str:
        """The name, or the first of `name-2`, `name-3`, … that is free."""
        given, count = name, self._last.get(name, 1)
        while given in self._last:
            count += 1
            given = f"{name}-{count}"
        self._last[name] = count
        self._last.setdefault(given, 1)
        return given
