"""Questions to DNS, each bounded in time and asked once; the one home of dnspython."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import NoReturn

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

__all__ = ["Broken", "Names", "Silent"]

_SECONDS = 3.0
_PATIENCE = 2  # questions without an answer, after which none is asked any more


class Silent(Exception):
    """No name server has answered: nothing is known."""


class Broken(Exception):
    """A name server says that it cannot tell, as it will tell the readers' servers, too."""


class Names:
    """What DNS says; an answer that there is nothing is an empty one. Each question raises Silent or Broken."""

    def __init__(self, server: str = "") -> None:
        """`server` is a name server's address, with a port behind a # where it is not 53; empty for the system's."""
        self.answered = False
        self._unanswered = 0
        self._resolver: dns.resolver.Resolver | None = None
        with contextlib.suppress(dns.resolver.NoResolverConfiguration):
            self._resolver = dns.resolver.Resolver(configure=not server)
        if server and self._resolver:
            address, _, port = server.partition("#")
            self._resolver.nameservers = [address]
            self._resolver.port = int(port or 53)
        self._ask: Callable[[str, str], tuple[str, ...]] = functools.lru_cache(self._asked)

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records, each of its strings put together."""
        return self._ask(name, "TXT")

    def addresses(self, name: str) -> tuple[str, ...]:
        """The addresses of a host, IPv4 before IPv6."""
        return self._ask(name, "A") + self._ask(name, "AAAA")

    def exchanges(self, name: str) -> tuple[str, ...]:
        """The hosts that take mail for a domain, without their closing dot; `` for that which says that none does."""
        return self._ask(name, "MX")

    def _asked(self, name: str, kind: str) -> tuple[str, ...]:
        if self._resolver is None or self._unanswered >= _PATIENCE:
            raise Silent("no name server answers here")
        try:
            answer = self._resolver.resolve(name, kind, search=False, raise_on_no_answer=False, lifetime=_SECONDS)
        except dns.resolver.NXDOMAIN:
            self.answered = True
            return ()
        except (dns.exception.DNSException, OSError, ValueError) as error:
            self._failed(name, error)
        self.answered = True
        if answer.rrset is None:
            return ()
        return tuple(_text(record, kind) for record in answer.rrset)

    def _failed(self, name: str, error: Exception) -> NoReturn:
        if isinstance(error, dns.resolver.NoNameservers):
            said = ", ".join(sorted({str(each[3]) for each in error.kwargs.get("errors", ())}))
            if any(word in said for word in ("SERVFAIL", "REFUSED", "FORMERR", "NOTIMP")):
                self.answered = True
                raise Broken(f"DNS cannot tell of {name}: {said[:100]}") from None
        if isinstance(error, dns.name.LabelTooLong | dns.name.EmptyLabel | dns.name.NameTooLong | ValueError):
            raise Broken(f"{name} can be no name in DNS") from None
        self._unanswered += 1
        raise Silent(f"DNS did not answer for {name}") from None


def _text(record: object, kind: str) -> str:
    if kind == "TXT":
        return b"".join(getattr(record, "strings", ())).decode("utf-8", "replace")
    if kind == "MX":
        return str(getattr(record, "exchange", "")).removesuffix(".").lower()
    return str(record)
