"""The tables: which addresses name one thing, by field of the web; data only, made to be read and extended."""

from __future__ import annotations

from pipeline.identity.tables.chinese import CHINESE
from pipeline.identity.tables.chinese_blogs import CHINESE_BLOGS
from pipeline.identity.tables.code import CODE
from pipeline.identity.tables.hubs import HUBS
from pipeline.identity.tables.manuals import MANUALS
from pipeline.identity.tables.packages import PACKAGES
from pipeline.identity.tables.papers import PAPERS
from pipeline.identity.tables.reference import REFERENCE
from pipeline.identity.tables.social import SOCIAL
from pipeline.identity.tables.standards import STANDARDS
from pipeline.identity.tables.video import VIDEO
from pipeline.identity.tables.wrappers import WRAPPERS

__all__ = ["THINGS"]

THINGS = (
    *WRAPPERS,
    *PAPERS,
    *STANDARDS,
    *CODE,
    *HUBS,
    *PACKAGES,
    *VIDEO,
    *SOCIAL,
    *CHINESE,
    *CHINESE_BLOGS,
    *REFERENCE,
    *MANUALS,
)
"""All rows; of two that hold an address, the first counts."""
