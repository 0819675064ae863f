"""When two entries are of the same thing: addresses to identities, titles to relations, both to verdicts."""

from pipeline.identity.urls import RULES_VERSION, Identity, identify

__all__ = ["RULES_VERSION", "Identity", "identify"]
