"""What was found, each with the setting that it is about, and the records that belong into DNS."""

from __future__ import annotations

from pipeline.findings import Finding, Severity
from pipeline.model import Location
from pipeline.read.yaml import Items, Node, Pairs

__all__ = ["Diagnosis", "zone_line"]

_STRING = 255  # bytes of one string of a TXT record (RFC 1035, section 3.3)


class Diagnosis:
    """Findings and records in the order in which they were told; `settings` is the tree of newsletter.yaml.

    `online` says that somebody out there has answered.
    """

    def __init__(self, settings: Node) -> None:
        self.findings: list[Finding] = []
        self.records: list[str] = []
        self.online = False
        self._settings = settings

    def error(self, rule: str, setting: str, message: str) -> None:
        """Tells of what makes mail fail; `setting` is a path such as `email.from`."""
        self._tell(Severity.ERROR, rule, setting, message)

    def warning(self, rule: str, setting: str, message: str) -> None:
        """Tells of what may."""
        self._tell(Severity.WARNING, rule, setting, message)

    def note(self, rule: str, setting: str, message: str) -> None:
        """Tells of what an editor may want to know, and of what could not be asked."""
        self._tell(Severity.NOTE, rule, setting, message)

    def put(self, name: str, text: str) -> None:
        """Tells of a record that belongs into DNS."""
        self.records.append(zone_line(name, text))

    def _tell(self, severity: Severity, rule: str, setting: str, message: str) -> None:
        where = self._place(setting)
        finding = Finding(location=where, severity=severity, rule=rule, message=message)
        if finding not in self.findings:
            self.findings.append(finding)

    def _place(self, setting: str) -> Location:
        """Where a setting stands, or the last of what leads to it that is there."""
        node, found = self._settings, Location(path=self._settings.location.path)
        for name in setting.split("."):
            if isinstance(node, Items) and name.isdigit() and int(name) < len(node.items):
                node = node.items[int(name)]
                found = node.location
                continue
            pair = (
                next((pair for pair in node.pairs if pair[0].value == name), None) if isinstance(node, Pairs) else None
            )
            if pair is None:
                break
            found, node = pair[0].location, pair[1]
        return found


def zone_line(name: str, text: str) -> str:
    """A TXT record as a zone file has it; a long one in several strings, which belong together."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    strings = [f'"{quoted[at : at + _STRING]}"' for at in range(0, len(quoted), _STRING)]
    return f"{name}. IN TXT {' '.join(strings)}"
