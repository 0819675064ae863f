"""What a refusal means for the subscriber: by its status (RFC 3463) and, where that says little, by its words."""

from __future__ import annotations

import enum
import re

__all__ = ["Verdict", "status_in", "verdict"]


class Verdict(enum.StrEnum):
    """`hard` means that the mailbox is not there, `soft` that it took nothing this time.

    `blocked` is meant for the message or its sender: as spam, by policy, for its size.
    """

    HARD = "hard"
    SOFT = "soft"
    BLOCKED = "blocked"


_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ \-])")
_URL = re.compile(r"https?://\S+")

_NOBODY = re.compile(
    r"(?:user|recipient|mailbox|account|address|alias)\w*[^.;:]{0,40}?"
    r"\b(?:unknown|not? (?:found|exists?|listed|valid|known|active)|does(?:n.t| not) exist|unavailable|disabled|"
    r"deactivated|inactive|invalid|expired|suspended|closed|terminated|no longer)\b"
    r"|\b(?:unknown|no such|invalid|inactive|non-?existent|bad destination) "
    r"(?:\w+ )?(?:user|recipient|mailbox|address|account|domain|host)"
    r"|no mailbox|not our customer|unrouteable address|user doesn.t have|"
    r"(?:host|domain)(?: name)? (?:\w+ )?(?:not found|does not exist)",
    re.IGNORECASE,
)
_REJECTED = re.compile(r"recipient address rejected", re.IGNORECASE)  # Postfix, before it says why
_SENDER = re.compile(
    r"\b(?:your|sending|sender(?:.?s)?) (?:(?:email|mail|\w+ing) )?account\b|\bsender(?:.?s)? (?:address|domain)\b",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"quota|(?:mailbox|inbox|account|storage)[^.;]{0,20}\bfull\b|out of storage|insufficient (?:\w+ )?(?:disk|storage)|"
    r"storage (?:\w+ )?exceeded|at a rate|rate limit|too many|too fast|temporar|try again",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"spam|block(?:ed|list)|black ?(?:list|hole)|dnsbl|\brbl\b|reputation|polic(?:y|ies)|dmarc|dkim|\bspf\b|"
    r"unsolicited|"
    r"\bbulk\b|content|virus|malware|authenticat|banned|listed (?:at|by|in|on)|not accept\w* (?:mail|email) from|"
    r"(?:message|size)[^.;]{0,20} (?:limit|too (?:big|large))|sender (?:address )?(?:rejected|denied)|relay",
    re.IGNORECASE,
)
_GONE = frozenset(["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"])
_OURS = frozenset(["5.1.7", "5.1.8", "5.2.3", "5.3.4"])  # the sender's address, or the size of the message


def status_in(text: str) -> str:
    """The first status in the words of a server, `5.1.1`; by its reply `5.0.0` or `4.0.0`; else empty."""
    found = _STATUS.search(text)
    if found:
        return found[0]
    reply = _REPLY.search(text)
    return f"{reply[1]}.0.0" if reply else ""


def verdict(status: str, text: str) -> Verdict:
    """What a refusal means; where neither status nor words are clear it is soft, which alone removes nobody."""
    words = _URL.sub("", text)
    nobody, policy = bool(_NOBODY.search(words)), bool(_POLICY.search(words))
    kind, subject = status[:1], status[2:].partition(".")[0]
    if status[1:] == ".2.2":
        return Verdict.SOFT
    if subject in ("6", "7") or status in _OURS or _SENDER.search(words):
        means_them = kind == "5" and subject == "7" and nobody and not (policy or _SENDER.search(words))
        return Verdict.HARD if means_them else Verdict.BLOCKED
    nobody = nobody or bool(_REJECTED.search(words))
    if _FULL.search(words) or kind == "4":
        return Verdict.SOFT
    if policy and not nobody:
        return Verdict.BLOCKED
    return Verdict.HARD if nobody or status in _GONE else Verdict.SOFT
