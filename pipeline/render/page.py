"""What every page of the site has in common: its frame, its address, and what it tells machines."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipeline.model import Publication
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.labels import Labels
from pipeline.render.templates import Raw

__all__ = ["Pages", "periodical", "places"]

_FEEDS = (
    ("feed.xml", "rss+xml", "RSS"),
    ("atom.xml", "atom+xml", "Atom"),
    ("feed.json", "feed+json", "JSON Feed"),
    ("entries.xml", "rss+xml", "RSS"),
    ("entries.atom.xml", "atom+xml", "Atom"),
    ("entries.json", "feed+json", "JSON Feed"),
)

_json = json.JSONEncoder(ensure_ascii=False).encode


class Pages:
    """Makes the pages of a context; what all of them have in common is found once."""

    def __init__(self, context: RenderContext) -> None:
        publication, labels = context.publication, context.labels
        self._templates = context.templates
        self._url = publication.url
        self._common: Mapping[str, object] = {
            "publication": publication,
            "labels": labels,
            "title": context.title,
            "feeds": _feeds(publication, labels),
            "places": places(context),
            "locale": labels.locale,
            "description": "",
            "image": "",
        }

    def page(
        self, template: str, folder: str, /, about: Mapping[str, object] | None = None, **values: object
    ) -> Artifact:
        """A page from its template: `folder` is its place on the site, empty for the top or with a closing slash.

        `about` says what it is in the words of schema.org. A folder that ends otherwise is a file's name, and its page
        may be shown at any address.
        """
        is_folder = not folder or folder.endswith("/")
        page = self._templates.render(
            template,
            **{
                **self._common,
                "url": f"{self._url}/{folder}",
                "home": "../" * folder.count("/") if is_folder else f"{self._url}/",
                "here": folder,
                "about": _in_script({"@context": "https://schema.org", **about}) if about else "",
                **values,
            },
        )
        return Artifact(path=f"{folder}index.html" if is_folder else folder, content=page.encode())


def _in_script(about: Mapping[str, object]) -> Raw:
    """JSON to stand within a script element.

    Only these end it or hide its end (HTML, 4.12.1.3); JSON may write any character as an escape.
    """
    text = _json(about)
    return Raw(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


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
