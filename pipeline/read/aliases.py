"""`aliases.yaml` to groups of addresses that are of one thing."""

from __future__ import annotations

from pipeline.read.source import Report, decoded
from pipeline.read.yaml import Items, Node, Text, parsed

__all__ = ["read_aliases"]

_AT_LEAST = 2
_WANTED = "write a list of lists, each with the addresses of one thing: - [https://old.example, https://new.example]"


def read_aliases(path: str, data: bytes, report: Report) -> tuple[tuple[str, ...], ...]:
    """The groups of a file; what is none is told in the report."""
    source = decoded(path, data, report)
    node = parsed(source, report) if source else None
    if isinstance(node, Items):
        return tuple(group for item in node.items if (group := _group(item, report)))
    if node is not None:
        report.error(node.location, "bad-value", _WANTED)
    return ()


def _group(node: Node, report: Report) -> tuple[str, ...]:
    urls = [item for item in node.items if isinstance(item, Text)] if isinstance(node, Items) else []
    if not isinstance(node, Items) or len(urls) < max(_AT_LEAST, len(node.items)):
        report.error(node.location, "bad-value", _WANTED)
    for url in urls:
        if not url.value.startswith(("http://", "https://")):
            report.error(url.location, "bad-value", f"“{url.value}” is no web address: write it with https://")
    return tuple(url.value for url in urls)
