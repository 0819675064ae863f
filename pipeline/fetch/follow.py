"""A page, wherever its address leads by redirects."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from pipeline.fetch.answer import Answer, Failure, Outcome, Trouble
from pipeline.fetch.exchange import Policy, ask

__all__ = ["fetch"]


def fetch(url: str, policy: Policy, headers: Mapping[str, str] | None = None) -> Outcome:
    """The answer at the end of all redirects, its body in it; the policy's seconds are for all of them together."""
    deadline = time.monotonic() + policy.seconds
    for _ in range(policy.redirects + 1):
        left = deadline - time.monotonic()
        if left <= 0:
            return Failure(trouble=Trouble.TIMEOUT, reason="does not answer in time")
        outcome = ask("GET", url, replace(policy, seconds=left), headers)
        if not isinstance(outcome, Answer) or not outcome.location:
            return outcome
        url = outcome.location
    return Failure(trouble=Trouble.ERROR, reason=f"redirects more than {policy.redirects} times")
