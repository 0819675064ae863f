"""What every page of the site has in common: its frame, its address, and what it tells machines."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipeline.model import Publication
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.labels import Labels
from pipeline.render.templates import Raw

__all__ = ["periodical", "places", "render"]

_FEEDS = (
    ("feed.xml", "rss+xml", "RSS"),
    ("atom.xml", "atom+xml", "Atom"),
    ("feed.json", "feed+json", "JSON Feed"),
    ("entries.xml", "rss+xml", "RSS"),
    ("entries.atom.xml", "atom+xml", "Atom"),
    ("entries.json", "feed+json", "JSON Feed"),
)
# Within a script element only these end it or hide its end (HTML, 4.12.1.3); JSON may write any character as an escape.
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def render(
    context: RenderContext,
    template: str,
    folder: str,
    /,
    about: Mapping[str, object] | None = None,
    **values: object,
) -> Artifact:
    """A page from its template: `folder` is its place on the site, empty for the top or with a closing slash.

    `about` says what it is in the words of schema.org. A folder that ends otherwise is a file's name, and its page may
    be shown at any address.
    """
    publication = context.publication
    is_folder = not folder or folder.endswith("/")
    home = "../" * folder.count("/") if is_folder else f"{publication.url}/"
    page = context.templates.render(
        template,
        publication=publication,
        labels=context.labels,
        title=context.title,
        url=f"{publication.url}/{folder}",
        home=home,
        here=folder,
        feeds=_feeds(publication, context.labels),
        places=places(context),
        about=Raw(json.dumps({"@context": "https://schema.org", **about}, ensure_ascii=False).translate(_IN_SCRIPT))
        if about
        else "",
        locale=context.labels.locale,
        **{"description": "", "image": "", **values},
    )
    return Artifact(path=f"{folder}index.html" if is_folder else folder, content=page.encode())


def periodical(publication: Publication) -> dict[str, object]:
    """The publication in schema.org's words."""
    return {"@type": "Periodical", "name": publication.title, "url": f"{publication.url}/"}


def _feeds(publication: Publication, labels: Labels) -> list[tuple[str, str, str]]:
    """Name, media type and title of each feed, for `<link rel=alternate>`."""
    found = []
    for name, media, kind in _FEEDS:
        of_what = labels("feeds_entries" if name.startswith("entries") else "feeds_issues")
        found.append((name, f"application/{media}", f"{publication.title} · {of_what} · {kind}"))
    return found


def places(context: RenderContext) -> list[tuple[str, str]]:
    """The pages that every page links to, each by its folder and what it is called."""
    kinds = [kind for kind, paths in context.topics.paths.items() if paths]
    more = ["statistics"] if context.archive else []
    names = (*kinds, *more, *(["search"] if context.publication.search else []), "subscribe")
    return [("", context.labels("archive")), *((f"{name}/", context.labels(name)) for name in names)]
