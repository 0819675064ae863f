"""The publication's word on how bad a finding is: by rule, and by section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pipeline.check.subjects import Subjects
from pipeline.findings import Finding, Severity
from pipeline.model import Issue, RuleSetting

__all__ = ["judged"]


def judged(
    findings: Iterable[Finding], issues: Iterable[Issue], settings: Mapping[str, RuleSetting]
) -> Iterator[Finding]:
    """The findings as bad as the settings make them, without those that are off; `issues` are those told of.

    A section's word goes before the rule's. Findings of rules that are not set, and of what is no editorial rule,
    pass as they are.
    """
    subjects = Subjects(issues if any(setting.sections for setting in settings.values()) else ())
    for finding in findings:
        setting = settings.get(finding.rule)
        if setting is None:
            yield finding
            continue
        section = subjects.at(finding.location).section if setting.sections else ""
        level = setting.sections.get(section) or setting.severity or finding.severity
        if level != "off":
            yield replace(finding, severity=Severity(level))
