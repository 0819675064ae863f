"""The size of an image from its first bytes; the one home of imagesize."""

from __future__ import annotations

import io

import imagesize

__all__ = ["HEAD", "size"]

HEAD = 1 << 16
"""Bytes of a file within which every format that people use tells its size."""


def size(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, None where the bytes are no image that is known."""
    try:
        width, height = map(int, imagesize.get(io.BytesIO(head)))
    except Exception:  # noqa: BLE001  (on bytes that lie it raises what it stumbles over: struct.error, NameError, …)
        return None
    return (width, height) if width > 0 and height > 0 else None
