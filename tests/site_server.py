"""A site served as a strict host serves it: deep below the top, and with a policy that lets nothing foreign in."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["serving_site"]

_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_BELOW = "/news"


class _Handler(SimpleHTTPRequestHandler):
    """The files of a folder, below `/news/`."""

    def translate_path(self, path: str) -> str:
        """The file of an address; none outside the site."""
        return super().translate_path(path[len(_BELOW) :] if path.startswith(f"{_BELOW}/") else "/nowhere")

    def end_headers(self) -> None:
        """The policy behind every answer's other headers."""
        self.send_header("Content-Security-Policy", _POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the library's own name
        """Nothing."""


@contextlib.contextmanager
def serving_site(out: Path) -> Iterator[str]:
    """The address of the site's front page, with its closing slash, while it is served."""

    def handler(*given: object) -> _Handler:
        return _Handler(*given, directory=str(out))  # type: ignore[arg-type]

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{_BELOW}/"
        finally:
            server.shutdown()
