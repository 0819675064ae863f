"""Who made what is kept: another version of ours, of Python or of a library makes all of it anew."""

from __future__ import annotations

import functools
import hashlib
import os
import sys

import pipeline

__all__ = ["maker"]


@functools.cache
def maker() -> bytes:
    """16 bytes that change with our modules and templates, with Python, and with what is installed beside them.

    A folder of packages is changed by whatever is installed into it or taken out: one look for all libraries.
    """
    home = os.path.dirname(pipeline.__file__)
    ours = [os.path.join(folder, name) for folder, _, names in os.walk(home) for name in names if name.endswith(".py")]
    libraries = [path for path in sys.path if path.endswith("-packages") and os.path.isdir(path)]
    paths = [*sorted(ours), *libraries]
    stats = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in zip(paths, map(os.stat, paths), strict=True)]
    return hashlib.blake2b(repr((sys.version, stats)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
