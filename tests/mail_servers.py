"""Every transport, and what arrives by it: servers of aiosmtpd, a program for sendmail, a Maildir."""

from __future__ import annotations

import contextlib
import ssl
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as Received
from deliveries import unused

from pipeline.deliver.transport import Transport
from pipeline.deliver.transports.maildir import Maildir
from pipeline.deliver.transports.sendmail import Sendmail
from pipeline.deliver.transports.smtp import Smtp
from pipeline.model import SmtpSettings

__all__ = ["KINDS", "SECRET", "Kept", "aiosmtpd", "case", "client"]

KINDS = ["maildir", "sendmail", "none", "starttls", "tls"]
"""A Maildir, the `sendmail` program, and SMTP in clear, by STARTTLS and by TLS."""

CA = trustme.CA()
SECRET = "correct horse"


class Kept:
    """What a server of aiosmtpd was given: sender, recipient and message of each."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Received) -> str:  # noqa: N802
        """Keeps it and says so."""
        content = envelope.original_content or b""
        self.messages.append((envelope.mail_from or "", envelope.rcpt_tos[0], content))
        return "250 OK"


def authenticated(
    server: SMTP, session: Session, envelope: Received, mechanism: str, data: LoginPassword
) -> AuthResult:
    """Lets those in who know the password."""
    return AuthResult(success=(data.login, data.password) == (b"news", SECRET.encode()), handled=False)


@contextlib.contextmanager
def aiosmtpd(security: str, **given: object) -> Iterator[tuple[int, Kept]]:
    """A server of aiosmtpd with a certificate for 127.0.0.1, which wants the password where it is secured."""
    kept, context = Kept(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("127.0.0.1").configure_cert(context)
    secured = {"authenticator": authenticated, "auth_required": True} if security != "none" else {}
    if security == "starttls":
        secured |= {"tls_context": context, "require_starttls": True}
    if security == "tls":
        secured |= {"ssl_context": context, "auth_require_tls": False}  # it has TLS already
    server = Controller(kept, hostname="127.0.0.1", port=unused(), **{"enable_SMTPUTF8": True, **secured, **given})
    server.start()
    try:
        yield server.port, kept
    finally:
        server.stop()


def trusting() -> ssl.SSLContext:
    """Trusts the tests' own authority."""
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


def client(port: int, security: str, secret: str = SECRET) -> Smtp:
    """A session as the settings of a publication make it."""
    user = "" if security == "none" else "news"
    settings = SmtpSettings(host="127.0.0.1", port=port, security=security, user=user, timeout=5.0)
    return Smtp(settings, secret, context=trusting())


Case = tuple[Transport, Callable[[], list[tuple[str, str, bytes]]]]


@contextlib.contextmanager
def case(kind: str, root: Path) -> Iterator[Case]:
    """A transport, and what arrived by it: sender, recipient and message in CRLF."""
    if kind == "maildir":
        yield (
            Maildir(root / "mail"),
            lambda: [("", "", path.read_bytes().replace(b"\n", b"\r\n")) for path in (root / "mail/new").iterdir()],
        )
    elif kind == "sendmail":
        program = root / "sendmail"
        program.write_text(
            f"#!{sys.executable}\nimport sys, os, uuid\nassert sys.argv[1] == '-i' and sys.argv[4] == '--'\n"
            f"path = {str(root)!r} + '/got-' + uuid.uuid4().hex\n"
            "open(path, 'wb').write(b'\\0'.join([*map(os.fsencode, sys.argv[3::2]), sys.stdin.buffer.read()]))\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

        def got() -> list[tuple[str, str, bytes]]:
            parts = [path.read_bytes().split(b"\0", 2) for path in root.glob("got-*")]
            return [(one.decode(), two.decode(), three.replace(b"\n", b"\r\n")) for one, two, three in parts]

        yield Sendmail([str(program)]), got
    else:
        with aiosmtpd(kind) as (port, kept):
            yield client(port, kind), lambda: kept.messages
