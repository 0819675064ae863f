"""The desk of a run: one thread that writes for all its sessions."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

from pipeline.deliver import statements
from pipeline.deliver.store import Store

__all__ = ["Desk"]


class Desk:
    """The one thread that writes: what waits while a commit is on its way to the disk goes into the next, together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="desk", daemon=True)

    def __enter__(self) -> Desk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.put(None)
        self._thread.join()

    def ask(self, work: Callable[[], Any]) -> Any:
        """What the work gives, when it is on the disk."""
        future: Future[Any] = Future()
        self._waiting.put((work, future))
        return future.result()

    def _serve(self) -> None:
        while waiting := list(self._taken()):
            try:
                with self._store.transaction():
                    epoch = self._store.number(statements.NEXT_EPOCH)
                    made = [work() for work, _ in waiting]
                self._store.mark(epoch)
            except Exception as error:
                for _, future in waiting:
                    future.set_exception(error)
            else:
                for (_, future), result in zip(waiting, made, strict=True):
                    future.set_result(result)

    def _taken(self) -> Iterator[tuple[Callable[[], Any], Future[Any]]]:
        one = self._waiting.get()
        with contextlib.suppress(queue.Empty):
            while one is not None:
                yield one
                one = self._waiting.get_nowait()
            self._waiting.put(None)  # to end when what came before it is done
