"""What is made together, and for each the digest of all that it is made from: one digest, one set of bytes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.history.topics import SECTIONS
from pipeline.model import Issue
from pipeline.render.context import RenderContext
from pipeline.render.feeds.channel import pages
from pipeline.render.page import places

__all__ = ["SEARCH", "digests", "unit_of"]

SEARCH = "pagefind/"
"""The unit of the index of the search, which is made from all issues."""


def digests(
    context: RenderContext, contents: Mapping[str, bytes], read: Iterable[Issue], constant: bytes, *, own: bool
) -> dict[str, bytes]:
    """The digests of all units: an issue's editions by its name, a topic's page by its folder, a feed's by its path.

    `contents` stand for what the issues were read from, and `read` are they, before readers' answers to repeats changed
    them; `constant` stands for the settings, the templates and all that is not of an issue. `own` tells that templates
    are the author's, which may look at more than ours do: at every topic, from any page.
    """
    constant = _digest(constant, places(context), context.topics.paths if own else "")
    issues = _issues(context, contents, read)
    found = {}
    for issue in context.issues:
        near = [issues[one.name] for one in (context.newer(issue), context.older(issue)) if one]
        found[issue.name] = _digest(constant, issues[issue.name], len(near), *near)
    for topic, leaves in ((topic, topic.pages) for topic in context.topics.topics):
        shown = [leaf.path for leaf in leaves]
        for leaf in leaves:
            runs = [run for one in (leaves if own else (leaf,)) for run in one.runs]
            each = [(issues[run.issue.name], run.places) for run in runs]
            found[leaf.path] = _digest(constant, topic.title, shown, leaf.path, each)
    for page in pages(context):
        found[page.path] = _digest(constant, page.path, page.last, *(issues[issue.name] for issue in page.issues))
    if context.publication.search:
        found[SEARCH] = _digest(constant, *(issues[issue.name] for issue in context.archive))
    return found


def _issues(context: RenderContext, contents: Mapping[str, bytes], read: Iterable[Issue]) -> dict[str, bytes]:
    """A digest of each issue as readers get it, with what the site says of its entries elsewhere."""
    as_read = {issue.name: issue for issue in read}
    ways: dict[str, list[str]] = defaultdict(list)
    for topic in context.topics.topics:
        for run in topic.runs:
            ways[run.issue.name].append(topic.path)
    again: dict[str, list[str]] = defaultdict(list)
    for reference, some in context.appearances.items():
        again[reference.partition("#")[0]].append(f"{reference} {some}")
    sections = context.topics.paths[SECTIONS]
    found = {}
    for issue in context.issues:
        changed = "" if issue is as_read.get(issue.name) else repr(issue)
        named = [sections.get(title, "") for title in context.topics.sections.get(issue.name, ())]
        site = (context.topics.paths,) if issue.draft else (ways[issue.name], named, again[issue.name])
        found[issue.name] = _digest(contents[issue.name], issue.number, changed, *site)
    return found


def unit_of(path: str, units: Mapping[str, object]) -> str | None:
    """The unit that a file of the site belongs to, by its path; None for what is made at every build."""
    top = path.partition("/")[0]
    candidates = (path, path[: path.rfind("/") + 1], top, f"{top}/")
    return next((one for one in candidates if one in units), None)


def _digest(*values: object) -> bytes:
    return hashlib.blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=16).digest()
