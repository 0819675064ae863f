"""Editions as browsers are given them to look at: a page that renews itself, an email by day, by night, bare."""

from __future__ import annotations

import re
from html import escape

__all__ = ["email", "renewing"]

_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
_SCHEMES = re.compile(r'(<meta name="color-scheme" content=")light dark"')
_SCHEME = re.compile(r"(color-scheme\s*:\s*)light dark")
_ASKED = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_YES, _NO = "(min-width: 0)", "(max-width: 0)"


def renewing(page: bytes, number: str, issue: str, *, draft: bool) -> bytes:
    """A page of the site as a build makes it, and behind it the script that puts into it what changes."""
    about = f'data-state="{escape(number)}" data-issue="{escape(issue)}"{" data-draft" if draft else ""}'
    script = f'<script type="module" src="/_desk/renew.js" {about}></script>\n'.encode()
    before, end, after = page.rpartition(b"</body>")
    return b"".join((before, script, end, after)) if end else page + script


def email(html: bytes, site: str, *, dark: bool) -> bytes:
    """The HTML of an email as one who prefers light or dark sees it, whatever the browser prefers.

    Pictures that stand on the publication's own `site`, where they are not yet, are taken from this server, and links
    open elsewhere.
    """
    scheme = "dark" if dark else "light"

    def styled(match: re.Match[str]) -> str:
        style = _ASKED.sub(lambda asked: _YES if asked[1] == scheme else _NO, match[0])
        return _SCHEME.sub(rf"\g<1>{scheme}", style)

    text = _STYLE.sub(styled, html.decode())
    text = _SCHEMES.sub(rf'\g<1>{scheme}"', text)
    text = text.replace(f'src="{escape(site)}/', 'src="/')
    head = _HEAD.search(text)
    at = head.end() if head else 0
    return f'{text[:at]}<base target="_blank">{text[at:]}'.encode()
