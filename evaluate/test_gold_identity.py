"""Pairs that were labelled by hand: what the rules say of them, and how often they are right."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from pipeline.identity import identify

_GOLD = Path(__file__).parents[2] / "shared" / "gold"


def _rows(name: str) -> list[dict[str, str]]:
    with (_GOLD / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _figures(name: str, judged: Iterable[tuple[bool, bool, str]]) -> tuple[float, float]:
    """Precision and recall of pairs (said, true, text); prints them and the false ones."""
    right = false = missed = 0
    for said, true, text in judged:
        right += said and true
        false += said and not true
        missed += true and not said
        if said != true:
            print(f"{'false' if said else 'missed'}: {text}")
    precision, recall = right / max(right + false, 1), right / max(right + missed, 1)
    print(f"{name}: precision {precision:.3f}, recall {recall:.3f} ({right} right, {false} false, {missed} missed)")
    return precision, recall


def _same(one: str, other: str) -> bool:
    a, b = identify(one), identify(other)
    return (a.key, a.anchor) == (b.key, b.anchor)


def test_addresses() -> None:
    """Of pairs of addresses, what is called the same is so in 99 of 100, and 95 of 100 that are so are called so."""
    rows = _rows("url_pairs.tsv")
    precision, recall = _figures(
        "url_pairs.tsv",
        (
            (_same(row["url_a"], row["url_b"]), row["label"] == "same", f"{row['id']} {row['url_a']} {row['url_b']}")
            for row in rows
        ),
    )
    assert precision >= 0.99
    assert recall >= 0.95


def test_pairs_of_real_newsletters() -> None:
    """No pair of a real archive that is two things is called one by its addresses."""
    pairs = [json.loads(line) for line in (_GOLD / "corpus_pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    precision, _ = _figures(
        "corpus_pairs.jsonl, by address alone",
        (
            (_same(pair["url_a"], pair["url_b"]), pair["label"] in ("dup", "rec"), f"{pair['cls']}: {pair['url_a']}")
            for pair in pairs
            if pair["label"] in ("dup", "rec", "diff", "section")
        ),
    )
    assert precision == 1
