"""A source that lies on the web, asked for within bounds."""

from __future__ import annotations

import codecs
import re

from pipeline.fetch import Failure, Policy, fetch
from pipeline.formats.encodings import ENCODINGS
from pipeline.importers.source import SourceFile
from pipeline.model import Location
from pipeline.read.source import Report

__all__ = ["downloaded"]

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def downloaded(url: str, policy: Policy, report: Report) -> SourceFile | None:
    """What lies at an address, named by it; None, with an error, where nothing whole comes.

    The charset of the answer goes before what the file itself declares (RFC 9110, 8.3.2; RFC 7303, 3.2).
    """
    outcome = fetch(url, policy)
    if isinstance(outcome, Failure):
        why = outcome.reason
    elif not 200 <= outcome.status < 300:
        why = f"answers {outcome.status}"
    elif not outcome.whole:
        why = f"is larger than {policy.size:,} bytes, or broke off"
    else:
        name = re.split("[?#]", url, maxsplit=1)[0]
        return SourceFile(path=name, data=_in_utf_8(outcome.body, outcome.header("content-type")))
    report.error(Location(path=url), "not-fetched", f"{why}: nothing is taken from it")
    return None


def _in_utf_8(body: bytes, content_type: str) -> bytes:
    """The bytes as UTF-8 with its mark, where the answer names another encoding that can read them all."""
    match = _CHARSET.search(content_type)
    if not match or match[1].lower() not in ENCODINGS:
        return body
    try:
        return codecs.BOM_UTF8 + body.decode(ENCODINGS[match[1].lower()]).encode()
    except UnicodeDecodeError:
        return body
