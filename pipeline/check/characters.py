"""Characters that are not what their author saw: text decoded wrongly, and marks that turn the reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.check.text import text
from pipeline.findings import Finding
from pipeline.model import Issue, Location
from pipeline.rules import finding

__all__ = ["characters"]

_MOJIBAKE = re.compile(
    "\ufffd"  # what a decoder writes where it gave up
    "|[ÂÃ][\u0080-\u00bf]|â€[\u0080-\u00ff™œžŸ“”˜š›¦¢]|ðŸ"  # UTF-8 read as Windows-1252: Ã©, â€™, ðŸ
    "|[ä-é][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]{2}"  # the same of Chinese: ä½ å¥½
    "|锟斤拷|烫烫烫"  # UTF-8 and back through GBK
)
_SUSPECT = re.compile("[\ufffdÂÃâðä-é锟烫\u202a-\u202e\u2066-\u2069]")
"""What all that is looked for begins with: in most issues none stands, and one pattern for one character is quick."""

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def characters(issue: Issue) -> Iterator[Finding]:
    """Warns of text that looks like another encoding's, and of controls that show text in another order."""
    if not _SUSPECT.search(text(issue)):
        return
    for part, where in _parts(issue):
        broken = _MOJIBAKE.search(part)
        if broken:
            yield finding("mojibake", where, f"“{broken[0]}” looks like text that was decoded wrongly")
        turned = _BIDI.search(part)
        if turned:
            message = f"U+{ord(turned[0]):04X} turns the order in which readers see what follows: delete it"
            yield finding("bidi", where, message)


def _parts(issue: Issue) -> Iterator[tuple[str, Location]]:
    yield f"{issue.title}\n{issue.subject}\n{issue.preheader}\n{issue.intro}", issue.location
    for section in issue.sections:
        yield f"{section.title}\n{section.text}", section.location
    for entry in issue.walk():
        links = "\n".join(link.title for link in entry.links)
        yield f"{entry.title}\n{links}\n{entry.note}", entry.location
