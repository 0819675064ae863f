"""The difference of seeds 001 and 002, as people found it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli import main

SHARED = Path(__file__).parents[2] / "shared"


def test_the_seeds_differ_as_people_say() -> None:
    """Added, changed, moved and renamed, by section, title, address and kind, are exactly the labelled ones."""
    gold = json.loads((SHARED / "gold/seed_diff_gold.json").read_text(encoding="utf-8"))
    before, after = (next(SHARED.glob(f"seeds/{number}_*.txt")) for number in ("001", "002"))
    ran = CliRunner().invoke(main, ["diff", str(before), str(after), "--format", "json"])
    assert ran.exit_code == 0
    found = json.loads(ran.stdout)
    added = [(spot["section"], spot["title"], spot["url"].removeprefix("https://")) for spot in found["added"]]
    assert added == [(one["section"], one["title"], one["url"].removeprefix("https://")) for one in gold["added"]]
    assert [(change["title"], change["kind"]) for change in found["changed"]] == [
        (one["entry"], one["kind"]) for one in gold["changed"]
    ]
    assert found["changed"][0]["before"] == gold["changed"][0]["url_before"]
    assert found["changed"][0]["after"] == gold["changed"][0]["url_after"]
    assert (found["removed"], found["moved"]) == ([], [])
    assert found["renamed_sections"] == [
        {name: one[name] for name in ("from", "to")} for one in gold["sections"]["renamed"]
    ]
