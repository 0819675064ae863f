"""What an editor says of a repeat, once and beside the entry, so that no build asks again."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from pipeline.model import Entry

__all__ = ["REFERENCE", "Answer", "answer", "parsed_answer"]

REFERENCE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[\w-]+)?#[\w.-]+")
"""An entry of an issue: the issue's folder and the entry's place on its page, `2023-02-25#whisper`."""

_ANSWER = re.compile(
    r"(?P<word>update|recall|rerun|ok|running(?= until ))(?: until (?P<until>[0-9]{4}-[0-9]{2}-[0-9]{2}))?"
    rf"(?: of (?P<of>{REFERENCE.pattern}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """That an entry is a repeat, and a wanted one; until a day where it runs for some time.

    `of` is the reference of the earlier entry, empty where the editor left that to us.
    """

    word: str
    until: datetime.date | None = None
    of: str = ""

    def holds(self, day: datetime.date) -> bool:
        """Whether the answer is still one on that day."""
        return self.until is None or day <= self.until


def parsed_answer(text: str) -> Answer | None:
    """What `repeat:` says: `update of 2023-02-25#whisper`, `running until 2023-04-01`; None where that is no answer."""
    found = _ANSWER.fullmatch(text)
    try:
        until = datetime.date.fromisoformat(found["until"]) if found and found["until"] else None
    except ValueError:
        return None
    return Answer(word=found["word"], until=until, of=found["of"] or "") if found else None


def answer(entry: Entry) -> Answer | None:
    """The editor's answer that stands with the entry, None where none does."""
    return Answer(word="update", of=entry.supersedes) if entry.supersedes else parsed_answer(entry.repeat)
