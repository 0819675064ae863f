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
        width, height = imagesize.get(io.BytesIO(head))
    except (ValueError, OSError):
        return None
    return (int(width), int(height)) if width > 0 and height > 0 else None
