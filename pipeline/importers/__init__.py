"""Other people's formats to issues: the table of importers, the most particular first."""

from pipeline.importers.bookmarks import BOOKMARKS
from pipeline.importers.edition import EDITION
from pipeline.importers.feed import FEED
from pipeline.importers.markdown import MARKDOWN
from pipeline.importers.outlines import OPML
from pipeline.importers.page import PAGE
from pipeline.importers.records import RECORDS
from pipeline.importers.source import Importer, SourceFile
from pipeline.importers.table import TABLE

__all__ = ["IMPORTERS", "recognised"]

IMPORTERS: tuple[Importer, ...] = (EDITION, BOOKMARKS, OPML, FEED, TABLE, RECORDS, PAGE, MARKDOWN)
"""All kinds, in the order in which a source is offered to them."""


def recognised(source: SourceFile) -> Importer | None:
    """The first importer that knows a source for its own; None where none does."""
    return next((importer for importer in IMPORTERS if importer.recognises(source)), None)
