"""Conducts a deployment: what is there, what differs, and then in the order in which no reader meets a dead link."""

from __future__ import annotations

from pipeline.deploy.plan import obstacles, planned
from pipeline.deploy.site import Site
from pipeline.deploy.target import Kind, Target
from pipeline.errors import Undeployable
from pipeline.findings import Finding, Severity
from pipeline.model import Location
from pipeline.write import Changes

__all__ = ["deploy"]

_FOREIGN = (
    "holds files, and publish has put none of them there: name an empty place, or let the site stand beside them "
    "with --adopt"
)
_IN_THE_WAY = "was not put there by publish and stands in the way: move it away"


def deploy(site: Site, target: Target, *, dry_run: bool, adopt: bool) -> Changes:
    """Makes what stands in the target the site, and tells what that changed, or with `dry_run` would change.

    New and changed files go first, those that lead to them next, and last goes what no site of ours has any more; a
    target that was left half-way is one that the next deployment finishes. Raises Undeployable where the target holds
    what is not ours, but beside it with `adopt`, and where it refuses.
    """
    standing = target.standing()
    if standing.ours is None and standing.kinds and not adopt:
        raise Undeployable.at(Location(path=target.place()), "foreign-target", _FOREIGN)
    alike = [path for path in site.paths if standing.kinds.get(path) is Kind.FILE]
    plan = planned(site.paths, standing, target.different(alike) if alike else ())
    changes = plan.changes
    blocked = list(obstacles(plan, standing, adopt=adopt))
    if blocked:
        raise Undeployable(_in_the_way(target.place(path)) for path in blocked)
    ours, names = standing.ours or frozenset(), frozenset(site.paths)
    touched = frozenset((*changes.new, *changes.changed))
    if dry_run or (standing.ours == names and not touched):
        return changes
    # Before the files, so that whatever an interrupted deployment leaves is known to be ours.
    if standing.ours is None or names - ours:
        target.record(ours | names)
    if plan.early:
        target.remove(plan.early)
    for paths in (site.first, site.last):
        if some := [path for path in paths if path in touched]:
            target.put(some)
    if late := [path for path in changes.removed if path not in plan.early]:
        target.remove(late)
    if ours - names:
        target.record(names)
    target.finish()
    return changes


def _in_the_way(place: str) -> Finding:
    return Finding(location=Location(path=place), severity=Severity.ERROR, rule="foreign-file", message=_IN_THE_WAY)
