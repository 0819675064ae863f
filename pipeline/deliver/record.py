"""`sent/DATE.yaml`: what was sent, to which lists, as git keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pipeline.deliver.ledger import Send
from pipeline.edit.written import mapping
from pipeline.write.disk import refused, replace

__all__ = ["recorded", "write"]

_ENTRY = re.compile(r"^- list: (.*)$", re.MULTILINE)


def recorded(root: Path, issue: str) -> dict[str, str]:
    """What the file says of each list, by the list's name; lists' names need no quotes."""
    try:
        text = (root / "sent" / f"{issue}.yaml").read_text("utf-8")
    except FileNotFoundError:
        return {}
    parts = _ENTRY.split(text)
    return {name.strip(): f"- list: {name}{body}" for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def write(root: Path, send: Send, tally: Mapping[str, int]) -> str:
    """Says in the file what became of a send; what it says of other lists stays. Its path in the publication."""
    path = f"sent/{send.issue}.yaml"
    counts = {state: str(tally[state]) for state in ("sent", "failed", "uncertain", "withdrawn") if tally.get(state)}
    said = {
        "list": send.list,
        "subject": send.subject,
        "hash": f"sha256-{send.hash}",
        "commit": send.revision,
        "began": send.began,
        "ended": send.ended,
        "recipients": str(sum(tally.values())),
        **counts,
    }
    with refused(path, left="the ledger in var/ has it all the same"):
        entries = recorded(root, send.issue) | {send.list: mapping(said, dash=True)}
        (root / "sent").mkdir(exist_ok=True)
        replace(root / path, "".join(entries[name] for name in sorted(entries)).encode())
    return path
