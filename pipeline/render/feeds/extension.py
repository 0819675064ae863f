"""What feedgen 1.0.0 leaves out of its documents, put in by way of its extensions."""

from __future__ import annotations

from collections.abc import Iterable

from feedgen.ext.base import BaseExtension

from pipeline.formats.trees import Element, SubElement
from pipeline.render.feeds.channel import Relation

__all__ = ["AtomLinks", "RssCreator", "RssLinks"]

_ATOM_NS = "http://www.w3.org/2005/Atom"
_DC_NS = "http://purl.org/dc/elements/1.1/"


class RssLinks(BaseExtension):
    """The links of a channel other than the one to itself: feedgen writes no others."""

    def __init__(self, relations: Iterable[Relation]) -> None:
        self._relations = tuple(relations)

    def extend_ns(self) -> dict[str, str]:
        """The prefix that `RssCreator` uses, too."""
        return {"dc": _DC_NS}

    def extend_rss(self, feed: Element) -> Element:
        """The feed with the links in its channel."""
        for relation in self._relations:
            SubElement(feed[0], f"{{{_ATOM_NS}}}link", _attributes(relation))
        return feed


class RssCreator(BaseExtension):
    """Who wrote an item: feedgen leaves an author without an email out."""

    def __init__(self, name: str) -> None:
        self._name = name

    def extend_rss(self, feed: Element) -> Element:
        """The item with its `dc:creator`."""
        SubElement(feed, f"{{{_DC_NS}}}creator").text = self._name
        return feed


class AtomLinks(BaseExtension):
    """The links of an entry: feedgen drops all of a link but its address (its issues 135 and 143)."""

    def __init__(self, relations: Iterable[Relation]) -> None:
        self._relations = tuple(relations)

    def extend_atom(self, feed: Element) -> Element:
        """The entry with its links."""
        for relation in self._relations:
            SubElement(feed, "link", _attributes(relation))
        return feed


def _attributes(relation: Relation) -> dict[str, str]:
    return {name: value for name, value in relation._asdict().items() if value}
