"""An address taken apart for asking: which host, which port, and what to ask it for."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from pipeline.fetch.answer import Failure, Trouble

__all__ = ["Target", "target"]

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_KEPT = "!#$%&'()*+,/:;=?@[]~"

# Below 1024 only the web's own ports, and above it none at which something else listens that takes HTTP for its own
# words: the list of "bad ports" of the Fetch standard.
_NOT_WEB = frozenset(
    (1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to ask whom: `host` is a name in ASCII or a literal address without brackets; `path` has the query, too."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as the `Host` header names it (RFC 9110, 7.2)."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def target(url: str) -> Target | Failure:
    """The target of an address; a Failure where it is none of the web's. Credentials and fragment are left out."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS:
            return _failure("is no address of the web", Trouble.EXCLUDED)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:  # a UnicodeError is one
        return _failure("names no host that can be")
    port = _PORTS[parts.scheme] if port is None else port
    if port not in _PORTS.values() and (port < 1024 or port in _NOT_WEB):
        return _failure(f"names port {port}, which is not the web's", Trouble.EXCLUDED)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port, path=quote(path, safe=_KEPT, errors="replace"))


def _host(written: str) -> str:
    """The host in the form that is looked up. Raises ValueError where there is none, or none that can be."""
    if ":" in written:
        return str(ipaddress.IPv6Address(written))
    name = unquote(written).encode("idna").decode("ascii").lower().removesuffix(".")
    if not _HOST.fullmatch(name):
        raise ValueError(name)
    return name


def _failure(reason: str, trouble: Trouble = Trouble.ERROR) -> Failure:
    return Failure(trouble=trouble, reason=reason)
