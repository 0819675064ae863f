"""The one home of Jinja2: the publication's own templates before the package's, every error with its file and line."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import keyword
import shutil
import traceback
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import jinja2.runtime
import markupsafe
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.debug import rewrite_traceback_stack

from pipeline.errors import BadTemplate, PipelineError
from pipeline.model import Location
from pipeline.render.defaults import COMPILED, DEFAULTS

__all__ = ["Raw", "Templates", "precompile"]

_escape: Callable[[str], str] = markupsafe._escape_inner  # type: ignore[attr-defined]  # noqa: SLF001
_PLAIN = (".txt", ".md")
_CHECKSUM = 16  # bytes


class _Cache(jinja2.FileSystemBytecodeCache):
    """Compiled templates (all of them: 70 ms, from here 2 ms): a publication's own, else those that came with ours.

    The first may be deleted at any time, and need not be writable. A template is known by its name and source; Jinja2's
    version and this module, whose options shape the code, are part of the key.
    """

    def __init__(self, folder: Path | None) -> None:
        made_by = hashlib.blake2b(jinja2.__version__.encode() + Path(__file__).read_bytes(), digest_size=8).hexdigest()
        super().__init__(str(folder or COMPILED), f"{made_by}-%s")
        self._writable = folder is not None

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """By name alone, so that what was compiled in one folder serves in another."""
        return super().get_cache_key(name)

    def get_bucket(self, environment: jinja2.Environment, name: str, filename: str | None, source: str) -> Bucket:
        """As Jinja does; compiled code is told which file it stands for, as errors name it."""
        bucket = super().get_bucket(environment, name, filename, source)
        if bucket.code is None:
            _load(bucket, COMPILED / Path(self._get_cache_filename(bucket)).name)
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


def precompile() -> None:
    """Compiles the templates that the package brings into `COMPILED`. Raises OSError where it cannot be written."""
    shutil.rmtree(COMPILED, ignore_errors=True)
    templates = Templates([DEFAULTS], cache=COMPILED)
    for path in sorted(DEFAULTS.rglob("*.*")):
        if path.suffix in (".html", ".mjml", ".css", *_PLAIN):
            templates.load(path.relative_to(DEFAULTS).as_posix())


class Raw(str):
    """A text that templates print as it stands."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class _Generator(CodeGenerator):
    """Jinja2's, but for what it writes around an expression, a call and a loop: the same in two thirds of the time."""

    def write_commons(self) -> None:
        """Names for what is called hundreds of times a page."""
        self.writeline("escape_str, escape_any = environment.escape_str, environment.escape_any")
        super().write_commons()

    def _output_child_pre(self, node: jinja2.nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_escaped(frame, finalize):
            self.write("(escape_str(value) if type(value := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: jinja2.nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_escaped(frame, finalize):
            self.write(") is str else escape_any(value))")
        else:
            super()._output_child_post(node, frame, finalize)

    def visit_Call(self, node: jinja2.nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """A call as it would stand in Python: Jinja2's looks at each function for marks that none of ours bears."""
        odd = node.dyn_args or node.dyn_kwargs or any(keyword.iskeyword(each.key) for each in node.kwargs)
        if odd or forward_caller:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for place, argument in enumerate([*node.args, *node.kwargs]):
            self.write(", " if place else "")
            self.visit(argument, frame)
        self.write(")")

    def visit_For(self, node: jinja2.nodes.For, frame: Frame) -> None:  # noqa: N802
        """A loop that looks names up once, not in each turn, and that writes into a list.

        Else each piece would go up alone through all blocks that the loop stands in.
        """
        names = list(node.find_all(jinja2.nodes.Name))
        own = {"loop", *(each.name for each in names if each.ctx != "load")}
        for name in sorted({each.name for each in names} - own):
            if frame.symbols.find_ref(name) is None:
                frame.symbols.load(name)
                self.writeline(f"{frame.symbols.ref(name)} = resolve({name!r})")
        # What is included without context is written past every list.
        listed = frame.buffer is None and all(each.with_context for each in node.find_all(jinja2.nodes.Include))
        if listed:
            self.buffer(frame)
        super().visit_For(node, frame)
        if listed:
            self.writeline(f"yield concat({frame.buffer})")
            frame.buffer = None

    def pop_assign_tracking(self, frame: Frame) -> None:
        """What is set in a loop or a block is known there, and nobody else asks for it."""
        if frame.loop_frame or frame.block_frame:
            self._assign_stack.pop()
        else:
            super().pop_assign_tracking(frame)


def _is_escaped(frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> bool:
    return bool(frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None)


_AS_IT_STANDS = (Raw, markupsafe.Markup)


class _Context(jinja2.runtime.Context):
    """What a template knows; the few calls that are not written as they would stand in Python come here."""

    def call(self, function: Callable[..., Any], /, *args: Any, **values: Any) -> Any:
        """The function's value, without the names of the loop or block that it is called in."""
        values.pop("_loop_vars", None)
        values.pop("_block_vars", None)
        return function(*args, **values)


class _Environment(jinja2.Environment):
    """An environment whose templates escape and call with less ado."""

    code_generator_class = _Generator
    context_class = _Context
    escape_str = staticmethod(_escape)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dict, as each rendering copies it: a third of a short one's time."""
        return {**self.globals, **(d or {})}

    @staticmethod
    def escape_any(value: Any) -> str:
        """As `markupsafe.escape`, of what is no `str` itself.

        MarkupSafe makes a Markup of what it escaped, and of a Markup another one, just for them to be joined.
        """
        kind = type(value)
        if kind in _AS_IT_STANDS:
            return value  # type: ignore[no-any-return]
        if kind is int:
            return str(value)
        html = getattr(value, "__html__", None)
        return html() if html else _escape(str(value))


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

    def __init__(self, folders: Sequence[Path], *, cache: Path | None = None) -> None:
        self._folders = tuple(folders)
        self._environment = _Environment(
            loader=_Loader(folders),
            autoescape=lambda name: name is None or not name.endswith(_PLAIN),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=_Cache(cache),
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
