"""Every transport does the same, and what a server does wrong befalls nobody but whom it must."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Received
from deliveries import accepted, frozen, job, sink, smtp, states, unused
from mail_servers import KINDS, SECRET, Kept, aiosmtpd, case, client

from pipeline.deliver.run import run
from pipeline.deliver.store import Store
from pipeline.deliver.transport import Envelope, Outcome, Unreachable
from pipeline.deliver.transports.maildir import Maildir
from pipeline.deliver.transports.sendmail import Sendmail
from pipeline.deliver.transports.smtp import Smtp, password
from pipeline.errors import PipelineError
from pipeline.model import SmtpSettings

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the start on
CONTENTS = {
    "plain": b"Subject: a\r\n\r\nhello\r\n",
    "dots": b"Subject: a\r\n\r\n.\r\n..\r\n.a\r\n\r\n.\r\n",
    "long": b"Subject: a\r\n\r\n" + b"x" * 990 + b"\r\n",
    "large": b"Subject: a\r\n\r\n" + b"0123456789\r\n" * 20_000,
    "from": b"Subject: a\r\n\r\nFrom me\r\n>From you\r\nQUIT\r\n",
}


def envelope(content: bytes, recipient: str = "a@b.example", number: int = 0) -> Envelope:
    """A message from the newsletter."""
    return Envelope(
        sender="news@weekly.example", recipient=recipient, message_id=f"<{number}@weekly.example>", parts=(content,)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_arrives_is_what_was_handed_over(kind: str, tmp_path: Path) -> None:
    """By every transport each message arrives once, for its recipient alone, with every byte as it was."""
    with case(kind, tmp_path) as (transport, got):
        transport.open()
        for number, content in enumerate(CONTENTS.values()):
            assert transport.deliver(envelope(content, f"a{number}@b.example", number)).outcome is Outcome.SENT
        transport.close()
        arrived = got()
    assert sorted(content for *_, content in arrived) == sorted(CONTENTS.values())
    if kind != "maildir":
        assert {sender for sender, *_ in arrived} == {"news@weekly.example"}
        assert {to for _, to, _ in arrived} == {f"a{number}@b.example" for number in range(len(CONTENTS))}


def test_a_message_may_be_cut_into_parts_anywhere() -> None:
    """However a message is cut into parts, but within no line end, it arrives by SMTP with every dot as it was."""
    content = b"a: b\r\n\r\n.\r\n..a.b\r\n.c\r\n"
    cuts = [at for at in range(len(content) + 1) if content[at - 1 : at + 1] != b"\r\n"]
    with case("none", Path()) as (transport, got):
        transport.open()
        for number, (one, two) in enumerate(itertools.combinations_with_replacement(cuts, 2)):
            cut = replace(envelope(b"", number=number), parts=(content[:one], content[one:two], content[two:]))
            assert transport.deliver(cut).outcome is Outcome.SENT
        transport.close()
        arrived = [content for *_, content in got()]
    assert arrived == [content] * (number + 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_may_be_opened_again(kind: str, tmp_path: Path) -> None:
    """Closed and opened again, a transport goes on; closing twice does nothing."""
    with case(kind, tmp_path) as (transport, got):
        for number in range(2):
            transport.open()
            assert transport.deliver(envelope(CONTENTS["plain"], number=number)).outcome is Outcome.SENT
            transport.close()
            transport.close()
        assert len(got()) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_international_addresses_go_through(kind: str, tmp_path: Path) -> None:
    """An address in Chinese gets its message by every transport that can carry one."""
    content = "To: 用户@b.example\r\nSubject: a\r\n\r\nhello\r\n".encode()
    with case(kind, tmp_path) as (transport, got):
        transport.open()
        assert transport.deliver(envelope(content, "用户@b.example")).outcome is Outcome.SENT
        transport.close()
        assert [one[2] for one in got()] == [content]


def test_without_smtputf8_an_international_address_fails_alone() -> None:
    """A server without SMTPUTF8 gets no command that it cannot read, and the next recipient gets the message."""
    with aiosmtpd("none", enable_SMTPUTF8=False) as (port, kept):
        transport = client(port, "none")
        transport.open()
        assert transport.deliver(envelope(CONTENTS["plain"], "用户@b.example")).outcome is Outcome.FAILED
        assert transport.deliver(envelope(CONTENTS["plain"])).outcome is Outcome.SENT
        transport.close()
    assert len(kept.messages) == 1


def test_the_maildir_knows_what_it_has(tmp_path: Path) -> None:
    """A message that is there, new or read, counts as accepted; another does not."""
    folder = Maildir(tmp_path)
    folder.open()
    folder.deliver(envelope(b"a\r\n"))
    assert folder.accepted(envelope(b"a\r\n"))
    (found,) = (tmp_path / "new").iterdir()
    found.rename(tmp_path / "cur" / f"{found.name}:2,S")
    assert folder.accepted(envelope(b"a\r\n"))
    assert folder.accepted(envelope(b"a\r\n", number=1)) is False


@pytest.mark.parametrize(
    ("server", "security", "secret"),
    [
        ("none", "starttls", SECRET),
        ("starttls", "starttls", "wrong"),
        ("tls", "tls", "wrong"),
        ("none", "tls", SECRET),
    ],
    ids=["no STARTTLS", "wrong password", "wrong password over TLS", "no TLS"],
)
def test_nothing_is_sent_by_a_session_that_is_not_as_it_was_asked_for(server: str, security: str, secret: str) -> None:
    """Without STARTTLS, TLS or the right password there is no session, and the password does not go out in clear."""
    with aiosmtpd(server) as (port, kept):
        transport = client(port, security, secret)
        with pytest.raises(Unreachable):
            transport.open()
        assert transport.deliver(envelope(CONTENTS["plain"])).outcome is Outcome.LOST
    assert kept.messages == []


def test_a_strangers_certificate_ends_the_session() -> None:
    """A server whose certificate nobody vouches for gets neither password nor message."""
    with aiosmtpd("starttls") as (port, _):
        settings = SmtpSettings(host="127.0.0.1", port=port, user="news", timeout=5.0)
        with pytest.raises(Unreachable, match="certificate"):
            Smtp(settings, SECRET).open()


def test_a_password_file_may_have_quotes_and_line_ends(tmp_path: Path) -> None:
    """Quotes and white space around a password are no part of it; a missing file says so."""
    (tmp_path / "secret").write_text(f' "{SECRET}"\r\n')
    assert password(SmtpSettings(password_file="secret"), tmp_path) == SECRET
    with pytest.raises(Unreachable):
        password(SmtpSettings(password_file="none"), tmp_path)
    with pytest.raises(Unreachable, match="NO_SUCH_VARIABLE"):
        password(SmtpSettings(password_env="NO_SUCH_VARIABLE"), tmp_path)


@pytest.mark.parametrize(("status", "outcome"), [(0, "sent"), (75, "later"), (67, "failed"), (64, "failed")])
def test_sendmails_exit_status_is_understood(status: int, outcome: str, tmp_path: Path) -> None:
    """EX_TEMPFAIL passes, what else sendmail refuses does not."""
    program = tmp_path / "sendmail"
    program.write_text(f"#!/bin/sh\ncat >/dev/null\nexit {status}\n")
    program.chmod(0o755)
    transport = Sendmail([str(program)])
    transport.open()
    assert transport.deliver(envelope(CONTENTS["plain"])).outcome == outcome


@pytest.mark.needs("postfix")
@pytest.mark.parametrize("options", [[], ["-p"], ["-e"]], ids=["pipelining", "no pipelining", "no ESMTP"])
def test_a_list_goes_to_debians_sink_whole(options: list[str], tmp_path: Path) -> None:
    """By several sessions at once, with pipelining and without, everyone has the message once."""
    send = frozen(tmp_path, 300)
    with sink(tmp_path / "sink", *options) as port, Store.opened(tmp_path) as store:
        assert run(store, job(tmp_path, send, smtp(port), 5), lambda _: None) == {"sent": 300}
    had = accepted(tmp_path / "sink")
    assert had.keys() == states(tmp_path, send).keys()
    assert set(had.values()) == {1}


class Counting(Kept):
    """Counts the connections as well."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: set[int] = set()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Received, hostname: str, responses: list[str]
    ) -> list[str]:
        """Greets."""
        self.sessions.add(id(session))
        session.host_name = hostname
        return responses


def test_a_connection_is_used_for_message_after_message(tmp_path: Path) -> None:
    """Three sessions open three connections, and the one that asks first whether there is a server."""
    send, counting = frozen(tmp_path, 60), Counting()
    server = Controller(counting, hostname="127.0.0.1", port=unused())
    server.start()
    try:
        with Store.opened(tmp_path) as store:
            assert run(store, job(tmp_path, send, smtp(server.port), 3), lambda _: None) == {"sent": 60}
    finally:
        server.stop()
    assert len(counting.sessions) <= 4
    assert len(counting.messages) == 60


class Refusing:
    """A server of aiosmtpd that takes mail from nobody any more, after so many messages."""

    def __init__(self, takes: int) -> None:
        self.takes = takes

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Received, address: str, options: list[str]
    ) -> str:
        """Refuses for good, in the end."""
        self.takes -= 1
        if self.takes < 0:
            return "550 not from you"
        envelope.mail_from = address
        return "250 OK"


@pytest.mark.parametrize("takes", [0, 30])
def test_a_server_that_refuses_everything_does_not_use_up_the_list(takes: int, tmp_path: Path) -> None:
    """Where message after message is refused, from the first on or later, the run stops; most are still queued."""
    send = frozen(tmp_path, 300)
    server = Controller(Refusing(takes), hostname="127.0.0.1", port=unused())
    server.start()
    try:
        with Store.opened(tmp_path) as store, pytest.raises(PipelineError, match="all refused"):
            run(store, job(tmp_path, send, smtp(server.port), 4), lambda _: None)
    finally:
        server.stop()
    now = Counter(states(tmp_path, send).values())
    assert now["sent"] == takes
    assert now["queued"] + now["failed"] == 300 - takes
    assert 50 <= now["failed"] < 60


PHASES = ["connect", "EHLO", "MAIL", "RCPT", "DATA", "."]
REPLIES = ["421 go", "450 later", "451 later", "452 full", "500 what", "550 no", "552 large", "554 no", "\x7fgarbage",
           "close", "close without a word", "hang", "half a line", "multi", "354 odd"]  # fmt: skip


class Faulty(threading.Thread):
    """An SMTP server that does one thing wrong, at the n-th time of one phase, and tells what it has accepted."""

    def __init__(self, phase: str, reply: str, position: int) -> None:
        super().__init__(daemon=True)
        self.phase, self.reply, self.position = phase, reply, position
        self.seen = 0
        self.accepted: list[str] = []
        self.refused: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def run(self) -> None:
        """Serves one client after the other until it is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(5)
                    self._serve(connection)

    def stop(self) -> None:
        """Takes no more clients."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        to, data = "", False
        if not self._say(connection, "connect", "220 hello"):
            return
        for line in lines:
            if data:
                if line == b".\r\n":
                    data = False
                    if not self._say(connection, ".", "250 OK", to):
                        return
                continue
            word = line[:4].decode().strip()
            if word == "RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
            usual = {"EHLO": "250-faulty\r\n250 SIZE", "DATA": "354 go on", "QUIT": "221 bye"}.get(word, "250 OK")
            said = self._say(connection, word, usual, to)
            if not said or word == "QUIT":
                return
            data = word == "DATA" and said.startswith("354")

    def _say(self, connection: socket.socket, phase: str, usual: str, to: str = "") -> str:
        """The usual reply, or at its time the faulty one; empty where the connection is over."""
        here = phase == self.phase
        self.seen += here
        faulty = here and self.seen == self.position
        reply = self.reply if faulty else usual
        if phase == "." and reply.startswith("250"):
            self.accepted.append(to)
        if faulty and phase in ("MAIL", "RCPT", "DATA", ".") and reply[:1] == "5":
            self.refused.append(to)
        if faulty and reply == "hang":
            with contextlib.suppress(OSError):
                connection.recv(1 << 16)  # until the client has enough
            return ""
        if faulty and reply.startswith("close"):
            if reply == "close":
                connection.sendall(b"421 bye\r\n" if phase != "." else b"")
            return ""
        if faulty and reply == "half a line":
            connection.sendall(b"25")
            return ""
        if faulty and reply == "multi":
            reply = "450-one\r\n450-two\r\n450 three"
        connection.sendall(f"{reply}\r\n".encode("latin-1"))
        return "" if reply.startswith("421") else reply


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("reply", REPLIES)
def test_a_faulty_server_loses_nobody(phase: str, reply: str, tmp_path: Path) -> None:
    """Whatever a server does wrong at the first, a middle or the last message: nobody is lost, nobody has it twice.

    Only who was refused for good has failed; uncertain is somebody only where there was no answer to the final dot.
    """
    for position in (1, 2, 4):
        root = tmp_path / str(position)
        root.mkdir()
        send = frozen(root, 4)
        server = Faulty(phase, reply, position)
        server.start()
        with Store.opened(root) as store:
            for _ in range(3):
                with contextlib.suppress(Unreachable):
                    tally = run(store, job(root, send, smtp(server.port, timeout=0.15)), lambda _: None)
                    break
        server.stop()
        now = states(root, send)
        told = f"{phase} {reply} {position}: {now} {server.accepted}"
        assert len(server.accepted) == len(set(server.accepted)), told
        uncertain = {address for address, state in now.items() if state == "uncertain"}
        failed = {address for address, state in now.items() if state == "failed"}
        assert {address for address, state in now.items() if state == "sent"} == set(server.accepted), told
        assert set(now) == set(server.accepted) | uncertain | failed, told
        assert failed <= set(server.refused) or phase == "MAIL", told
        assert len(failed) <= len(server.refused), told
        assert not uncertain or phase == ".", told
        assert len(uncertain) + len(failed) <= 1, told
        assert sum(tally.values()) == 4
