"""The one home of Jinja2: the publication's own templates before the package's, every error with its file and line."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import jinja2

from pipeline.errors import BadTemplate
from pipeline.model import Location

__all__ = ["DEFAULTS", "Templates"]

_HERE = Path(__file__).resolve().parent.parent
DEFAULTS = _HERE / "templates" if (_HERE / "templates").is_dir() else _HERE.parent / "templates"
"""The templates that the package brings: in the wheel within it, in a checkout beside it."""

_PLAIN = (".txt", ".md")


class Templates:
    """Templates by name from the first of some folders that has it; everything but text and Markdown is escaped."""

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        cache: Path | None = None,
        filters: dict[str, Callable[..., object]] | None = None,
    ) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
            autoescape=lambda name: name is None or not name.endswith(_PLAIN),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=jinja2.FileSystemBytecodeCache(str(cache)) if cache else None,
        )
        self._environment.filters.update(filters or {})
        self._template = functools.cache(self._environment.get_template)

    def render(self, name: str, /, **values: object) -> str:
        """The template filled with values.

        Raises BadTemplate with the template's path and line where it is missing, malformed or names what is not there.
        """
        try:
            return self._template(name).render(values)
        except jinja2.TemplateNotFound as error:
            raise BadTemplate.at(Location(path=f"templates/{error.name}"), "template", "no such template") from None
        except jinja2.TemplateSyntaxError as error:
            where = Location(path=f"templates/{error.name}", line=error.lineno)
            raise BadTemplate.at(where, "template", error.message or "syntax error") from None
