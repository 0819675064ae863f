"""What a command needs beyond a bare installation, told in one line where it is not there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pipeline.errors import PipelineError
from pipeline.model import Location

__all__ = ["extra"]


@contextlib.contextmanager
def extra(name: str) -> Iterator[None]:
    """An import within that lacks a library becomes a PipelineError with the command that installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("pipeline"):
            raise
        message = f'this needs {error.name}: pip install "publish-newsletter[{name}]" brings it'
        raise PipelineError.at(Location(path=""), "missing-extra", message) from None
