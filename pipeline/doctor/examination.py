"""The whole examination: the sender's domain, who vouches for the mail, the server, the way to leave."""

from __future__ import annotations

import datetime
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.deliver.dkim import Key
from pipeline.deliver.sending import transport_name
from pipeline.doctor.authentication import Identity, Vouched, dkim, dmarc, signatures, spf
from pipeline.doctor.diagnosis import Diagnosis
from pipeline.doctor.leaving import leaving
from pipeline.doctor.names import Broken, Names, Silent
from pipeline.doctor.secrecy import secrecy
from pipeline.doctor.server import server
from pipeline.fetch import Policy
from pipeline.model import Publication
from pipeline.render.headers import mailbox, sender

__all__ = ["Case", "examine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A publication and what it is examined with: its keys, its server's password, a token of nobody, the web."""

    root: Path
    settings: Publication
    keys: tuple[Key, ...]
    secret: str
    token: str
    policy: Policy
    names: Names


def examine(case: Case, now: datetime.datetime, told: Diagnosis) -> None:
    """Tells all that is wrong, and what could not be asked; nothing is changed by it, anywhere."""
    settings = case.settings
    who = _identity(case)
    secrecy(case.root, settings, told)
    _authentication(who, case.names, told)
    told.online = case.names.answered
    if transport_name(settings) == "smtp" and settings.smtp.host:
        try:
            server(settings.smtp, case.secret, now, told)
        except OSError as error:
            _unreachable(f"{settings.smtp.host}:{settings.smtp.port}", error, told)
    elif transport_name(settings) == "maildir":
        told.note(
            "transport", "email", "nothing leaves this machine yet: set smtp.host, or email.transport to sendmail"
        )
    leaving(settings.email.unsubscribe_url, case.token, case.policy, told)


def _authentication(who: Identity, names: Names, told: Diagnosis) -> None:
    """Asks one thing after the other; what cannot be known is taken for good."""

    def asked(question: Callable[[], bool | None]) -> bool:
        try:
            return question() is not False
        except (Silent, Broken) as error:
            _not_asked(error, names, told)
            return True

    asked(lambda: _domains(who, names, told))
    holds = asked(lambda: spf(who, names, told))
    signatures(who, holds, told)
    good = [
        key.domain
        for at, key in enumerate(who.keys)
        if asked(lambda key=key, at=at: dkim(key, f"email.dkim.{at}", names, told))  # type: ignore[misc]
    ]
    vouched = Vouched(spf=who.envelope if holds else "", dkim=tuple(good))
    asked(lambda: dmarc(who, names, told, vouched))


def _identity(case: Case) -> Identity:
    settings = case.settings
    who = sender(settings)
    bounces = settings.email.bounces
    named = settings.smtp.host != "localhost" and not settings.smtp.host.replace(".", "").isdigit()
    return Identity(
        sender=who.address,
        domain=who.domain,
        envelope=mailbox(bounces, "email.bounces").domain if bounces else who.domain,
        envelope_setting="email.bounces" if bounces else "email.from",
        server=settings.smtp.host if named and transport_name(settings) == "smtp" else "",
        keys=case.keys,
    )


def _domains(who: Identity, names: Names, told: Diagnosis) -> None:
    """Whether answers and bounces can arrive (RFC 5321, section 5.1; RFC 7505)."""
    for domain, setting in {who.envelope: who.envelope_setting, who.domain: "email.from"}.items():
        hosts = names.exchanges(domain)
        if hosts == ("",):
            told.error("domain", setting, f"{domain} takes no mail (a null MX): many refuse mail from there")
        elif not hosts and not names.addresses(domain):
            told.error("domain", setting, f"{domain} has neither MX nor address in DNS: many refuse mail from there")
        elif hosts and not any(names.addresses(host) for host in hosts):
            told.error("domain", setting, f"the MX of {domain} has no address: neither answers nor bounces arrive")


def _not_asked(error: Silent | Broken, names: Names, told: Diagnosis) -> None:
    if isinstance(error, Broken):
        told.error("dns", "email", f"{error}: the servers of your readers will see the same")
    else:
        told.note("not-asked", "email", f"{error}{'' if names.answered else ': is this machine online?'}")


def _unreachable(name: str, error: OSError, told: Diagnosis) -> None:
    said = (error.strerror or str(error) or type(error).__name__).lower()
    if isinstance(error, socket.gaierror | TimeoutError) and not told.online:
        told.note("not-asked", "smtp.host", f"{name} could not be asked: {said}")
    else:
        told.error("server", "smtp.host", f"{name} cannot be reached: {said}")
