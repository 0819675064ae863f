"""When two entries are of the same thing: addresses to identities, titles to relations, both to verdicts."""

from pipeline.identity.relation import Relation, relate
from pipeline.identity.retrieval import grams, key_number, names
from pipeline.identity.urls import RULES_VERSION, Identity, identify, identity_key
from pipeline.identity.verdicts import Carried, Verdict, compare

__all__ = [
    "RULES_VERSION",
    "Carried",
    "Identity",
    "Relation",
    "Verdict",
    "compare",
    "grams",
    "identify",
    "identity_key",
    "key_number",
    "names",
    "relate",
]
