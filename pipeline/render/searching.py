"""What the search needs of us: the page to search on, and of each issue a page for the index that nobody else sees."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from pipeline.addresses import host
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.notes import html
from pipeline.render.page import Pages

__all__ = ["indexed_pages", "search_page"]

_UNSPACED = "[\u3001-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff]"
"""Chinese and Japanese characters, and their marks; `search.js` knows the same."""

_TAG = re.compile(r"(<[^>]*>)")
_SPACE = " \u2060 "
"""A space that is the author's own: a word joiner, which is no word."""

_MARK = "PAGEFIND"
"""What stands in Pagefind's own marks, `___PAGEFIND_ANCHOR___`, which it knows in whatever text it reads."""


@functools.cache
def _run() -> re.Pattern[str]:
    """Some of them, made where there is a search: it takes 1 ms."""
    return re.compile(f"{_UNSPACED}+")


def search_page(context: RenderContext) -> Iterator[Artifact]:
    """`search/index.html` and its script, where the settings ask for them: the only script of the site."""
    if context.publication.search:
        yield Pages(context).page("web/search.html", "search/")
        yield Artifact(path="search/search.js", content=context.templates.source("web/search.js").encode())


def indexed_pages(context: RenderContext) -> Iterator[Artifact]:
    """What can be found of each issue to be made that is out: `NAME/index.html`, as Pagefind reads it.

    Chinese and Japanese are written with a space behind each character: Pagefind parts words at spaces alone, and what
    is asked for is looked for as a phrase. So anything is found that stands there, not only what a list of words knows
    as a word, and browsers need not part it in the same way.
    """
    out = {issue.name for issue in context.archive}
    for issue in context.issues:
        if issue.name in out:
            page = context.templates.render(
                "search/issue.html",
                issue=issue,
                language=_language(context.publication.language),
                title=context.title,
                labels=context.labels,
                host=host,
                html=html,
            )
            yield Artifact(path=f"{issue.name}/index.html", content=_spaced(page).encode())


def _language(tag: str) -> str:
    """Whose words are brought to their stems: English ones where the publication's own language has no spaces."""
    return "en" if tag.partition("-")[0].lower() in ("ja", "zh") else tag


def _spaced(page: str) -> str:
    """The page with its texts, not its tags, parted into what Pagefind takes for words; blocks stay apart."""
    page = page.replace(_MARK, _MARK.capitalize())
    if page.isascii():
        return page
    parts = _TAG.split(page)
    parts[::2] = [_SPACE if part.isspace() else _run().sub(_parted, part) for part in parts[::2]]
    return "".join(parts)


def _parted(run: re.Match[str]) -> str:
    """The characters one by one, and the author's own spaces around them; one between two runs is the second's."""
    text, end = run.string, run.end()
    before = _SPACE if text[run.start() - 1 : run.start()].isspace() else " "
    after = _SPACE if text[end : end + 1].isspace() and not _run().match(text, end + 1) else " "
    return f"{before}{' '.join(run[0])}{after}"
