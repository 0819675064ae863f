"""SPF, DKIM and DMARC: whether a receiver can tell that a message is yours (RFC 7208, RFC 6376, RFC 7489)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.deliver.dkim import Key, bits
from pipeline.doctor.diagnosis import Diagnosis
from pipeline.doctor.names import Names
from pipeline.doctor.spf import examined, records

__all__ = ["Identity", "Vouched", "dkim", "dmarc", "signatures", "spf"]

_PROVIDERS: Mapping[str, str] = {
    "amazonaws.com": "amazonses.com",
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
    "mailgun.org": "mailgun.org",
    "messagingengine.com": "spf.messagingengine.com",
    "fastmail.com": "spf.messagingengine.com",
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "sendgrid.net": "sendgrid.net",
}
"""What senders by a large service include, by the end of its server's name."""

_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a publication says that it is: the domains of `From` and of the envelope, its keys, and its server's name."""

    sender: str
    domain: str
    envelope: str
    envelope_setting: str
    server: str
    keys: tuple[Key, ...]


def signatures(who: Identity, spf: bool, told: Diagnosis) -> None:
    """Tells which keys are missing; `spf` says that SPF vouches for the mail. Asks nobody."""
    if not who.keys:
        tell = told.warning if spf else told.error
        tell("dkim", "email", "nothing here signs your mail: set email.dkim, unless the service that sends it signs")
    elif not any(key.algorithm.startswith("rsa") for key in who.keys):
        told.warning("dkim", "email.dkim", "not all services understand Ed25519 yet: add an RSA key beside it")


def spf(who: Identity, names: Names, told: Diagnosis) -> bool:
    """Whether the envelope's domain has a record that can be read. Raises Silent or Broken."""
    found = records(names, who.envelope)
    if len(found) != 1:
        message = f"{who.envelope} has {len(found) or 'no'} SPF record{'s' * (len(found) > 1)}"
        if found:
            told.error("spf", who.envelope_setting, f"{message}, and with more than one none counts: put them into one")
            return False
        tell = told.warning if who.keys else told.error
        tell("spf", who.envelope_setting, f"{message}: nothing says who may send for it")
        told.put(who.envelope, f"v=spf1 {_own(who)} ~all")
        return False
    held = examined(names, who.envelope, found[0])
    for problem in held.problems:
        told.error("spf", who.envelope_setting, f"the SPF record of {who.envelope} does not hold: {problem}")
    if held.everyone:
        told.warning(
            "spf", who.envelope_setting, f"the SPF record of {who.envelope} lets everybody send: end it in ~all"
        )
    addresses = names.addresses(who.server) if who.server else ()
    if addresses and not (held.problems or held.unclear or held.allows(addresses)):
        message = f"{who.server} ({addresses[0]}) may not send for {who.envelope}, as its SPF record says"
        told.warning("spf", "smtp.host", f"{message}: add it if it hands your mail out itself")
        told.put(who.envelope, found[0].replace("v=spf1", f"v=spf1 {_own(who)}", 1))
    return not held.problems


def _own(who: Identity) -> str:
    """The term of SPF that lets the publication's own server send."""
    provider = next((spf for end, spf in _PROVIDERS.items() if f".{who.server}".endswith(f".{end}")), "")
    if provider:
        return f"include:{provider}"
    return f"a:{who.server}" if who.server else "a mx"


def dkim(key: Key, setting: str, names: Names, told: Diagnosis) -> bool:
    """Whether DNS tells of the key that signs. Raises Silent or Broken."""
    name = f"{key.selector}._domainkey.{key.domain}"
    length = bits(key.public)
    if length and length < _BITS:
        told.warning(
            "dkim", setting, f"the key has {length} bits, which is short: make one of {_BITS} under a new selector"
        )
    found = names.texts(name)
    said = ""
    if not found:
        said = f"{name} is not in DNS"
    elif len(found) > 1:
        said = f"{name} has {len(found)} records, of which a receiver may take any: leave one"
    else:
        tags = _tags(found[0])
        there = re.sub(r"\s", "", tags.get("p", ""))
        if "p" in tags and not there:
            said = f"{name} says that the key is withdrawn: p= is empty"
        elif there != key.public or tags.get("k", "rsa") != key.algorithm.partition("-")[0]:
            said = f"{name} has another key than the one that signs"
        elif tags.get("v", "DKIM1") != "DKIM1":
            said = f"{name} is no record of DKIM: it must begin with v=DKIM1"
        elif "y" in tags.get("t", "").split(":"):
            told.note("dkim", setting, f"{name} says that DKIM is only tried (t=y): take that away when it works")
    if said:
        told.error("dkim", setting, f"{said}: every signature fails")
        told.put(name, key.record)
    return not said


def _tags(record: str) -> dict[str, str]:
    """The tags of a record of DKIM or DMARC (RFC 6376, section 3.2)."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, mark, value in pairs if mark}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """The domains for which SPF and DKIM hold, as far as DNS could be asked."""

    spf: str
    dkim: tuple[str, ...]


def dmarc(who: Identity, names: Names, told: Diagnosis, vouched: Vouched) -> None:
    """Tells whether what vouches for the mail does so in the name of `From`. Raises Silent or Broken."""
    top, found = _policy(who.domain, names)
    if not found:
        told.warning(
            "dmarc", "email.from", f"{who.domain} has no DMARC record, which large services ask of newsletters"
        )
        told.put(f"_dmarc.{who.domain}", f"v=DMARC1; p=none; rua=mailto:{who.sender}")
        return
    if len(found) > 1:
        told.error("dmarc", "email.from", f"_dmarc.{top} has {len(found)} records, so that none counts: leave one")
        return
    tags = _tags(found[0])
    policy = tags.get("p", "").lower()
    if top != who.domain:
        policy = tags.get("sp", policy).lower()
    if policy not in ("none", "quarantine", "reject"):
        told.error(
            "dmarc", "email.from", f"the DMARC record at _dmarc.{top} has no policy: p=none, quarantine or reject"
        )
        return
    if policy == "none":
        message = "asks nobody to refuse mail that others send in your name: p=quarantine when all of yours passes"
        told.note("dmarc", "email.from", f"the DMARC record at _dmarc.{top} {message}")
    passes = [_aligned(one, who.domain, top, tags.get("adkim", "r")) for one in vouched.dkim]
    passes.append(bool(vouched.spf) and _aligned(vouched.spf, who.domain, top, tags.get("aspf", "r")))
    if not any(passes):
        tell = told.warning if policy == "none" else told.error
        message = f"neither a signature nor SPF is in the name of {who.domain}: DMARC (p={policy}) fails"
        tell("dmarc", "email.from", f"{message}; set email.dkim with this domain")


def _policy(domain: str, names: Names) -> tuple[str, list[str]]:
    """The domain, this one or one above it, that has a DMARC record, and its records."""
    labels = domain.split(".")
    for at in range(max(len(labels) - 1, 1)):
        name = ".".join(labels[at:])
        found = [text for text in names.texts(f"_dmarc.{name}") if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text)]
        if found:
            return name, found
    return domain, []


def _aligned(one: str, domain: str, top: str, mode: str) -> bool:
    """Whether a domain stands for that of `From` (RFC 7489, section 3.1), where `top` is that of the organisation."""
    return one == domain if mode.lower() == "s" else one == top or one.endswith(f".{top}") or domain.endswith(f".{one}")
