"""A site as it stands in a folder: its pages, and the links among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

__all__ = ["astray", "pages"]


def pages(out: Path) -> Iterator[tuple[str, str]]:
    """Every page by its path, but for emails, which are none."""
    for path in sorted(out.rglob("*.html")):
        if path.name != "email.html":
            yield path.relative_to(out).as_posix(), path.read_text(encoding="utf-8")


def astray(out: Path, address: str) -> list[tuple[str, str]]:
    """The links, each behind its page, that lead into the site at this address and to nothing there."""
    site, top = urlsplit(address), urlsplit(address).path
    texts = dict(pages(out))
    found = []
    for name, text in texts.items():
        for href in re.findall(r'(?:href|src|url=|; url)="?([^"\s>]+)"', text):
            url = urlsplit(urljoin(f"{address}{name}", href.removeprefix("url=")))
            if url.hostname != site.hostname:
                continue
            path = unquote(url.path.removeprefix(top))
            path = f"{path}index.html" if path.endswith("/") or not path else path
            place = f'id="{unquote(url.fragment)}"'
            is_there = url.path.startswith(top) and (out / path).is_file()
            if not is_there or (url.fragment and place not in texts[path]):
                found.append((name, href))
    return found
