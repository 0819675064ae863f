"""Compiled templates on disk."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from pipeline.render.defaults import COMPILED

__all__ = ["Cache"]

_CHECKSUM = 16  # bytes


class Cache(jinja2.FileSystemBytecodeCache):
    """Compiled templates (all of them: 70 ms, from here 2 ms): a publication's own, else those that came with ours.

    The first may be deleted at any time, and need not be writable. A template is known by its name and source; Jinja2's
    version, the module that shapes the code, and whether it is for templates of `ours` alone, are part of the key;
    of a publication's own also `maker`, which whoever passes a publication on, with code in its cache, cannot know.
    """

    def __init__(self, folder: Path | None, *, ours: bool, maker: bytes) -> None:
        shaped = Path(__file__).with_name("code.py").read_bytes()
        self._shape = f"{jinja2.__version__} {ours} ".encode() + shaped
        super().__init__(str(folder or COMPILED), self._pattern(maker))
        self._writable = folder is not None

    def _pattern(self, maker: bytes) -> str:
        return f"{hashlib.blake2b(self._shape, digest_size=8, key=maker).hexdigest()}-%s"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """By name alone, so that what was compiled in one folder serves in another."""
        return super().get_cache_key(name)

    def get_bucket(self, environment: jinja2.Environment, name: str, filename: str | None, source: str) -> Bucket:
        """As Jinja does; compiled code is told which file it stands for, as errors name it."""
        bucket = super().get_bucket(environment, name, filename, source)
        if bucket.code is None:
            _load(bucket, COMPILED / (self._pattern(b"") % bucket.key))
        if bucket.code is not None and filename:
            bucket.code = bucket.code.replace(co_filename=filename)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fetch what was compiled, if it is there, whole."""
        _load(bucket, Path(self._get_cache_filename(bucket)))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if the file system lets us."""
        path = Path(self._get_cache_filename(bucket))
        code = bucket.bytecode_to_string()
        if self._writable:
            with contextlib.suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                new = path.with_suffix(".new")
                new.write_bytes(_checksum(code) + code)
                new.replace(path)


def _load(bucket: Bucket, path: Path) -> None:
    """Python ends without a word where it is given damaged code, so a checksum stands before it."""
    with contextlib.suppress(OSError):
        data = path.read_bytes()
        code = data[_CHECKSUM:]
        if data[:_CHECKSUM] == _checksum(code):
            bucket.bytecode_from_string(code)


def _checksum(code: bytes) -> bytes:
    return hashlib.blake2b(code, digest_size=_CHECKSUM).digest()
