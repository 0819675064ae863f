"""Every renderer's work in the order that is fastest, with all that is wrong in templates told at once."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import BadTemplate
from pipeline.findings import Finding
from pipeline.model import Location
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.feeds.channel import dealt
from pipeline.render.renderers import ARCHIVES, DOCUMENTS, EDITIONS, LISTINGS

__all__ = ["artifacts"]

_AT_ONCE = 25
"""Issues whose notes the cache of `render.notes` holds at once; what feeds say of those at the edges is made twice."""


def artifacts(context: RenderContext, *, documents: bool) -> Iterator[Artifact]:
    """All that is made of the issues and topics of a context, and of the publication where `documents` are wanted.

    Raises BadTemplate with what is wrong in every template that the documents and the first issues use, and where what
    one makes is no UTF-8: no text that was read can do that to it.
    """
    try:
        yield from _rendered(context, documents)
    except UnicodeEncodeError as error:
        half = f"U+{ord(error.object[error.start]):04X}"
        message = f"one of the templates makes {half}, half a character: look for a \\u escape"
        raise BadTemplate.at(Location(path="templates"), "template", message) from None


def _rendered(context: RenderContext, documents: bool) -> Iterator[Artifact]:
    """All that is made of some issues before the same of the next, so that a note is rendered once, not once a file."""
    runs = [context.issues[at : at + _AT_ONCE] for at in range(0, max(1, len(context.issues)), _AT_ONCE)]
    looked_at = [context.standing, *[()] * (len(runs) - 1)]
    each = zip(runs, dealt(context, runs), looked_at, strict=True)
    some = [context.only(run, pages=bound, standing=standing) for run, bound, standing in each]
    whole = (*DOCUMENTS, *LISTINGS) if documents else LISTINGS
    rounds = [(context, whole), *((part, (*EDITIONS, *ARCHIVES)) for part in some)]
    wrong: dict[Finding, None] = {}
    for part, renderers in rounds:
        for render in renderers:
            try:
                yield from render(part)
            except BadTemplate as error:
                wrong |= dict.fromkeys(error.findings)
        if wrong and renderers is not whole:
            raise BadTemplate(wrong)
