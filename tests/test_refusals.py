"""Who is refused while a message is handed over: the same follows as if it had come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Received
from deliveries import unused
from publications import SETTINGS, publish, written

from pipeline.deliver.store import Store

DAY = "2023-03-04"
GONE, OTHER = "gone@readers.example", "other@readers.example"
WEEK = 7 * 86_400.0


class Server:
    """Answers as it is told: to RCPT by address, to MAIL and to the final dot to everybody."""

    def __init__(self) -> None:
        self.to: Mapping[str, str] = {}
        self.mail = self.dot = "250 OK"
        self.asked: Callable[[str], None] = lambda _: None

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Received, address: str, options: list[str]
    ) -> str:
        """Looks at the sender."""
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Received, address: str, options: list[str]
    ) -> str:
        """Looks at the recipient."""
        envelope.rcpt_tos.append(address)
        self.asked(address)
        return self.to.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Received) -> str:  # noqa: N802
        """Looks at the message."""
        return self.dot if envelope.rcpt_tos == [GONE] else "250 OK"


@contextmanager
def sending(root: Path, days: tuple[str, ...] = (DAY,)) -> Iterator[tuple[Server, tuple[str, str]]]:
    """A publication with two readers and an issue of each day, and the server to which it sends."""
    server = Server()
    listening = Controller(server, hostname="127.0.0.1", port=unused())
    listening.start()
    try:
        email = "email: {unsubscribe_url: 'https://weekly.example/leave'}\n"
        smtp = f"smtp: {{host: 127.0.0.1, port: {listening.port}, security: none, sessions: 1}}\n"
        issues = {f"issues/{day}/index.md": f"## News\n\n### [T](https://t.example/{day})\n" for day in days}
        written(root, {"newsletter.yaml": SETTINGS + email + smtp, **issues})
        here = ("-C", str(root))
        assert publish("build", "-q", *here).code == 0
        assert publish("subscribers", "add", GONE, OTHER, *here).code == 0
        yield server, here
    finally:
        listening.stop()


def standing(root: Path) -> dict[str, str]:
    """How each reader stands."""
    with Store.opened(root) as store:
        return dict(store.rows("SELECT address, standing FROM subscriber"))


def evidence(root: Path) -> list[tuple[str, str, str]]:
    """Verdict, status and words of each refusal on record."""
    with Store.opened(root) as store:
        return list(store.rows("SELECT verdict, status, reason FROM bounce ORDER BY reason"))


@pytest.mark.parametrize(
    ("reply", "verdict", "status"),
    [
        ("550 5.1.1 User unknown", "hard", "5.1.1"),
        ("550 no such user here", "hard", "5.0.0"),
        ("552 5.2.2 Mailbox full", "soft", "5.2.2"),
        ("550 5.7.1 refused by policy", "blocked", "5.7.1"),
    ],
)
@pytest.mark.parametrize("phase", ["to", "dot"])
def test_a_refusal_means_what_a_report_means(phase: str, reply: str, verdict: str, status: str, tmp_path: Path) -> None:
    """By its status and its words a refusal is hard, soft or blocked, is on record, and only who is gone bounces."""
    with sending(tmp_path) as (server, here):
        setattr(server, phase, {GONE: reply} if phase == "to" else reply)
        sent = publish("send", DAY, "--yes", *here)
        assert "1 failed" in sent.out, sent.out + sent.err
        assert "1 sent" in sent.out
        server.to, server.dot = {}, "250 OK"
        again = publish("send", DAY, "--retry", "failed", *here)
    assert standing(tmp_path) == {GONE: "bounced" if verdict == "hard" else "", OTHER: ""}
    assert ("1 withdrawn" if verdict == "hard" else "2 sent") in again.out
    assert evidence(tmp_path) == ([] if verdict == "soft" else [(verdict, status, reply)])


def test_what_is_said_of_the_sender_is_not_held_against_readers(tmp_path: Path) -> None:
    """A sender who is refused, in words that would mean a reader elsewhere, leaves nothing on record."""
    with sending(tmp_path) as (server, here):
        server.to = {GONE: "550 5.1.1 User unknown"}
        server.mail = "550 5.1.1 user unknown"
        assert "2 failed" in publish("send", DAY, "--yes", *here).out
    assert set(standing(tmp_path).values()) == {""}
    assert evidence(tmp_path) == []


def test_a_server_that_takes_nothing_is_not_believed(tmp_path: Path) -> None:
    """Where a server refuses everybody nobody bounces: it is the server that is wrong."""
    with sending(tmp_path) as (server, here):
        server.to = dict.fromkeys((GONE, OTHER), "550 5.1.1 User unknown")
        assert "2 failed" in publish("send", DAY, "--yes", *here).out
    assert set(standing(tmp_path).values()) == {""}
    assert evidence(tmp_path) == []


@pytest.mark.parametrize(
    ("gone", "bounced"),
    [(range(4, 15), 0), (range(4, 14), 10), (range(39), 0), (range(36, 40), 0), (range(37, 40), 3)],
)
def test_who_is_refused_in_a_long_row_is_not_gone(gone: range, bounced: int, tmp_path: Path) -> None:
    """Behind ten refusals in a row, or three at the end, it is the sender who is meant: nobody bounces."""
    with sending(tmp_path) as (server, here):
        names = [f"reader{number:02}@readers.example" for number in range(40)]
        assert publish("subscribers", "suppress", GONE, OTHER, *here).code == 0
        assert publish("subscribers", "add", *names, *here).code == 0
        with Store.opened(tmp_path) as store:
            rows = store.rows("SELECT address FROM subscriber WHERE standing = '' ORDER BY id")
            in_order = [str(row[0]) for row in rows]
        server.to = {in_order[number]: "550 5.1.1 account disabled" for number in gone}
        sent = publish("send", DAY, "--yes", *here)
        assert f"{len(gone)} failed" in sent.out, sent.out + sent.err
    assert list(standing(tmp_path).values()).count("bounced") == bounced


def test_who_was_refused_before_a_pause_is_not_gone(tmp_path: Path) -> None:
    """Whoever pauses a send may have seen that the server refuses all of a sudden: those whom it refused stay."""
    with sending(tmp_path) as (server, here):
        assert publish("subscribers", "add", "third@readers.example", *here).code == 0
        with Store.opened(tmp_path) as store:
            _, *refused = [str(row[0]) for row in store.rows("SELECT address FROM subscriber ORDER BY id")]

        def asked(address: str) -> None:
            if address in refused:
                with Store.opened(tmp_path) as store, store.transaction():
                    store.change("UPDATE send SET paused = 'now'")

        server.to, server.asked = dict.fromkeys(refused, "550 5.1.1 account disabled"), asked
        sent = publish("send", DAY, "--yes", *here)
        assert "1 sent, 1 failed, 1 queued" in sent.out, sent.out + sent.err
    assert set(standing(tmp_path).values()) == {""}


@pytest.mark.parametrize(("refused", "becomes"), [(5, "bounced"), (4, "")])
def test_a_full_mailbox_is_given_time_by_refusals_too(refused: int, becomes: str, tmp_path: Path) -> None:
    """A reader whose mailbox takes nothing bounces by the fifth issue in a row, over two weeks, that is refused."""
    days = tuple(f"2023-0{month}-04" for month in range(1, 6))
    with sending(tmp_path, days) as (server, here):
        for number, day in enumerate(days):
            server.to = {GONE: "552 5.2.2 full"} if number >= 5 - refused else {}
            assert publish("send", day, "--yes", *here).code == 0
            with Store.opened(tmp_path) as store, store.transaction():
                store.change("UPDATE recipient SET at = at - :week", week=WEEK)
    assert standing(tmp_path) == {GONE: becomes, OTHER: ""}
    assert len(evidence(tmp_path)) == refused
