"""The terminal: arguments in, report out. A command's module is loaded when the command is called."""

from __future__ import annotations

import gc
import importlib

gc.disable()  # until a command's modules are there: none makes garbage, and looking for it is a tenth of the start

import click  # noqa: E402

__all__ = ["main"]

_COMMANDS = {
    "add": "Put a link into the inbox or an issue.",
    "bounces": "Read what came back, and mail those no more who are not there.",
    "build": "Make every edition of every issue.",
    "check": "Tell what an editor would want to know, and make nothing.",
    "deploy": "Put the site where readers find it.",
    "diff": "Tell what changed between two issues or two states of a list.",
    "doctor": "Look at what stands between your mail and its readers.",
    "fix": "Take tracking parameters out of your files.",
    "gather": "Read the feeds of others into the inbox.",
    "import": "Take over newsletters and lists that were made elsewhere.",
    "inbox": "List what waits for an issue, and sort it.",
    "init": "Make a publication that builds at once.",
    "new": "Make the next issue, with what waits in the inbox.",
    "seen": "Tell whether something was published, and where.",
    "send": "Mail an issue to its subscribers, once each.",
    "serve": "Show the site and every edition while you write.",
    "subscribers": "Keep the lists of those who get the newsletter.",
    "web": "Serve the pages to subscribe and to leave by.",
    "workflow": "Let GitHub check, build and publish.",
}

_MODULES = {"import": "import_"}
"""The modules whose commands have names that Python keeps for itself."""


class _Commands(click.Group):
    """The commands by name, each from a module of its own, so that `--help` loads none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"pipeline.cli.{_MODULES.get(cmd_name, cmd_name)}").command
        gc.freeze()
        gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As Click does, with the nearest command's name where there is none of this one."""
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            ctx.fail(f"No such command “{args[0]}”." + (f" Did you mean “{near[0]}”?" if near else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "root", metavar="DIR", default=".", help="The folder of the publication, instead of this one.")
@click.version_option(package_name="publish-newsletter", prog_name="publish")
@click.pass_context
def main(ctx: click.Context, root: str) -> None:
    """A dated folder of links goes in; every edition of your newsletter comes out."""
    ctx.obj = root
