"""`publish init`."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import click

from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.errors import PipelineError
from pipeline.model import Location
from pipeline.project import SETTINGS, Project

__all__ = ["command"]

_SETTINGS = """\
title: {title}
url: {url}
language: {language}
# The name in the ids of your feeds, a domain or an email address that is yours. Before your first issue is out, set it
# and the url; afterwards the id must never change, not even when the site moves.
id: {id}

# description: What readers can expect, in one line.
# author: {{name: Your Name, email: you@example.org}}
# sections: [News, Tools, Papers]
# email:
#   from: My newsletter <news@example.org>
#   postal_address: Street 1, 12345 Town, Country
#   unsubscribe_url: https://example.org/leave
"""

_ISSUE = """\
# Hello, readers

What this newsletter is about, and how often it comes.

## Reading

### [The link's title](https://example.org/article)
* A line on why it is worth reading, with `code` where it helps.

[A shorter form](https://example.org/tool): a comment behind the colon, [source](https://example.org/source)
"""

_URL = "https://example.org"
_IGNORED = ".publish/\nout/\nvar/\n"


@click.command("init", short_help="Make a publication that builds at once.")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--title", help="The publication's title; the folder's name where it is not given.")
@click.option("--url", default=_URL, show_default=True, help="Where the site will stand.")
@click.option("--language", default="en", show_default=True, help="The language that readers see: en, zh-CN, …")
@output_options
def command(
    *, folder: Path | None, title: str | None, url: str, language: str, project: Project, output: Output
) -> None:
    """Make a publication that builds at once: newsletter.yaml, a first issue of today, .gitignore.

    What is there already stays as it is.
    """
    root = project.root / folder if folder else project.root
    if (root / SETTINGS).exists():
        raise PipelineError.at(Location(path=str(root / SETTINGS)), "exists", "there is a publication here already")
    host = urlsplit(url).hostname or ""
    if not re.match(r"https?://", url) or not host:
        raise click.BadParameter("must be a web address such as https://example.org", param_hint="--url")
    today = datetime.date.today()
    settings = _SETTINGS.format(
        title=_quoted(title or root.resolve().name.replace("-", " ").capitalize()),
        url=_quoted(url),
        language=_quoted(language),
        id=_quoted(host),
    )
    files = {f"issues/{today}/index.md": _ISSUE, ".gitignore": _IGNORED, SETTINGS: settings}
    for name, text in files.items():
        _write(root, name, text, output)
    where = "" if root.resolve() == Path.cwd() else f" -C {root}"
    if url == _URL:
        output.say(printable(f"Put the site's own address into {root / SETTINGS}: url and id"))
    output.say(printable(f"Next: publish{where} build {today}"))


def _quoted(text: str) -> str:
    """The text as YAML: bare where that says the same."""
    return text if re.fullmatch(r"[A-Za-z][\w ./-]*|https?://[\w./-]+", text) else json.dumps(text, ensure_ascii=False)


def _write(root: Path, name: str, text: str, output: Output) -> None:
    path = root / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        output.say(printable(f"{path} is there already: left as it is"))
    except OSError as error:
        raise PipelineError.at(Location(path=str(path)), "unwritable", (error.strerror or str(error)).lower()) from None
    else:
        output.say(printable(f"{path} made"))
