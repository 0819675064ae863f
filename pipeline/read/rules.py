"""The setting `rules:`: how bad the findings of the editorial rules are, in all sections and in some."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.model import RuleSetting
from pipeline.read.fields import Fields
from pipeline.read.yaml import Pairs
from pipeline.rules import LEVELS, RULES

__all__ = ["rule_settings"]


def rule_settings(fields: Fields) -> Mapping[str, RuleSetting]:
    """The rules that are set, by name: `no-note: off` or `no-note: {severity: warning, sections: {Events: off}}`."""
    rules = fields.pairs("rules", RULES)
    return {name: _setting(rules, name) for name in RULES if name in rules}


def _setting(rules: Fields, name: str) -> RuleSetting:
    if not isinstance(rules.node(name), Pairs):
        return RuleSetting(severity=_level(rules, name))
    both = rules.pairs(name, ("severity", "sections"))
    given = both.node("sections")
    places = {key.value: key.location for key, _ in given.pairs} if isinstance(given, Pairs) else {}
    sections = both.pairs("sections", places)
    return RuleSetting(
        severity=_level(both, "severity"),
        sections={title: _level(sections, title) for title in places if title in sections},
        places=places,
    )


def _level(fields: Fields, name: str) -> str:
    return fields.choice(name, LEVELS, "off") if name in fields else ""
