"""SMTP (RFC 5321): smtplib's connection, and a dialogue of our own, which knows when the final dot was sent."""

from __future__ import annotations

import contextlib
import functools
import os
import smtplib
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.deliver.transport import Answer, Envelope, Outcome, Unreachable
from pipeline.model import Location, SmtpSettings

__all__ = ["Smtp", "password"]

_TROUBLE = (OSError, smtplib.SMTPException)  # also ssl.SSLError and timeouts
_GOES_AWAY = 421


class _Reply(NamedTuple):
    """A server's answer to one command; `of_sender` where that was MAIL, which tells nothing of the recipient."""

    code: int
    text: str
    of_sender: bool = False

    def answer(self, goes_away: Outcome = Outcome.LOST) -> Answer:
        """What it means for the recipient; `goes_away` where the server ends the session.

        That, and a 4.7 (RFC 3463: security or policy), is what senders get who are too fast for a domain.
        """
        said = f"{self.code} {self.text}"
        if self.code == _GOES_AWAY:
            return Answer(goes_away, said, slow=True)
        if self.code // 100 == 5:
            return Answer(Outcome.FAILED, said, judged=not self.of_sender)
        return Answer(Outcome.LATER, said, slow=self.text.startswith("4.7."), judged=not self.of_sender)


class Smtp:
    """One connection, used for message after message; STARTTLS is never given up where it was asked for."""

    def __init__(self, server: SmtpSettings, secret: str = "", *, context: ssl.SSLContext | None = None) -> None:
        self._server, self._secret = server, secret
        self._context = context
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connects, greets, secures and proves who asks. Raises Unreachable."""
        self.close()
        server = self._server
        try:
            self._smtp = smtp = self._connected()
            smtp.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                smtp.starttls(context=self._context or ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, self._secret)
            if smtp.sock:
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except _TROUBLE as error:
            self.close()
            where = Location(path=f"{server.host}:{server.port}")
            raise Unreachable.at(where, "unreachable", _words(error)) from None

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            context = self._context or ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout)

    def deliver(self, envelope: Envelope) -> Answer:
        """One transaction. Only what breaks behind the final dot is uncertain."""
        smtp = self._smtp
        if smtp is None:
            return Answer(Outcome.LOST, "no connection")
        international = not (envelope.recipient.isascii() and all(map(bytes.isascii, envelope.parts)))
        if international and not smtp.has_extn("smtputf8"):
            return Answer(Outcome.FAILED, "the server takes no international addresses (SMTPUTF8)")
        try:
            reply = self._introduced(smtp, envelope, " SMTPUTF8 BODY=8BITMIME" if international else "")
            if reply.code != 354:
                if reply.code == _GOES_AWAY:
                    self.close()
                else:
                    smtp.rset()
                return reply.answer()
            smtp.send(_dotted(envelope.parts))
        except _TROUBLE as error:
            self.close()
            return Answer(Outcome.LOST, _words(error))
        return self._ended(smtp)

    def _introduced(self, smtp: smtplib.SMTP, envelope: Envelope, options: str) -> _Reply:
        """The reply to DATA, or the first refusal before it; the three commands go out at once where they may."""
        size = f" SIZE={sum(map(len, envelope.parts))}" if smtp.has_extn("size") else ""
        commands = [f"MAIL FROM:<{envelope.sender}>{size}{options}", f"RCPT TO:<{envelope.recipient}>", "DATA"]
        if not smtp.has_extn("pipelining"):
            for command in commands:
                smtp.send(f"{command}\r\n".encode())
                reply = _reply(smtp, of_sender=command is commands[0])
                if reply.code // 100 not in (2, 3):
                    break
            return reply
        smtp.send("".join(f"{command}\r\n" for command in commands).encode())
        replies = [_reply(smtp, of_sender=command is commands[0]) for command in commands]
        refusal = next((reply for reply in replies[:2] if reply.code // 100 != 2), None)
        if refusal and replies[2].code == 354:  # RFC 2920, section 3.1: nobody is to get it, but it must be ended
            smtp.send(b".\r\n")
            _reply(smtp)
        return refusal or replies[2]

    def _ended(self, smtp: smtplib.SMTP) -> Answer:
        try:
            reply = _reply(smtp)
        except _TROUBLE as error:
            self.close()
            return Answer(Outcome.UNCERTAIN, f"after the final dot: {_words(error)}")
        if reply.code // 100 == 2:
            return Answer(Outcome.SENT, f"{reply.code} {reply.text}")
        if reply.code // 100 not in (4, 5):
            self.close()
            return Answer(Outcome.UNCERTAIN, f"after the final dot: {reply.code} {reply.text}")
        if reply.code == _GOES_AWAY:
            self.close()
        return reply.answer(Outcome.LATER)

    def accepted(self, envelope: Envelope) -> bool | None:
        """Nobody knows: SMTP has no such question."""
        return None

    def close(self) -> None:
        """Says good-bye where somebody listens."""
        smtp, self._smtp = self._smtp, None
        if smtp:
            with contextlib.suppress(*_TROUBLE):
                if smtp.sock:
                    smtp.sock.settimeout(1.0)
                    smtp.quit()
            smtp.close()


def _reply(smtp: smtplib.SMTP, *, of_sender: bool = False) -> _Reply:
    code, text = smtp.getreply()
    return _Reply(code, " ".join(text.decode("utf-8", "replace").split()), of_sender)


def _dotted(parts: Sequence[bytes]) -> bytes:
    """The message as it goes over the line: dots at the start of lines doubled, and the final one (section 4.5.2).

    No part begins or ends within the end of a line.
    """
    made, fresh = [], True
    for part in filter(None, parts):
        if fresh and part.startswith(b"."):
            made.append(b".")
        made.append(_doubled(part))
        fresh = part.endswith(b"\r\n")
    made.append(b".\r\n" if fresh else b"\r\n.\r\n")
    return b"".join(made)


@functools.lru_cache(maxsize=64)
def _doubled(part: bytes) -> bytes:
    """A part with the dots within it doubled: what all copies share is looked through once, not for each of them."""
    return part.replace(b"\r\n.", b"\r\n..")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return f"{error.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
    return str(error) or type(error).__name__


def password(server: SmtpSettings, root: Path) -> str:
    """The password out of the environment or the file that the settings name; raises Unreachable where it is not there.

    Quotes and white space around it are not part of it.
    """
    where = Location(path="newsletter.yaml")
    if server.password_env:
        found = os.environ.get(server.password_env, "")
        if not found:
            raise Unreachable.at(where, "password", f"the environment has no {server.password_env}")
    elif server.password_file:
        try:
            found = (root / Path(server.password_file).expanduser()).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unreachable.at(Location(path=server.password_file), "password", str(error)) from None
    else:
        found = ""
    return found.strip(" \t\r\n'\"")
