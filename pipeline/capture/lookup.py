"""A find completed by what its page says of itself; without an answer it stays as it was."""

from __future__ import annotations

from dataclasses import replace

from pipeline.capture.adding import Find
from pipeline.fetch import Failure, Policy, fetch
from pipeline.findings import Finding, Severity
from pipeline.formats.pages import page
from pipeline.identity.tracking import untracked
from pipeline.model import NOWHERE

__all__ = ["looked_up"]

_PAGES = ("", "text/html", "application/xhtml+xml")


def looked_up(find: Find, language: str, policy: Policy) -> tuple[Find, tuple[Finding, ...]]:
    """The find with what its page says where nobody has said it, and a warning where the page says nothing.

    The page's language is told where it is not that of the publication.
    """
    url = untracked(find.url.strip())[0]
    outcome = fetch(url if "://" in url else f"https://{url}", policy)
    if isinstance(outcome, Failure):
        return find, _untold(f"the page {outcome.reason}")
    kind = outcome.header("content-type").partition(";")[0].strip().lower()
    if not 200 <= outcome.status < 300:
        return find, _untold(f"the page answers {outcome.status}")
    if kind not in _PAGES:
        return find, _untold(f"it is no page but {kind}")
    said = page(outcome.body, outcome.header("content-type"))
    own = said.lang.partition("-")[0].lower() == language.partition("-")[0].lower()
    completed = replace(
        find,
        title=find.title or said.title,
        author=find.author or said.author,
        published=find.published or said.published,
        lang=find.lang or ("" if own else said.lang),
    )
    return completed, () if completed.title else _untold("the page names no title")


def _untold(why: str) -> tuple[Finding, ...]:
    message = f"{why}: nothing is taken from it"
    return (Finding(location=NOWHERE, severity=Severity.WARNING, rule="not-fetched", message=message),)
