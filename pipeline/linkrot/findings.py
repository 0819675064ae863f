"""What an editor is told of links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.findings import Finding
from pipeline.identity import identify
from pipeline.linkrot.places import Place
from pipeline.linkrot.record import Record, State
from pipeline.rules import finding

__all__ = ["link_findings"]


def link_findings(found: Iterable[Place], records: Mapping[str, Record]) -> Iterator[Finding]:
    """What is wrong with the links at some places, by what is known of their addresses."""
    for place in found:
        record = records.get(place.url)
        if record is not None and record.state is not State.OK:
            told = _told(place, record, records)
            if told:
                rule, message = told
                yield finding(rule, place.location, f"{place.url} {message}")


def _told(place: Place, record: Record, records: Mapping[str, Record]) -> tuple[str, str] | None:
    """The rule, and what the link does or is; None where nothing needs to be told."""
    match record.state:
        case State.GONE:
            return _gone(place, record, records)
        case State.REDIRECTED:
            # From http to https, to www., to a closing slash: an address that every browser mends.
            same = identify(record.target).key == identify(place.url).key
            return None if same else ("link-moved", f"has moved to {record.target}")
        case State.EXCLUDED:
            return "link-excluded", f"{record.reason}: it was not asked"
    if record.failures > 1:
        return "link-failing", f"{record.reason}, in more runs than one"
    if record.failures:
        return "link-doubtful", f"{record.reason}: a later run asks again"
    return "link-doubtful", f"{record.reason} to a program: look whether people are let in"


def _gone(place: Place, record: Record, records: Mapping[str, Record]) -> tuple[str, str]:
    for copy in place.copies:
        if copy not in records or records[copy].alive:
            return "link-archived", f"is gone ({record.status}); its copy stands beside it: {copy}"
    copy = f"https://web.archive.org/web/{place.issue.date:%Y%m%d}/{place.url}"
    return "link-gone", f"is gone ({record.status}); there may be a copy: {copy}"
