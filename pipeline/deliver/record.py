"""`sent/DATE.yaml`: what was sent, to which lists, as git keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pipeline.deliver.ledger import Send
from pipeline.edit.written import mapping
from pipeline.write.disk import refused, replace

__all__ = ["recorded", "write"]

_ENTRY = re.compile(r"^- list: ", re.MULTILINE)
_HEAD = re.compile(r"(.*)\n(?:  correction: (\d+)\n)?")


def recorded(root: Path, issue: str) -> dict[tuple[str, int], str]:
    """What the file says of each send, by the list's name and the number of the correction, 0 for the first send."""
    try:
        text = (root / "sent" / f"{issue}.yaml").read_text("utf-8")
    except FileNotFoundError:
        return {}
    return {_key(entry): f"- list: {entry}" for entry in _ENTRY.split(text)[1:]}


def _key(entry: str) -> tuple[str, int]:
    """Lists' names need no quotes."""
    head = _HEAD.match(entry)
    return (head[1].strip(), int(head[2] or 0)) if head else (entry.strip(), 0)


def write(root: Path, send: Send, tally: Mapping[str, int]) -> str:
    """Says in the file what became of a send; what it says of others stays. Its path in the publication."""
    path = f"sent/{send.issue}.yaml"
    counts = {state: str(tally[state]) for state in ("sent", "failed", "uncertain", "withdrawn") if tally.get(state)}
    said = {
        "list": send.list,
        "correction": str(send.correction or ""),
        "subject": send.subject,
        "hash": f"sha256-{send.hash}",
        "commit": send.revision,
        "began": send.began,
        "ended": send.ended,
        "recipients": str(sum(tally.values())),
        **counts,
    }
    with refused(path, left="the ledger in var/ has it all the same"):
        entries = recorded(root, send.issue) | {(send.list, send.correction): mapping(said, dash=True)}
        (root / "sent").mkdir(exist_ok=True)
        replace(root / path, "".join(entries[name] for name in sorted(entries)).encode())
    return path
