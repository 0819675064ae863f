"""What comes of asking: an answer, or why there is none."""

from __future__ import annotations

import datetime
import email.utils
import enum
from dataclasses import dataclass
from urllib.parse import urljoin

__all__ = ["Answer", "Failure", "Outcome", "Trouble"]

_REDIRECTS = (301, 302, 303, 307, 308)


class Trouble(enum.StrEnum):
    """Why there is no answer: we do not go there, none came in time, or something broke."""

    EXCLUDED = "excluded"
    TIMEOUT = "timeout"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """No answer; `reason` is a phrase for people that may hold text of the server's."""

    trouble: Trouble
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A server's answer to a request for `url`.

    Names of headers are in lower case. `body` is without its content encoding; `whole` tells whether it is all there.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    whole: bool = True

    def header(self, name: str) -> str:
        """The first header of this lower-case name; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def location(self) -> str:
        """Where a redirect leads, as a whole address; empty where the answer is no redirect (RFC 9110, 15.4)."""
        written = self.header("location") if self.status in _REDIRECTS else ""
        try:
            return urljoin(self.url, written.strip()) if written else ""
        except ValueError:  # such as an open bracket
            return written

    def retry_after(self, now: datetime.datetime) -> float | None:
        """The seconds that the server asks to wait (RFC 9110, 10.2.3); None where it does not ask."""
        written = self.header("retry-after").strip()
        if written.isascii() and written.isdigit():
            return float(written[:9])
        try:
            moment = email.utils.parsedate_to_datetime(written)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        return max(0.0, (moment - now).total_seconds())


Outcome = Answer | Failure
