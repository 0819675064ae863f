"""The server that takes the mail: whether it answers, is who it says, and lets us in."""

from __future__ import annotations

import datetime
import ipaddress
import smtplib
import ssl

from pipeline.doctor.diagnosis import Diagnosis
from pipeline.model import SmtpSettings

__all__ = ["server"]

_SECONDS = 10.0
_SOON = datetime.timedelta(days=14)


def server(settings: SmtpSettings, secret: str, now: datetime.datetime, told: Diagnosis) -> None:
    """Tells what is wrong with the server, without giving it a message. Raises OSError of the network."""
    context = ssl.create_default_context()
    name = f"{settings.host}:{settings.port}"
    try:
        with _connected(settings, context) as smtp:
            smtp.ehlo_or_helo_if_needed()
            if settings.security == "starttls":
                if not smtp.has_extn("starttls"):
                    told.error("tls", "smtp.security", f"{name} offers no STARTTLS: ask for its port with TLS")
                    return
                smtp.starttls(context=context)
                smtp.ehlo_or_helo_if_needed()
            if isinstance(smtp.sock, ssl.SSLSocket):
                _certificate(smtp.sock, name, now, told)
            elif not _here(settings.host):
                told.warning("tls", "smtp.security", f"{name} gets your mail unencrypted: set security: starttls")
            if settings.user:
                smtp.login(settings.user, secret)
    except ssl.SSLCertVerificationError as error:
        told.error("tls", "smtp.host", f"the certificate of {name} does not hold: {error.verify_message}")
    except ssl.SSLError as error:
        told.error("tls", "smtp.security", f"{name} speaks no TLS on this port: {error.reason or 'it broke off'}")
    except smtplib.SMTPAuthenticationError as error:
        told.error("login", "smtp.user", f"{name} does not let “{settings.user}” in: {error.smtp_code}")
    except smtplib.SMTPNotSupportedError:
        told.error("login", "smtp.user", f"{name} has no log-in that is known here")
    except smtplib.SMTPException as error:
        told.error("server", "smtp.host", f"{name} is no mail server that takes ours: {type(error).__name__}")


def _connected(settings: SmtpSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_SECONDS, context=context)
    return smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS)


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _certificate(connection: ssl.SSLSocket, name: str, now: datetime.datetime, told: Diagnosis) -> None:
    ends = str((connection.getpeercert() or {}).get("notAfter", ""))
    if not ends:
        return
    until = datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), datetime.UTC)
    if until - now < _SOON:
        told.warning("tls", "smtp.host", f"the certificate of {name} ends on {until:%Y-%m-%d}")
