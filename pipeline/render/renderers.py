"""The ordered tables of renderers: what is made of each issue, and what is made of the publication."""

from __future__ import annotations

from pipeline.render.attachments import attachments, static_files
from pipeline.render.context import Renderer
from pipeline.render.crawlers import robots, sitemap
from pipeline.render.feeds.archive import archive_pages
from pipeline.render.feeds.subscription import feeds
from pipeline.render.listings import kind_pages, topic_pages
from pipeline.render.mailing import mailing
from pipeline.render.markdown import issue_markdown
from pipeline.render.searching import indexed_pages, search_page
from pipeline.render.standing import latest_page, missing_page, moved_pages, subscribe_page
from pipeline.render.statistics import statistics_page
from pipeline.render.web import front_page, issue_page

__all__ = ["ARCHIVES", "DOCUMENTS", "EDITIONS", "LISTINGS", "SEARCHED", "SOURCE"]

DOCUMENTS: tuple[Renderer, ...] = (
    *(front_page, feeds, kind_pages, statistics_page, subscribe_page, latest_page, moved_pages, search_page),
    *(missing_page, sitemap, robots, static_files),
)
"""Look at `context.archive` and make what stands at the top."""

LISTINGS: tuple[Renderer, ...] = (topic_pages,)
"""Look at `context.leaves`, a share of what issues have in common, and make the page of each."""

EDITIONS: tuple[Renderer, ...] = (issue_markdown, issue_page, mailing, attachments)
"""Look at `context.issues`, be they few or many, and make what stands in their folders."""

ARCHIVES: tuple[Renderer, ...] = (archive_pages,)
"""Look at `context.pages`, and make what spans several issues."""

SOURCE: Renderer = issue_markdown
"""Makes the edition that reads back as the same issue: what writes issues writes it."""

SEARCHED: Renderer = indexed_pages
"""Makes what the index of the search is made of: pages that are no part of the site."""
