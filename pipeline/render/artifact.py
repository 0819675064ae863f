"""What a renderer gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Artifact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file to be: its path under `out/` with forward slashes, and its bytes, or the file whose bytes they are."""

    path: str
    content: bytes | Path
