"""How commands go out to the web: under which name, and into which networks."""

from __future__ import annotations

import importlib.metadata
import ipaddress
import ssl
from collections.abc import Sequence

import click

from pipeline.errors import PipelineError
from pipeline.fetch import Network, Policy
from pipeline.model import Location, Publication

__all__ = ["policy"]


def policy(settings: Publication, allowed: Sequence[str], *, size: int) -> Policy:
    """Says to servers what asks them, and for whom; `allowed` are private networks, `size` the bytes of an answer.

    Raises PipelineError where this machine trusts nobody, and BadParameter where a network is none.
    """
    networks = tuple(_network(written) for written in allowed)
    paths = ssl.get_default_verify_paths()
    if not (paths.cafile or paths.capath):
        message = "this machine trusts no certificate at all: install ca-certificates"
        raise PipelineError.at(Location(path=""), "no-certificates", message)
    agent = f"publish-newsletter/{importlib.metadata.version('publish-newsletter')} (+{settings.url})"
    return Policy(agent=agent.encode("ascii", "replace").decode(), size=size, allowed=networks)


def _network(written: str) -> Network:
    try:
        return ipaddress.ip_network(written, strict=False)
    except ValueError:
        message = f"“{written}” is no network such as 10.0.0.0/8."
        raise click.BadParameter(message, param_hint="--allow-network") from None
