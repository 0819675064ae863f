"""What a deployment changes in a target, and what of others' stands in its way, known before the first file goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pipeline.deploy.target import Kind, Standing
from pipeline.write import Changes
from pipeline.write.manifest import folders

__all__ = ["Plan", "obstacles", "planned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done to a target; `early` is what goes first, as the site has something else in its place."""

    changes: Changes
    early: tuple[str, ...]


def planned(paths: Collection[str], standing: Standing, different: Collection[str]) -> Plan:
    """The plan for a site of these paths, of which some stand there and are `different`."""
    ours, kinds, names = standing.ours or frozenset(), standing.kinds, frozenset(paths)
    changed = {path for path in names if path in kinds and (kinds[path] is not Kind.FILE or path in different)}
    removed = {path for path in ours - names if kinds.get(path) is Kind.FILE}
    needed = folders(names)
    changes = Changes(
        new=tuple(sorted(names - kinds.keys())),
        changed=tuple(sorted(changed)),
        removed=tuple(sorted(removed)),
        unchanged=tuple(sorted((names & kinds.keys()) - changed)),
        kept=tuple(sorted(path for path in kinds.keys() - names - ours if kinds[path] is not Kind.FOLDER)),
    )
    early = {path for path in removed if path in needed}
    for path in changed:
        if kinds[path] is Kind.FOLDER:
            early |= {path, *_within(path, kinds)}
    return Plan(changes=changes, early=tuple(sorted(early)))


def obstacles(plan: Plan, standing: Standing, *, adopt: bool) -> Iterator[str]:
    """The paths at which something stands that is not ours to replace; with `adopt` files and links may be replaced."""
    ours, kinds, gone = standing.ours or frozenset(), standing.kinds, frozenset(plan.changes.removed)
    names = (*plan.changes.new, *plan.changes.changed, *plan.changes.unchanged)
    yield from (path for path in sorted(folders(names)) if _blocks(path, kinds.get(path), gone))
    for path in plan.changes.changed:
        if kinds[path] is Kind.FOLDER:
            if any(kinds[name] is not Kind.FOLDER and name not in gone for name in _within(path, kinds)):
                yield path
        elif not adopt and (path not in ours or kinds[path] is Kind.OTHER):
            yield path


def _within(path: str, kinds: Mapping[str, Kind]) -> list[str]:
    return [name for name in kinds if name.startswith(f"{path}/")]


def _blocks(path: str, kind: Kind | None, gone: Collection[str]) -> bool:
    """Whether a folder cannot be made at a path."""
    return kind is Kind.OTHER or (kind is Kind.FILE and path not in gone)
