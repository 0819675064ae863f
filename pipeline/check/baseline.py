"""Findings told apart from those that stood before, by what they say and of which issue, not by their lines.

A baseline is a text of rows: the issue, the rule, and what was found, its numbers left out, with tabs between.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.errors import BadSource
from pipeline.findings import Finding
from pipeline.model import Location
from pipeline.rules import RULES

__all__ = ["Row", "beyond", "dump", "editorial", "load", "row"]

Row = tuple[str, str, str]
"""The name of an issue, else a path; a rule; what was found."""

_NUMBER = re.compile(r"(?:about )?(?<![\w/.=-])[0-9]+(?:,[0-9]{3})*(?![\w/=-])")
_PLURAL = re.compile(r"\b(N [a-z]+?)s\b")
_HEAD = """\
# What `publish check` found when this file was written; it and `publish build` leave that out.
# `publish check --write-baseline` writes the file anew. Deleting a row brings its finding back.
"""


def row(finding: Finding) -> Row:
    """What is left of a finding when lines move, issues are numbered anew, or others come between."""
    top, _, rest = finding.location.path.partition("/")
    of = rest.partition("/")[0] if top == "issues" else finding.location.path
    words = _NUMBER.sub("N", " ".join(finding.message.split()))
    return of, finding.rule, _PLURAL.sub(r"\1", words)


def beyond(findings: Iterable[Finding], known: Counter[Row]) -> Iterator[Finding]:
    """The findings that are not known; each takes its row from those that are, so that a second one like it is told."""
    for finding in findings:
        its = row(finding) if known else None
        if its and known[its]:
            known[its] -= 1
        else:
            yield finding


def editorial(findings: Iterable[Finding]) -> Counter[Row]:
    """The rows of those findings that a baseline may leave out, each as often as it was found."""
    return Counter(row(finding) for finding in findings if finding.rule in RULES)


def dump(rows: Counter[Row]) -> bytes:
    """The text of a baseline, in an order that makes small differences."""
    return (_HEAD + "".join("\t".join(one) + "\n" for one in sorted(rows.elements()))).encode()


def load(path: str, data: bytes) -> Counter[Row]:
    """The rows of a baseline. Raises BadSource at a line that is none."""
    rows: Counter[Row] = Counter()
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 3:
            message = "a row is an issue, a rule and what was found: write the file with publish check --write-baseline"
            raise BadSource.at(Location(path=path, line=number), "baseline", message)
        rows[parts[0], parts[1], parts[2]] += 1
    return rows
