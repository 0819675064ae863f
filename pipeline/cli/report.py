"""Findings as lines: as a compiler tells them, as JSON, or as annotations of GitHub."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable

import click

from pipeline.findings import Finding, Severity

__all__ = ["printable", "tell"]

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with everything that could move a terminal, or turn its reading order, shown as an escape."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def tell(findings: Iterable[Finding], form: str, *, quiet: bool = False, root: str = "") -> None:
    """Writes findings, one a line: text on stderr, json and github on stdout; errors only where it is to be quiet.

    Paths are those within the publication, but for github, which wants them from where the command runs: behind `root`.
    """
    for finding in findings:
        if quiet and finding.severity is not Severity.ERROR:
            continue
        if form == "json":
            click.echo(_json(finding))
        elif form == "github":
            click.echo(_github(finding, root))
        else:
            click.echo(_text(finding), err=True)


def _text(finding: Finding) -> str:
    severity = click.style(finding.severity, fg=_COLOURS[finding.severity], bold=True)
    where = f"{printable(str(finding.location))}: " if finding.location.path else ""
    return f"{where}{severity}: {printable(finding.message)} [{finding.rule}]"


def _json(finding: Finding) -> str:
    place = finding.location
    told = json.dumps(
        {
            "path": place.path,
            "line": place.line,
            "column": place.column,
            "severity": str(finding.severity),
            "rule": finding.rule,
            "message": finding.message,
        },
        ensure_ascii=False,
    )
    return printable(told)  # its escapes are JSON's, too


def _github(finding: Finding, root: str) -> str:
    """A workflow command; its values may hold no line break, and its properties no comma or colon."""
    place = finding.location
    path = posixpath.normpath(posixpath.join(root, place.path)) if place.path else ""
    properties = {"file": path, "line": place.line, "col": place.column, "title": finding.rule}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    return printable(f"::{_GITHUB[finding.severity]} {given}::{_data(finding.message)}")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
