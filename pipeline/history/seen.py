"""Whether something was published: an address or a title, looked for in all that issues carried."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.history.memory import Before, History, Past, is_standing, key_of
from pipeline.history.repeats import by_parent, by_title, likest
from pipeline.identity import Verdict
from pipeline.model import Entry, Url

__all__ = ["Seen", "seen"]

_LAST = Before("9999-99")  # behind every date
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_CITED = re.compile(r"(arxiv|doi):\s*(\S+)", re.IGNORECASE)
_PAPERS = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}
"""Where the papers are that people cite as `arXiv:1706.03762` and `doi:10.1000/182`."""

_Found = tuple[Verdict, Past, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The answer to a question: the verdict, the last entry that it is of, and how many it is of.

    `verdict.kind` is that of an entry beside an earlier one, mentioned where one linked to it in passing, or new;
    `distance` is how many issues ago the entry was out for the issue that comes next.
    """

    question: str
    verdict: Verdict
    past: Past | None = None
    times: int = 0
    distance: int = 0


def seen(question: str, history: History) -> Seen:
    """What issues carried of an address or, where the question looks like none, of a title; `node.js` may be both."""
    text = question.strip()
    cited = _CITED.fullmatch(text)
    if cited:
        text = _PAPERS[cited[1].lower()] + cited[2]
    found: _Found | None = None
    if _ADDRESS.fullmatch(text) or _HOST.fullmatch(text):
        found = _by_address(text if "://" in text else f"https://{text}", history)
    if not found and not _ADDRESS.fullmatch(text):
        entry = Entry(title=text)
        found = likest(entry, by_title(entry, history, _LAST))
    if not found:
        return Seen(question=question, verdict=Verdict(kind="new", why=""))
    verdict, past, times = found
    distance = history.distance(past.issue, _LAST.issue)
    return Seen(question=question, verdict=verdict, past=past, times=times, distance=distance)


def _by_address(url: str, history: History) -> _Found | None:
    """What has the address, else what linked to it in passing, else what is a part of it, or it of that."""
    entry = Entry(title="", url=Url(url))
    pasts = by_parent(entry, history, _LAST)
    key = key_of(url)
    standing = is_standing([past for past in pasts if key_of(past.url) == key], _LAST.issue, history)
    found = likest(entry, pasts, standing=standing)
    named = history.mentioning(key, _LAST) if not found or found[0].kind == "related" else ()
    if named:
        return Verdict(kind="mentioned", why="linked to in passing"), named[-1], len(named)
    return found
