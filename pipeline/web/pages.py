"""The service's pages: the site's frame and look, and headers that let no script run and nobody else look on."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.http.asgi import HTMLResponse
from pipeline.model import Publication
from pipeline.render.headers import ascii_url
from pipeline.render.labels import Labels
from pipeline.render.templates import Templates

__all__ = ["HEADERS", "Pages"]

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",  # of tokens in addresses no other site hears
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
}
"""What every answer has; a page has a policy of its own, for its style sheet and forms."""

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Makes pages in the publication's language from its own templates, or the package's."""

    publication: Publication
    labels: Labels
    templates: Templates

    @property
    def base(self) -> str:
        """The path under which readers reach the service, empty where it has a host of its own."""
        return urlsplit(self.publication.web.url).path

    def __call__(
        self, name: str, template: str = "page", /, status: int = 200, text: str = "", **values: object
    ) -> HTMLResponse:
        """The page `service/TEMPLATE.html` with the label `name` as its heading."""
        site = self.publication.url
        page = self.templates.render(
            f"service/{template}.html",
            publication=self.publication,
            labels=self.labels,
            title=self.publication.title,
            url=f"{self.publication.web.url}/subscribe",
            home=f"{site}/",
            here="-",
            feeds=(),
            places=[("", self.labels("archive")), ("subscribe/", self.labels("subscribe"))],
            about="",
            locale=self.labels.locale,
            description="",
            image="",
            heading=self.labels(name),
            text=text,
            base=self.base,
            **values,
        )
        return HTMLResponse(page, status, self._headers(page))

    def form(
        self, error: str = "", *, change: bool = False, name: str = "", status: int = 200, text: str = ""
    ) -> HTMLResponse:
        """The page with the form to subscribe or, `change`, to be sent a link; `error` stands beside the address."""
        name = name or ("choices" if change else "join")
        text = text or (self.labels("choices_ask") if change else "")
        action = f"{self.base}/subscribe"
        return self(name, "subscribe", status=status, text=text, action=action, error=error, change=change)

    def _headers(self, page: str) -> Mapping[str, str]:
        """A policy (CSP 3) that allows the page's own style sheets by their digests, and what stands on the site."""
        styles = [hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(page)]
        known = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in styles)
        parts = urlsplit(ascii_url(self.publication.url))
        site = f"{parts.scheme}://{parts.netloc}"
        policy = f"default-src 'none'; style-src {known} {site}; img-src {site}; font-src {site}"
        return {
            **HEADERS,
            "content-security-policy": f"{policy}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        }
