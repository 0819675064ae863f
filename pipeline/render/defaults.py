"""The templates that the package brings."""

from __future__ import annotations

from pathlib import Path

__all__ = ["COMPILED", "DEFAULTS", "replaceable"]

_HERE = Path(__file__).resolve().parent.parent
DEFAULTS = _HERE / "templates" if (_HERE / "templates").is_dir() else _HERE.parent / "templates"
"""Their folder: in the wheel within the package, in a checkout beside it."""

COMPILED = DEFAULTS / ".compiled"
"""The same, compiled when the package was built or set up; may be missing or stale, at the cost of time alone."""


def replaceable() -> frozenset[str]:
    """The names of all that an author may replace: templates, style sheets, labels."""
    paths = (path.relative_to(DEFAULTS) for path in DEFAULTS.rglob("*.*") if path.is_file())
    return frozenset(path.as_posix() for path in paths if path.parts[0] != COMPILED.name)
