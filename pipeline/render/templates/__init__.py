"""The one home of Jinja2: the publication's own templates before the package's, every error with its file and line."""

from __future__ import annotations

import functools
import shutil
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import jinja2
from jinja2.debug import rewrite_traceback_stack

from pipeline.errors import BadTemplate, PipelineError
from pipeline.model import Location
from pipeline.render.defaults import COMPILED, DEFAULTS
from pipeline.render.templates.code import PLAIN, Environment, Raw, escaped
from pipeline.render.templates.kept import Cache

__all__ = ["Raw", "Templates", "escaped", "precompile"]


def precompile() -> None:
    """Compiles the templates that the package brings into `COMPILED`. Raises OSError where it cannot be written."""
    shutil.rmtree(COMPILED, ignore_errors=True)
    sources = [path for path in sorted(DEFAULTS.rglob("*.*")) if path.suffix in (".html", ".mjml", ".css", *PLAIN)]
    for folders in ([DEFAULTS], [COMPILED, DEFAULTS]):  # alone, and as if the author had some, too
        templates = Templates(folders, cache=COMPILED)
        for path in sources:
            templates.load(path.relative_to(DEFAULTS).as_posix())


class _Loader(jinja2.FileSystemLoader):
    """Templates by name from the first of some folders that has it, with `!` before the name from the last of them.

    So what an author puts in a template's place can extend or include the very one that it replaces.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__([str(folder) for folder in folders])
        self._last = jinja2.FileSystemLoader(self.searchpath[-1:])

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """As Jinja does. Raises TemplateNotFound."""
        if template.startswith("!"):
            return self._last.get_source(environment, template[1:])
        return super().get_source(environment, template)


class Templates:
    """Templates by name from the first of some folders that has it; everything but text and Markdown is escaped."""

    def __init__(self, folders: Sequence[Path], *, cache: Path | None = None, maker: bytes = b"") -> None:
        """What is compiled is kept in `cache` for the `maker` alone that made it."""
        self._folders = tuple(folders)
        ours = all(folder == DEFAULTS for folder in folders)
        self._environment = Environment(
            ours=ours, loader=_Loader(folders), bytecode_cache=Cache(cache, ours=ours, maker=maker)
        )
        self._template = functools.cache(self._environment.get_template)

    def load(self, name: str) -> None:
        """Compiles a template, or fetches it compiled. Raises what Jinja2 raises."""
        self._template(name)

    def render(self, name: str, /, **values: object) -> str:
        """The template filled with values.

        Raises BadTemplate with the template's path and line where it is missing, malformed, names what is not there,
        or fails in any other way; a PipelineError raised by what it calls goes through.
        """
        try:
            template = self._template(name)
            return "".join(template.root_render_func(template.new_context(values)))
        except PipelineError:
            raise
        except Exception as error:
            told = rewrite_traceback_stack()  # in the lines of templates, not of what they were compiled to
            raise BadTemplate.at(self._where(told, name), "template", _told(told)) from error

    def is_ours(self, name: str) -> bool:
        """Whether a template is the one that the package brings, and none of the author's takes its place."""
        return not any((folder / name).is_file() for folder in self._folders[:-1])

    def source(self, name: str) -> str:
        """The text of a template, for those who must say what is wrong in it."""
        return self._environment.loader.get_source(self._environment, name)[0] if self._environment.loader else ""

    def _where(self, error: BaseException, name: str) -> Location:
        """Where in the templates an error is: the syntax error's own place, else the innermost line that ran."""
        if isinstance(error, jinja2.TemplateSyntaxError):
            return Location(path=f"templates/{error.name or name}", line=error.lineno)
        for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
            path = Path(frame.f_code.co_filename)
            for folder in self._folders:
                if path.is_relative_to(folder):
                    own = path.relative_to(folder).as_posix()
                    replaced = folder != self._folders[0] and (self._folders[0] / own).is_file()
                    return Location(path=f"templates/{'!' if replaced else ''}{own}", line=line)
        return Location(path=f"templates/{name}")


def _told(error: BaseException) -> str:
    """What is wrong, in one line and in the template author's words."""
    match error:
        case jinja2.TemplateNotFound():
            return f"no such template: {error.name}"
        case jinja2.TemplateError():
            return (error.message or "syntax error").splitlines()[0]
        case UnicodeDecodeError():
            return "not UTF-8"
        case RecursionError():
            return "includes or calls itself without end"
        case OSError():
            return f"cannot be read: {error.strerror}"
    said = str(error).splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
