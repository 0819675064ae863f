"""The rules of the house, read from the source alone."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]

_FLOORS = (
    {"errors", "findings", "model", "rules"},
    {"addresses", "answers", "dates", "fetch", "formats", "http", "markup", "parallel", "slugs", "symlinks"},
    {"encoding", "identity"},
    {"importers", "read"},
    {"diff", "history", "linkrot"},
    {"check", "edit"},
    {"render"},
    {"cache", "index", "pagefind", "project", "write"},
    {"assembly", "reader", "review", "revision"},
    {"build", "capture", "importing", "patrol"},
    {"deliver", "deploy", "serve"},
    {"bounces", "doctor", "web"},
    {"cli"},
)
"""What stands on which floor of `pipeline`, from the ground up: who imports, imports from below or from beside."""

_HOMES = {
    "babel": "render.labels",
    "click": "cli",
    "cryptography": "deliver.dkim",
    "dns": "doctor.names",
    "feedgen": "render.feeds",
    "h11": "fetch.exchange",
    "imagesize": "formats.images",
    "jinja2": "render.templates",
    "lxml": "formats.trees",
    "markupsafe": "render.templates",
    "mjml": "render.email",
    "nh3": "render.notes",
    "pyromark": "markup",
    "starlette": "http.asgi",
    "uvicorn": "http.server",
    "watchfiles": "serve.watching",
    "yaml": "read.yaml",
}
"""The one module or package of `pipeline` that may know a library."""

_TABLES = {
    "render.renderers": {"render.context"},
    "check": set(),
    "importers": {"importers.source", "importers.markdown"},
}
"""The modules that list renderers, rules and importers, and what they import of their package that is neither."""

_SHELL = {
    "assembly",
    "bounces",
    "build",
    "cache",
    "cli",
    "deliver",
    "deploy",
    "doctor",
    "fetch",
    "http",
    "importing",
    "index",
    "pagefind",
    "parallel",
    "patrol",
    "project",
    "review",
    "revision",
    "serve",
    "symlinks",
    "web",
    "write",
}
"""What may know the machine it runs on; everything else is a function of what it is given."""

_MACHINE = {"os", "random", "secrets", "socket", "sqlite3", "subprocess", "time", "urllib.request"}
_CLOCK = {"now", "today", "utcnow"}

_MODULE_LINES, _FUNCTION_LINES, _PARAMETERS = 300, 50, 5

Function = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def _parsed(folder: str) -> Mapping[str, ast.Module]:
    """The syntax trees under a folder of the repository, by path."""
    paths = sorted((_ROOT / folder).rglob("*.py"))
    return {path.relative_to(_ROOT).as_posix(): ast.parse(path.read_bytes()) for path in paths}


def _modules() -> dict[str, ast.Module]:
    """The syntax trees of `pipeline`, by the module's name within it; the package itself has the empty name."""
    names = {path: path.removesuffix(".py").removesuffix("/__init__") for path in _parsed("pipeline")}
    return {names[path].replace("/", ".")[len("pipeline.") :]: tree for path, tree in _parsed("pipeline").items()}


def _imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every import with its line; `from a import b` gives both `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def _own_imports(name: str) -> Iterator[tuple[int, str]]:
    """The modules of `pipeline` that one of them names in its imports, each with its line."""
    modules = _modules()
    for line, target in _imported(modules[name]):
        own = target.removeprefix("pipeline.")
        if own != target and own in modules:
            yield line, own


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _floor(name: str) -> int:
    return next(place for place, floor in enumerate(_FLOORS) if name.split(".", maxsplit=1)[0] in floor)


def _circle(graph: Mapping[str, set[str]]) -> list[str]:
    """The names that are left when those that need nothing more are taken away again and again."""
    left = {name: set(needs) - {name} for name, needs in graph.items()}
    while free := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def _none(offenders: Iterable[str], law: str) -> None:
    found = sorted(offenders)
    assert not found, f"{law}:\n  " + "\n  ".join(found)


def test_every_module_has_its_floor() -> None:
    """Each module of the package stands on exactly one floor of the table."""
    known = [name for floor in _FLOORS for name in floor]
    assert len(known) == len(set(known))
    _none([name for name in _modules() if name and name.split(".")[0] not in known], "on no floor")


def test_imports_point_down() -> None:
    """No module imports from a floor above its own."""
    _none(
        [
            f"pipeline.{name}:{line} imports pipeline.{target}"
            for name in _modules()
            for line, target in _own_imports(name)
            if name and _floor(target) > _floor(name)
        ],
        "imports that point up",
    )


@pytest.mark.parametrize("depth", [1, None], ids=["packages", "modules"])
def test_no_imports_run_in_a_circle(depth: int | None) -> None:
    """Neither modules nor whole packages import each other in a circle."""
    graph: dict[str, set[str]] = {}
    for name in _modules():
        needs = graph.setdefault(".".join(name.split(".")[:depth]), set())
        needs.update(".".join(target.split(".")[:depth]) for _, target in _own_imports(name))
    _none(_circle(graph), "in a circle")


def test_imports_are_seen_by_everyone() -> None:
    """There is no `TYPE_CHECKING`, no relative import, and none inside a function but in `cli`, for start-up."""
    offenders = []
    for name, tree in _modules().items():
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if "TYPE_CHECKING" in names or any("TYPE_CHECKING" in target for _, target in _imported(tree)):
            offenders.append(f"pipeline.{name}: TYPE_CHECKING")
        offenders += [f"pipeline.{name}:{line}: relative" for line, target in _imported(tree) if target[0] == "."]
        if name.split(".")[0] != "cli":
            inner = {line for function in _functions(tree) for line, _ in _imported(function)}
            offenders += [f"pipeline.{name}:{line}: inside a function" for line in inner]
    _none(offenders, "hidden imports")


def test_every_library_has_one_home() -> None:
    """A third-party library is imported in its home alone, and every home is lived in."""
    offenders, used = [], set()
    for name, tree in _modules().items():
        for line, target in _imported(tree):
            library = target.split(".")[0]
            if library in sys.stdlib_module_names or library in ("pipeline", ""):
                continue
            used.add(library)
            home = _HOMES.get(library, "nowhere")
            if name != home and not name.startswith(f"{home}."):
                offenders.append(f"pipeline.{name}:{line} imports {library}, at home in {home}")
    _none(offenders, "libraries away from home")
    assert used == set(_HOMES)


def test_renderers_and_rules_stand_alone() -> None:
    """What a table of renderers or rules lists is imported by that table and by nothing else."""
    offenders = []
    for table, shared in _TABLES.items():
        package = table.split(".")[0]
        listed = {target for _, target in _own_imports(table) if target.startswith(f"{package}.")} - shared
        assert listed, f"{table} lists nothing"
        offenders += [
            f"pipeline.{name}:{line} imports pipeline.{target}"
            for name in _modules()
            for line, target in _own_imports(name)
            if name != table and target in listed
        ]
    _none(offenders, "renderers and rules that are used by others")


def test_the_core_knows_no_machine() -> None:
    """Outside the shell no module asks for a clock, a network, the environment, chance or a process."""
    offenders = []
    for name, tree in _modules().items():
        if name.split(".")[0] in _SHELL:
            continue
        offenders += [f"pipeline.{name}:{line}: {target}" for line, target in _imported(tree) if target in _MACHINE]
        offenders += [
            f"pipeline.{name}:{node.lineno}: {node.func.attr}()"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCK
        ]
    _none(offenders, "the core asks the machine")


def test_no_module_is_a_drawer() -> None:
    """No module is called for what is left over: utils, helpers, common, misc."""
    drawers = {"utils", "util", "helpers", "common", "misc"}
    paths = [path for folder in ("pipeline", "tests", "bench", "evaluate") for path in _parsed(folder)]
    _none([path for path in paths if drawers & set(Path(path).with_suffix("").parts)], "drawers")


def test_modules_and_functions_stay_small() -> None:
    """A module has at most 300 lines, a function at most 50 and at most 5 parameters, but for Click's callbacks."""
    offenders = []
    for path, tree in {**_parsed("pipeline"), **_parsed("bench")}.items():
        lines = len((_ROOT / path).read_text(encoding="utf-8").splitlines())
        if lines > _MODULE_LINES:
            offenders.append(f"{path}: {lines} lines")
        for function in _functions(tree):
            where, size = f"{path}:{function.lineno} {function.name}", (function.end_lineno or 0) - function.lineno + 1
            given = [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
            count = len([name for name in given if name not in ("self", "cls")])
            if size > _FUNCTION_LINES:
                offenders.append(f"{where}: {size} lines")
            if count > _PARAMETERS and not path.startswith("pipeline/cli/"):
                offenders.append(f"{where}: {count} parameters")
    _none(offenders, "too big")


def _public(tree: ast.Module) -> Iterator[tuple[int, str, str | None]]:
    """Line, name and docstring of what a module offers, and of what its classes offer."""
    documented = (ast.ClassDef, *Function.__args__)
    for node in tree.body:
        if isinstance(node, documented) and not node.name.startswith("_"):
            yield node.lineno, node.name, ast.get_docstring(node)
            inner = node.body if isinstance(node, ast.ClassDef) else []
            for part in inner:
                if isinstance(part, Function) and not part.name.startswith("_"):
                    yield part.lineno, f"{node.name}.{part.name}", ast.get_docstring(part)


def test_everything_public_has_a_caption() -> None:
    """Modules, and their public classes, functions and methods, say in one line what they are."""
    offenders = []
    for path, tree in {**_parsed("pipeline"), **_parsed("bench")}.items():
        captions = [(1, "the module", ast.get_docstring(tree)), *_public(tree)]
        offenders += [f"{path}:{line} {name}" for line, name, caption in captions if not caption]
        offenders += [
            f"{path}:{line} {name}: no blank line after the first"
            for line, name, caption in captions
            if caption and caption.count("\n") and caption.splitlines()[1].strip()
        ]
    _none(offenders, "without a caption")


@pytest.mark.parametrize("folder", ["tests", "evaluate"])
def test_a_tests_docstring_is_its_law(folder: str) -> None:
    """Every test says in a sentence what it proves, and every file of tests what it is about."""
    offenders = [path for path, tree in _parsed(folder).items() if not ast.get_docstring(tree)]
    offenders += [
        f"{path}:{function.lineno} {function.name}"
        for path, tree in _parsed(folder).items()
        for function in _functions(tree)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    _none(offenders, "tests without a law")


def test_tests_patch_nothing() -> None:
    """Tests use the real parts: no mock, and nothing of the package set to something else."""
    patching = {"setattr", "delattr", "setitem", "delitem", "patch"}
    offenders = []
    for path, tree in _parsed("tests").items():
        offenders += [f"{path}:{line}: {target}" for line, target in _imported(tree) if "mock" in target]
        offenders += [
            f"{path}:{node.lineno}: {node.value.id}.{node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in patching
            if isinstance(node.value, ast.Name) and node.value.id in ("monkeypatch", "mocker")
        ]
    _none(offenders, "patched")
