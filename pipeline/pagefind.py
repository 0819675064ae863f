"""The index of the search, by Pagefind: a program that the extra `search` brings, run on pages made for it alone."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import Unsearchable
from pipeline.model import Location
from pipeline.render.artifact import Artifact
from pipeline.write.disk import refused

__all__ = ["SearchIndex", "program", "searching"]

_PACKAGE = "pagefind_bin"
_PLACE = ".publish"
_FOLDER = "search-"
_WHERE = Location(path="out/pagefind")
_NOT_NEEDED = ("pagefind-component-ui.", "pagefind-highlight.", "pagefind-modular-ui.", "pagefind-ui.")
"""Its own search pages, half a megabyte: `search/` is ours."""


def program() -> Path | None:
    """Where Pagefind is; None where it is not installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in spec.submodule_search_locations or () if spec else ():
        found = Path(folder) / "pagefind"
        if os.access(found, os.X_OK):
            return found.absolute()
    return None


@contextlib.contextmanager
def searching(root: Path, *, dry_run: bool = False) -> Iterator[SearchIndex]:
    """An index to be made under the publication's lock; what it needs meanwhile is gone in the end.

    A dry run writes nothing beside the publication. Each has a folder of its own: of a build that was killed Pagefind
    may still be at work.
    """
    place = None if dry_run else root / ".publish"
    for left in place.glob(f"{_FOLDER}*") if place else ():
        shutil.rmtree(left, ignore_errors=True)
    with refused(_PLACE):
        folder = tempfile.TemporaryDirectory(prefix=_FOLDER, dir=place, ignore_cleanup_errors=True)
    with folder as work:
        yield SearchIndex(Path(work))


class SearchIndex:
    """The pages that can be found, and the files that find them; made by `searching`."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._pages = work / "pages"

    def add(self, page: Artifact) -> None:
        """Take a page in; may be called in processes forked within `searching`. Raises Unwritable."""
        path = self._pages / page.path
        with refused(_PLACE):
            path.parent.mkdir(parents=True)
            path.write_bytes(bytes(page.content))

    def files(self) -> Iterator[Artifact]:
        """The index, `pagefind/...`: the same pages make the same bytes, in whatever order they came.

        Raises Unsearchable where Pagefind fails or is not installed, Unwritable.
        """
        found = program()
        if found is None:
            raise Unsearchable.at(_WHERE, "search", "Pagefind is not installed")
        with refused(_PLACE):
            made = self._run(found)
            paths = [path for path in sorted(made.rglob("*")) if path.is_file()]
        for path in paths:
            if not path.name.startswith(_NOT_NEEDED):
                yield Artifact(path=f"pagefind/{path.relative_to(made).as_posix()}", content=path)

    def _run(self, program: Path) -> Path:
        """The folder that Pagefind wrote the index to."""
        made = self._work / "made"
        ran = subprocess.run(
            [program, "--site", self._pages.name, "--output-path", made.name, "--silent"],
            cwd=self._work,  # a pagefind.toml of the author's, or settings of the environment, are of other sites
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if ran.returncode:
            said = ran.stdout.decode(errors="replace").split("\n")[0] or f"it ended with {ran.returncode}"
            message = f"Pagefind fails: {said}; install it again, or say “search: false” in newsletter.yaml"
            raise Unsearchable.at(_WHERE, "search", message)
        return made
