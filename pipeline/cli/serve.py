"""`publish serve`."""

from __future__ import annotations

import click

from pipeline.cli.extras import extra
from pipeline.cli.options import Output, output_options
from pipeline.project import Project

__all__ = ["command"]


@click.command("serve", short_help="Show the site and every edition while you write.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 is any that is free.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where others may come from: 0.0.0.0, with a token."
)
@click.option("--open", "opened", is_flag=True, help="Open the desk in your browser.")
@output_options
def command(*, port: int, host: str, opened: bool, project: Project, output: Output) -> None:
    """Show the site and every edition while you write: what you save is in the browser at once.

    The desk shows the email as telephones and desktops do, by day, by night and without images, its text, its source
    and its size, what publish check finds, and what changed since the last issue; it puts links into the inbox or an
    issue. Nothing is written to out/. It is there for this machine alone, unless --host says otherwise: whoever has
    the address with its token may then look, and add links.
    """
    with extra("web"):
        from pipeline.serve.run import serve

    def ready(url: str) -> None:
        click.echo(url)
        output.hint("Ctrl-C ends it.")
        if opened:
            click.launch(url)

    serve(project, host, port, ready)
