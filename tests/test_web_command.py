"""`publish web` as a process: how it begins, ends, is killed, and works beside those who send."""

from __future__ import annotations

import contextlib
import http.client
import multiprocessing
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from deliveries import frozen, job
from mail_keys import RSA, pem, verified
from publications import publish, written
from services import SETTINGS, Site, mails, serving, settled, states, token_to_leave

from pipeline.deliver.dkim import opened
from pipeline.deliver.run import run
from pipeline.deliver.store import Store
from pipeline.deliver.transport import Answer, Envelope, Outcome
from pipeline.model import DkimSettings

_COMMAND = [sys.executable, "-c", "from pipeline.cli import main; main()", "web", "--port", "0"]


@contextlib.contextmanager
def process(root: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The command at work in a folder, and its port."""
    began = subprocess.Popen(
        [*_COMMAND, "-C", str(root), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert began.stdout is not None
        assert began.stderr is not None
        told = began.stdout.readline()
        found = re.search(r" at http://127\.0\.0\.1:(\d+)$", told)
        assert found, told + began.stderr.read()
        yield began, int(found[1])
    finally:
        began.kill()
        began.communicate()


def subscribe(port: int, text: str) -> int:
    """The status with which the form is answered."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        body = urlencode({"address": text, "list-main": "on"})
        connection.request("POST", "/list/subscribe", body, {"content-type": "application/x-www-form-urlencoded"})
        return connection.getresponse().status


@pytest.mark.parametrize("ended", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told(tmp_path: Path, ended: signal.Signals) -> None:
    """Told to end it answers what it has begun, sends what it has taken, and leaves with 0; the log has a line each."""
    written(tmp_path, {"newsletter.yaml": SETTINGS})
    with process(tmp_path) as (began, port):
        assert subscribe(port, "a@b.example") == 200
        settled(tmp_path, "a@b.example")
        began.send_signal(ended)
        out, err = began.communicate(timeout=20)
    assert (out, began.returncode) == ("", 0)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 POST /subscribe 200 \d+ ms\n", err)


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"newsletter.yaml": "title: Weekly\nurl: https://weekly.example\n"}, "web-url"),
        ({"newsletter.yaml": SETTINGS, "var/token.key": "none"}, "token-key"),
        ({"newsletter.yaml": SETTINGS, "templates/service/form.html": "{{ nothing }}"}, "template"),
        ({"newsletter.yaml": SETTINGS, "templates/service/confirm.txt": "{{ nothing }}"}, "template"),
        ({"newsletter.yaml": SETTINGS + "smtp: {host: mail.example, user: a, password_file: none}\n"}, "password"),
        ({"newsletter.yaml": SETTINGS, "var/epoch": "7\n"}, "ledger-lost"),
    ],
)
def test_what_could_not_work_is_told_at_the_start(tmp_path: Path, files: dict[str, str], rule: str) -> None:
    """No address, a broken key, template or ledger, no password: the command ends with one line that says it."""
    ran = publish("web", "-C", str(written(tmp_path, files)), "--port", "0")
    assert ran.code == 1
    assert f"[{rule}]" in ran.err


@pytest.mark.parametrize(
    ("web", "word"),
    [
        ("{url: http://weekly.example/list}", "https"),
        ("{url: ftp://weekly.example}", "https"),
        ("{url: https://weekly.example/list?a=1}", "https"),
        ("{url: https://weekly.example, lists: {Main List: x}}", "hyphens"),
        ("{url: https://weekly.example, hourly: 0}", "hourly"),
        ("{adress: https://weekly.example}", "unknown-key"),
    ],
)
def test_settings_that_could_not_work_are_told(tmp_path: Path, web: str, word: str) -> None:
    """A misspelt or unsafe setting is an error with its line."""
    written(tmp_path, {"newsletter.yaml": f"title: Weekly\nurl: https://weekly.example\nweb: {web}\n"})
    ran = publish("web", "-C", str(tmp_path), "--port", "0")
    assert ran.code == 1
    assert re.search(rf"newsletter.yaml:3:\d+: error: .*{word}", ran.err), ran.err


def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    """Killed with kill -9 at any instant: every request that was answered is kept, and nobody is mailed twice."""
    written(tmp_path, {"newsletter.yaml": SETTINGS.replace("}}", "}, hourly: 100000}")})
    answered: list[str] = []
    chance = random.Random(8058)  # noqa: S311
    for turn in range(8):
        with process(tmp_path, "--proxies", "1") as (began, port):

            def ask(turn: int = turn, port: int = port) -> None:
                for number in range(1000):
                    text = f"r{turn}-{number}@b.example"
                    with contextlib.suppress(OSError, http.client.HTTPException):
                        if _ask_from(port, text, f"10.{turn}.{number % 250}.1") == 200:
                            answered.append(text)
                            continue
                    return

            client = threading.Thread(target=ask)
            client.start()
            client.join(0.05 + chance.random() * 0.3)
            began.kill()
            client.join()
    with Store.opened(tmp_path, whole=True) as store:
        kept = {row[0] for row in store.rows("SELECT address FROM request")}
    assert len(answered) > 8
    assert set(answered) <= kept
    with process(tmp_path):
        time.sleep(1)
    assert max(Counter(str(one["To"]) for one in mails(tmp_path)).values()) == 1


def _ask_from(port: int, text: str, where: str) -> int:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        body = urlencode({"address": text, "list-main": "on"})
        headers = {"content-type": "application/x-www-form-urlencoded", "x-forwarded-for": where}
        connection.request("POST", "/subscribe", body, headers)
        return connection.getresponse().status


def test_confirmations_are_signed_where_letters_are(tmp_path: Path) -> None:
    """With `email.dkim` a confirmation verifies; without the key file the service does not start."""
    (tmp_path / "key.pem").touch(0o600)
    (tmp_path / "key.pem").write_bytes(pem(RSA))
    dkim = "dkim: {domain: weekly.example, selector: news, key: key.pem}"
    written(tmp_path, {"newsletter.yaml": SETTINGS.replace("{from: news@weekly.example}", f"{{{dkim}}}")})
    with process(tmp_path) as (_, port):
        assert subscribe(port, "a@b.example") == 200
        settled(tmp_path, "a@b.example")
    [arrived] = [path.read_bytes().replace(b"\n", b"\r\n") for path in (tmp_path / "var/mail/new").iterdir()]
    keys = [opened(DkimSettings(domain="weekly.example", selector="news", key="key.pem"), tmp_path)]
    assert verified(arrived, keys) == [True]
    (tmp_path / "key.pem").unlink()
    assert "[dkim-key]" in publish("web", "-C", str(tmp_path), "--port", "0").err


def test_readers_leave_while_an_issue_is_sent(tmp_path: Path) -> None:
    """Whoever leaves over the web during a send is answered at once, and is not mailed from then on."""
    send = frozen(tmp_path, 400)
    everyone = {f"reader{number}@host{number % 7}.example" for number in range(400)}
    halfway, left = multiprocessing.Event(), multiprocessing.Event()  # those who send are processes
    notes = tmp_path / "notes"
    leaving: list[str] = []

    def taken() -> list[str]:
        return notes.read_text(encoding="ascii").splitlines()

    class Folder:
        """Takes what it is given; the rest of the send goes on when readers have left."""

        def open(self) -> None:
            """Needs nothing."""

        def deliver(self, envelope: Envelope) -> Answer:
            """Notes whom it is for."""
            with notes.open("a", encoding="ascii") as file:
                file.write(f"{envelope.recipient}\n")
            if len(taken()) == 100:
                halfway.set()
                left.wait(30)
            return Answer(Outcome.SENT)

        def accepted(self, envelope: Envelope) -> bool | None:
            """Has its notes."""
            return envelope.recipient in taken()

        def close(self) -> None:
            """Needs nothing."""

    def leave(site: Site) -> None:
        assert halfway.wait(30)
        leaving.extend(sorted(everyone - set(taken()))[:10])
        for text in leaving:
            token = token_to_leave(tmp_path, text)
            assert site.ask(f"/list/leave?t={token}", b"List-Unsubscribe=One-Click").status == 200
        left.set()

    with serving(tmp_path) as site, Store.opened(tmp_path) as store:
        reader = threading.Thread(target=leave, args=(site,))
        reader.start()
        tally = run(store, job(tmp_path, send, Folder), lambda _: None)
        reader.join()
        assert left.is_set()
    assert not set(taken()) & set(leaving)
    assert tally == {"sent": 390, "withdrawn": 10}
    assert {states(tmp_path)[text, "main"] for text in leaving} == {"unsubscribed"}
