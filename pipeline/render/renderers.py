"""The ordered tables of renderers: what is made of each issue, and what is made of the publication."""

from __future__ import annotations

from pipeline.render.attachments import attachments
from pipeline.render.context import Renderer
from pipeline.render.feeds.archive import archive_pages
from pipeline.render.feeds.subscription import feeds
from pipeline.render.mailing import mailing
from pipeline.render.markdown import issue_markdown
from pipeline.render.web import front_page, issue_page

__all__ = ["DOCUMENTS", "EDITIONS"]

EDITIONS: tuple[Renderer, ...] = (issue_markdown, issue_page, mailing, attachments, archive_pages)
"""Look at `context.issues` and make what stands under their folders, and the archive of the feeds that ends with them;
issues may be spread over processes."""

DOCUMENTS: tuple[Renderer, ...] = (front_page, feeds)
"""Look at `context.archive` and make what stands at the top."""
