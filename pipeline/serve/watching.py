"""What changes in a publication's files, told as it happens; the one home of watchfiles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import Change, watch

__all__ = ["FOLDERS", "Watch"]

FOLDERS = ("issues", "static", "templates")
"""The folders of a publication that are watched with all that is in them; beside them only files at the top are."""

_STEP, _AT_MOST = 10, 200
"""Milliseconds without another change after which changes are told, and after which they are told all the same."""

_Changes = set[tuple[Change, str]]


class Watch:
    """Watches from the moment it is made; calls `told`, from threads of its own, with the paths that changed.

    Paths are relative to the publication, with forward slashes. Raises OSError where the system watches no more.
    """

    def __init__(self, root: Path, told: Callable[[set[str]], None]) -> None:
        self._root, self._told = root.resolve(), told
        self._stopped = threading.Event()
        self._inner: dict[str, threading.Event] = {}
        self._start(self._root, self._at_the_top, self._stopped)
        for name in FOLDERS:
            self._look_into(name)

    def stop(self) -> None:
        """Ends it."""
        for stopped in (self._stopped, *self._inner.values()):
            stopped.set()

    def _look_into(self, name: str) -> None:
        """Watches a folder that is there, and no longer the one that was there in its place."""
        if name in self._inner:
            self._inner.pop(name).set()
        folder = self._root / name
        if folder.is_dir():
            self._inner[name] = threading.Event()
            self._start(folder, self._tell, self._inner[name])

    def _start(self, folder: Path, tell: Callable[[_Changes], None], stopped: threading.Event) -> None:
        changes = watch(
            folder,
            watch_filter=None,
            debounce=_AT_MOST,
            step=_STEP,
            stop_event=stopped,
            rust_timeout=2 * _STEP,
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=folder != self._root,
        )
        next(changes)  # it watches only from here on

        def run(changes: Iterator[_Changes]) -> None:
            for some in changes:
                if some:
                    tell(some)

        threading.Thread(target=run, args=(changes,), name=f"watch {folder.name}", daemon=True).start()

    def _at_the_top(self, changes: _Changes) -> None:
        """Folders come and go there, too: what is in one that came is as new as it is."""
        for change, path in changes:
            name = Path(path).name
            if name in FOLDERS and change is not Change.modified:
                self._look_into(name)
        self._tell(changes)

    def _tell(self, changes: _Changes) -> None:
        paths = {Path(path).relative_to(self._root) for _, path in changes}
        told = {path.as_posix() for path in paths if not (_is_an_editors(path) or _is_foreign(self._root, path))}
        if told:
            self._told(told)


def _is_an_editors(path: Path) -> bool:
    """Whether an editor keeps it for itself: hidden swap files, copies of what was there before, vim's `4913`."""
    is_odd = path.name.startswith(".") or path.name.isdecimal()
    return (is_odd and path.parts[0] != "static") or path.name.endswith(("~", "#"))


def _is_foreign(root: Path, path: Path) -> bool:
    """Whether it is a folder at the top that is none of the publication's, such as `out/`."""
    return len(path.parts) == 1 and path.name not in FOLDERS and (root / path).is_dir()
