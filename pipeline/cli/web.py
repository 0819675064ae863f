"""`publish web`."""

from __future__ import annotations

import datetime

import click

from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.project import Project

__all__ = ["command"]


@click.command("web", short_help="Serve the pages to subscribe and to leave by.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address of this machine to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--proxies",
    type=click.IntRange(0, 9),
    default=0,
    show_default=True,
    help="How many servers of yours stand before it, each adding to X-Forwarded-For.",
)
@output_options
def command(*, host: str, port: int, proxies: int, project: Project, output: Output) -> None:
    """Serve the pages by which readers subscribe, confirm, choose and leave, until Ctrl-C or SIGTERM.

    Needs `web: {url: https://…}` in newsletter.yaml, where readers reach it: put a web server with a certificate
    before it, see docs/web.md. It may run while issues are sent.
    """
    from pipeline.cli.extras import extra

    with extra("web"):
        from pipeline.http import server
        from pipeline.web.running import service

    from pipeline.cli.signing import signing
    from pipeline.errors import BadSource
    from pipeline.project import publication
    from pipeline.read.source import Report

    def tell(line: str) -> None:
        if not output.quiet:
            now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
            click.echo(printable(f"{now} {line}"), err=True)

    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    with service(project, settings, tell, proxies=proxies, signing=signing(settings, project)) as app:
        listens = server.listening(host, port)
        output.say(f"{settings.web.url}/subscribe at {server.address(listens)}")
        server.run(app, listens, patience=10)
