"""`publish workflow`."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import json
from pathlib import Path

import click

from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.errors import BadSource
from pipeline.model import Location
from pipeline.project import Project, publication
from pipeline.read.source import Report
from pipeline.write.disk import refused
from pipeline.write.sources import create

__all__ = ["command"]

_PACKAGE = "publish-newsletter"
_PATH = ".github/workflows/newsletter.yml"


@click.command("workflow", short_help="Let GitHub check, build and publish.")
@output_options
def command(project: Project, output: Output) -> None:
    """Write .github/workflows/newsletter.yml, by which GitHub checks pull requests and publishes what is merged.

    It stands at the top of the git repository. What is there already stays as it is. It deploys to where `deploy:` in
    newsletter.yaml says, and to the branch gh-pages of the same repository where that says nothing.
    """
    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    root = project.root.resolve()
    top = next((one for one in (root, *root.parents) if (one / ".git").exists()), None)
    if top is None:
        raise BadSource.at(Location(path=""), "no-repository", "no git repository here: git init makes one")
    text = importlib.resources.files("pipeline.deploy").joinpath("workflow.yml").read_text("utf-8")
    for name, value in {
        "package": f"{_PACKAGE}=={importlib.metadata.version(_PACKAGE)}",
        "folder": json.dumps(root.relative_to(top).as_posix(), ensure_ascii=False),
        "target": "" if settings.deploy else " git:origin",
    }.items():
        text = text.replace(f"{{{name}}}", value)
    with refused(_PATH, left="nothing was made"):
        (top / _PATH).parent.mkdir(parents=True, exist_ok=True)
    create(top, _PATH, text.encode())
    output.say(printable(f"{_shown(top / _PATH)} made: commit it"))
    if not settings.deploy:
        output.say("On GitHub, under Settings, Pages: deploy from the branch gh-pages, once it is there")


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
