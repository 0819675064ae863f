"""The service of a publication on a free port of this machine, and a client that is no browser."""

from __future__ import annotations

import contextlib
import email
import email.policy
import http.client
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from publications import written

from pipeline.deliver import subscribers
from pipeline.deliver.addresses import address
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys
from pipeline.http.server import listening
from pipeline.project import Project, publication
from pipeline.read.source import Report
from pipeline.web.running import service

__all__ = ["SETTINGS", "Answer", "Site", "dumped", "mails", "serving", "settled", "states", "token_to_leave"]

SETTINGS = """title: Weekly
url: https://weekly.example
email: {from: news@weekly.example}
web: {url: https://weekly.example/list, lists: {main: Weekly, papers: Papers only}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the service answered."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A service at work; `log` is what it told."""

    root: Path
    port: int
    log: list[str] = field(default_factory=list)

    def ask(self, path: str, form: Mapping[str, str] | bytes | None = None, method: str = "", **headers: str) -> Answer:
        """Asks as a client without a browser does: POST where there is a form."""
        body = urlencode(form).encode() if isinstance(form, Mapping) else form
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            given = {"content-type": "application/x-www-form-urlencoded", **given}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method or ("GET" if body is None else "POST"), path, body, given)
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(status=answer.status, headers={k.lower(): v for k, v in answer.getheaders()}, text=text)

    def subscribe(self, text: str, *lists: str, **headers: str) -> Answer:
        """Sends the form."""
        ticked = {f"list-{name}": "on" for name in lists or ("main",)}
        return self.ask("/list/subscribe", {"address": text, **ticked}, **headers)


@contextlib.contextmanager
def serving(root: Path, settings: str = SETTINGS, *, proxies: int = 0) -> Iterator[Site]:
    """The service of the publication in a folder, made there where there is none; PORT in its settings is its own."""
    with contextlib.closing(listening("127.0.0.1", 0)) as listens:
        if not (root / "newsletter.yaml").exists():
            written(root, {"newsletter.yaml": settings.replace("PORT", str(listens.getsockname()[1]))})
        project, report = Project(root=root), Report()
        known = publication(project, report)
        assert known is not None, report.findings
        site = Site(root=root, port=listens.getsockname()[1])
        with service(project, known, site.log.append, proxies=proxies) as app:
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none", http="h11"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listens]})
            thread.start()
            try:
                yield site
            finally:
                server.should_exit = True
                thread.join()


def mails(root: Path) -> list[email.message.EmailMessage]:
    """What lies in the Maildir."""
    found = []
    for path in sorted((root / "var/mail/new").glob("*")):
        parsed = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(parsed, email.message.EmailMessage)
        found.append(parsed)
    return found


def settled(root: Path, to: str) -> str:
    """The path of the link in the confirmation to an address, when all that were asked for have gone out."""
    for _ in range(1000):
        with Store.opened(root) as store:
            waiting = store.number("SELECT count(*) FROM request WHERE mail IN ('queued', 'sending') AND open")
        found = [one for one in mails(root) if str(one["To"]) == to]
        if found and not waiting:
            body = found[-1].get_body(("plain",))
            assert body is not None
            [path] = re.findall(r"https?://[^/]+(/\S+)", body.get_content().partition("\n--")[0])
            return str(path)
        time.sleep(0.01)
    raise AssertionError(f"no confirmation to {to}")


def states(root: Path) -> dict[tuple[str, str], str]:
    """The state of each address on each list."""
    with Store.opened(root, make=True) as store:
        return {
            (row[0], name): row[2] for name in subscribers.counts(store) for row in subscribers.members(store, name)
        }


def dumped(root: Path) -> list[str]:
    """Everything that stands in the database."""
    with Store.opened(root, make=True) as store:
        names = [row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return [f"{name} {row}" for name in names for row in store.rows(f"SELECT * FROM {name}")]  # noqa: S608


def token_to_leave(root: Path, text: str, list_name: str = "main") -> str:
    """The token that a letter to an address on a list carries."""
    who = address(text)
    assert who is not None
    with Store.opened(root) as store:
        number = store.number("SELECT id FROM subscriber WHERE key = :key", key=who.key)
        return Keys.opened(root).token(subscribers.list_id(store, list_name), number)
