"""`publish deploy`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli.options import Output, output_options
from pipeline.cli.report import printable
from pipeline.deploy.run import deploy
from pipeline.deploy.site import site
from pipeline.deploy.target import Target
from pipeline.deploy.targets.folder import Folder
from pipeline.deploy.targets.git import Git
from pipeline.deploy.targets.rsync import Rsync, is_remote
from pipeline.errors import BadSource, Undeployable
from pipeline.model import Author, Location, Publication
from pipeline.project import SETTINGS, Project, publication
from pipeline.read.destination import DESTINATIONS, Destination, destination
from pipeline.read.source import Report
from pipeline.render.headers import sender
from pipeline.revision import head
from pipeline.write import Changes
from pipeline.write.lock import locked

__all__ = ["command"]

_OURS = ("issues", "templates", "static", "out", "sent", "var", ".publish", ".git")


@click.command("deploy", short_help="Put the site where readers find it.")
@click.argument("where", metavar="[TARGET]", required=False)
@click.option("--dry-run", is_flag=True, help="Tell what would change there, and write nothing.")
@click.option("--adopt", is_flag=True, help="Let the site stand beside files there that publish did not put there.")
@output_options
def command(where: str | None, dry_run: bool, adopt: bool, project: Project, output: Output) -> None:
    """Put the site, as it stands in out/, where readers find it.

    TARGET is folder:PATH, rsync:PATH, rsync:USER@HOST:PATH or git:REMOTE#BRANCH; without one it is what `deploy:` in
    newsletter.yaml says. Only what changed goes there, the feeds last; then goes what the site has no more. A site
    that is not what a build would make now is refused. Drafts and issue.eml stay here.
    """
    settings = _settings(project)
    chosen = _chosen(where, settings)
    with contextlib.ExitStack() as stack:
        if not dry_run:
            stack.enter_context(locked(project.root / ".publish"))
        files = site(project)
        # What the settings name is found from the publication, what is typed from where it is typed.
        target = stack.enter_context(_target(chosen, project, settings, Path() if where else project.root))
        changes = deploy(files, target, dry_run=dry_run, adopt=adopt)
        for line in _summary(changes, target.place(), dry_run=dry_run):
            output.say(printable(line))


def _settings(project: Project) -> Publication:
    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    return settings


def _chosen(where: str | None, settings: Publication) -> Destination:
    found = destination(settings.deploy if where is None else where)
    if found is None and where is not None:
        raise click.BadParameter(f"“{printable(where)}” is none of {DESTINATIONS}.", param_hint="TARGET")
    if found is None:
        message = f"where to? Write “deploy:” into it, or name it behind publish deploy: {DESTINATIONS}"
        raise Undeployable.at(Location(path=SETTINGS), "no-target", message)
    return found


@contextlib.contextmanager
def _target(chosen: Destination, project: Project, settings: Publication, base: Path) -> Iterator[Target]:
    root = project.root.resolve()
    out = root / "out"
    path = base / Path(chosen.where).expanduser()
    if chosen.kind == "folder" or (chosen.kind == "rsync" and not is_remote(chosen.where)):
        _refuse_own(path.resolve(), root)
    if chosen.kind == "folder":
        with Folder(path, out) as folder:
            yield folder
    elif chosen.kind == "rsync":
        with Rsync(chosen.where, base.resolve(), out) as place:
            yield place
    else:
        who = sender(settings)
        author = Author(name=settings.author.name or settings.title, email=settings.author.email or who.address)
        commit = head(project.root)
        message = f"Deploy the site of {commit}\n" if commit else "Deploy the site\n"
        with Git(root, chosen, author, message) as branch:
            yield branch


def _refuse_own(path: Path, root: Path) -> None:
    """A site never stands among the sources, where one's files could take the other's places."""
    own = [root / name for name in _OURS]
    if root.is_relative_to(path) or any(path.is_relative_to(one) for one in own):
        message = "your publication stands there: name a folder for the site alone"
        raise Undeployable.at(Location(path=str(path)), "own-folder", message)


def _summary(changes: Changes, place: str, *, dry_run: bool) -> list[str]:
    lists = {"+": changes.new, "~": changes.changed, "-": changes.removed}
    lines = [f"  {mark} {path}" for mark, paths in lists.items() for path in paths] if dry_run else []
    counts = f"{len(changes.new):,} new, {len(changes.changed):,} changed, {len(changes.removed):,} removed"
    total = len(changes.new) + len(changes.changed) + len(changes.unchanged)
    verb = "would stand" if dry_run else "stand"
    lines.append(f"{total:,} {'file' if total == 1 else 'files'} {verb} at {place}: {counts}")
    if changes.kept:
        lines.append(f"  kept, as publish did not put them there: {len(changes.kept):,}")
    return lines
