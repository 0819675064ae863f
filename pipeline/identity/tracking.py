"""What of an address only tells where its readers come from, and may be taken out without a loss to them.

That is less than what is no identity: a gift link, a language or a session that lets readers in is not the thing, but
the way to it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from pipeline.identity.query import TRACKING, TRACKING_PREFIXES, is_source
from pipeline.identity.spelling import plain_host

__all__ = ["SEPARATOR", "Query", "untracked", "untracked_query"]

SEPARATOR = re.compile(r"(&(?:amp;|#38;|#x26;)?)")
"""What stands between two parameters, in an address or in Markdown and HTML, which may write it as a reference."""

_LETS_IN = frozenset(
    """
    unlocked_article_code xsec_token xsec_source phpsessid jsessionid aspsessionid cfid cftoken chksm
    share_id share_key share_code share_token share_pwd share_link share_url
    """.split()
)
"""No identity, but without it readers may not be let in, or see something else."""

_PREFIXES = tuple(prefix for prefix in TRACKING_PREFIXES if prefix != "_x_tr_")  # the languages of a translation

_FROM = frozenset("ref referral source src from via medium".split())
_DEVICES = frozenset("app android ios iphone mobile web webapp desktop github google atom feed rss".split())
"""Sources that may as well be what an address is of."""

_BY_HOST = {
    host: frozenset(names.split())
    for host, names in {
        "bloomberg.com": "leadsource sref",
        "medium.com": "source",
        "nytimes.com": "smid smtyp",
        "open.spotify.com": "si",
        "techcrunch.com": "tpcc",
        "tiktok.com": "_r _t is_from_webapp sender_device",
        "twitter.com": "s t",
        "wsj.com": "mod reflink",
        "x.com": "s t",
        "youtu.be": "si feature",
        "youtube.com": "si pp feature",
    }.items()
}

_ADDRESS = re.compile(r"https?://(?P<host>[^/?#\s]+)[^?#]*(?P<query>\?[^#]*)", re.IGNORECASE)

Query = tuple[str, tuple[str, ...]]
"""A query without its tracking parameters, and their names."""


def untracked(url: str) -> Query:
    """The address without its tracking parameters, every other character as it was, and their names.

    An address that carries another one is left alone: whose parameters they are cannot be told.
    """
    match = _ADDRESS.match(url)
    if match is None or url.find("://", match.start("host")) >= 0:
        return url, ()
    query, names = untracked_query(match["host"], match["query"])
    return f"{url[: match.start('query')]}{query}{url[match.end() :]}", names


def untracked_query(host: str, query: str) -> Query:
    """The same of a query alone, with its question mark, which goes with the last parameter."""
    own = _BY_HOST.get(plain_host(host.lower()), frozenset())
    pieces = SEPARATOR.split(query[1:])
    kept: list[str] = []
    names = []
    for at in range(0, len(pieces), 2):
        written, _, value = pieces[at].partition("=")
        name = unquote(written)
        if name.lower() in own or _tracks(name.lower(), unquote(value)):
            names.append(name)
        else:
            kept += [pieces[at - 1] if kept else "?", pieces[at]]
    return ("".join(kept), tuple(names)) if names else (query, ())


def _tracks(name: str, value: str) -> bool:
    """Whether a parameter only tells where readers come from, on any site."""
    if name in _LETS_IN:
        return False
    if name in TRACKING or name.startswith(_PREFIXES):
        return True
    return name in _FROM and value.lower() not in _DEVICES and is_source(value)
