"""Compiles the templates as a wheel is built, so that a first build of a publication does not pay 70 ms for them."""

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Puts them where the templates are taken from; a Python that they are not for compiles its own when needed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Is called by the builder before it looks at the files."""
        sys.path.insert(0, self.root)
        from pipeline.render.templates import precompile  # noqa: PLC0415, only now is it on the path

        precompile()
