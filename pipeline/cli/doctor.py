"""`publish doctor`."""

from __future__ import annotations

import datetime

import click

from pipeline.cli.extras import extra
from pipeline.cli.fetching import policy
from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.deliver.tokens import KEY_FILE, Keys
from pipeline.deliver.transports.smtp import password
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.model import Location
from pipeline.project import SETTINGS, Project, publication
from pipeline.read.source import Report, decoded
from pipeline.read.yaml import Node, Pairs, parsed

__all__ = ["command"]

_PAGE = 100_000
_NOBODY = 0
"""The number that no list and no subscriber has."""


@click.command("doctor", short_help="Look at what stands between your mail and its readers.")
@click.option(
    "--dns", "name_server", metavar="ADDRESS", default="", help="Ask this name server; 192.0.2.1#5353 for a port."
)
@click.option("--allow-network", "allowed", multiple=True, metavar="NETWORK", help="Go there, though it is private.")
@output_options
def command(name_server: str, allowed: tuple[str, ...], project: Project, output: Output) -> None:
    """Look at SPF, DKIM, DMARC, your domain, the server that takes your mail, and the way to leave; change nothing.

    On standard output stands what belongs into DNS, ready to paste. What cannot be asked, as offline, is said. Exit 1
    where something will make mail fail.
    """
    with extra("mail"):
        from pipeline.deliver.dkim import opened
        from pipeline.doctor.diagnosis import Diagnosis
        from pipeline.doctor.examination import Case, examine
        from pipeline.doctor.names import Names
    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    try:
        names = Names(name_server)
    except ValueError:
        raise click.BadParameter(f"“{name_server}” is no address such as 192.0.2.1.", param_hint="--dns") from None
    told = Diagnosis(_tree(project))
    case = Case(
        root=project.root,
        settings=settings,
        keys=tuple(opened(one, project.root) for one in settings.email.dkim),
        secret=password(settings.smtp, project.root),
        token=_token(project),
        policy=policy(settings, allowed, size=_PAGE),
        names=names,
    )
    examine(case, datetime.datetime.now(datetime.UTC), told)
    records = [_as_finding(record) for record in told.records] if output.form != "text" else []
    output.findings([*told.findings, *records])
    if told.records:
        output.say("into DNS:")
    for record in told.records:
        output.say(printable(record))
    if not told.findings:
        output.say("all is well")
    if any(finding.severity is Severity.ERROR for finding in told.findings):
        raise click.exceptions.Exit(1)


def _tree(project: Project) -> Node:
    """newsletter.yaml as it was written, for the places of its settings; it was read without an error before."""
    source = decoded(SETTINGS, (project.root / SETTINGS).read_bytes(), Report())
    return (source and parsed(source, Report())) or Pairs(pairs=(), location=Location(path=SETTINGS))


def _token(project: Project) -> str:
    """The unsubscribe token of nobody, by the publication's own keys where there are any; none is made for it."""
    keys = Keys.opened(project.root) if (project.root / KEY_FILE).exists() else Keys(keys=(b"which prove nothing",))
    return keys.token(_NOBODY, _NOBODY)


def _as_finding(record: str) -> Finding:
    where = Location(path=SETTINGS)
    return Finding(location=where, severity=Severity.NOTE, rule="dns-record", message=f"into DNS: {record}")
