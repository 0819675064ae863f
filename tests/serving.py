"""`publish serve` as a person starts it, and what it answers to whatever is sent."""

from __future__ import annotations

import contextlib
import http.client
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

__all__ = ["Answer", "Served", "served"]

_PROGRAM = "from pipeline.cli import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server that runs: what it printed as the desk's address, its port, its process."""

    printed: str
    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """The front page of the site, without the slash."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """What is answered; headers by their names with `_` for `-`."""
        body = None if form is None else urlencode(form)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if form is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(
                status=answer.status,
                headers={name.lower(): value for name, value in answer.getheaders()},
                body=answer.read(),
            )

    def key(self) -> str:
        """What stands in the forms of the desk."""
        found = re.search(r'name="key" value="([^"]+)"', self.ask("/_desk/add?url=https://example.org/").text)
        assert found
        return found[1]

    def save(self, form: Mapping[str, str], **headers: str) -> Answer:
        """What is answered to the desk's form when it is sent by the desk's page, or by another one."""
        sent = {"key": self.key(), "looked": f"{form.get('into', '')} {form['url']}", **form}
        return self.ask("/_desk/add", "POST", sent, **{"Origin": self.url, **headers})


@contextlib.contextmanager
def served(root: Path, *words: str) -> Iterator[Served]:
    """The server of a publication, on a free port, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "-C", str(root), "serve", "--port", "0", *words],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None and process.stderr is not None  # noqa: PT018
        printed = process.stdout.readline().strip()
        found = re.search(r":(\d+)/_desk/", printed)
        assert found, printed + process.stderr.read()
        yield Served(printed=printed, port=int(found[1]), process=process)
    finally:
        process.kill()
        process.communicate()
