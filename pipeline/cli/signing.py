"""Signatures where the settings name keys: what they need is loaded then alone."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.cli.extras import extra
from pipeline.deliver.letter import Letter
from pipeline.model import Publication
from pipeline.project import Project

__all__ = ["signing"]


def signing(settings: Publication, project: Project) -> Callable[[Letter], Letter]:
    """What has each copy of a message signed. Raises PipelineError where a key or its library cannot be used."""
    if not settings.email.dkim:
        return lambda plain: plain
    with extra("mail"):
        from pipeline.deliver.dkim import opened, signed
    keys = [opened(one, project.root) for one in settings.email.dkim]
    return lambda plain: signed(plain, keys)
