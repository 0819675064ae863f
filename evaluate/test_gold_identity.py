"""Pairs that were labelled by hand: what the rules say of them, and how often they are right."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from pipeline.identity import Carried, compare, identify, relate
from pipeline.model import Entry, Url

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


def _verdict(title: str, url: str, earlier_title: str, earlier_url: str) -> str:
    entry = Entry(title=title, url=Url(url) if url else None)
    return compare(entry, Carried(title=earlier_title, url=earlier_url)).kind


def test_titles() -> None:
    """What titles alone call likely is so in 95 of 100, and 65 of 100 that are so are found."""
    precision, recall = _figures(
        "title_pairs.tsv, by title alone",
        (
            (
                relate(row["title_a"], row["title_b"]).kind == "likely",
                row["label"] == "same",
                f"{row['id']} {row['title_a']} | {row['title_b']}",
            )
            for row in _rows("title_pairs.tsv")
        ),
    )
    assert precision >= 0.95
    assert recall >= 0.65


def test_titles_of_two_addresses() -> None:
    """On two addresses, what is called likely is so in 95 of 100, and 65 of 100 that are so are found."""
    precision, recall = _figures(
        "title_pairs.tsv, verdicts on two addresses",
        (
            (
                _verdict(row["title_a"], row["url_a"] or "", row["title_b"], row["url_b"] or "") == "likely",
                row["label"] == "same",
                f"{row['id']} {row['title_a']} | {row['title_b']}",
            )
            for row in _rows("title_pairs.tsv")
            if not row["url_a"] or identify(row["url_a"]).key != identify(row["url_b"]).key
        ),
    )
    assert precision >= 0.95
    assert recall >= 0.65


def test_verdicts_on_pairs_of_real_newsletters() -> None:
    """In real archives, what is called a repeat is one in 95 of 100, and 90 of 100 repeats are found."""
    pairs = [json.loads(line) for line in (_GOLD / "corpus_pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    precision, recall = _figures(
        "corpus_pairs.jsonl, verdicts",
        (
            (
                _verdict(pair["text_a"], pair["url_a"], pair["text_b"], pair["url_b"])
                in ("same", "likely", "update", "standing"),
                pair["label"] in ("dup", "rec"),
                f"{pair['cls']}: {pair['text_a']} | {pair['text_b']}",
            )
            for pair in pairs
            if pair["label"] in ("dup", "rec", "diff")
        ),
    )
    assert precision >= 0.95
    assert recall >= 0.9


def test_overlaps_of_the_seeds() -> None:
    """The one entry that two seeds share under two addresses is found, and what is only related brings no warning."""
    gold = json.loads((_GOLD / "seed_overlap_gold.json").read_text(encoding="utf-8"))
    pairs = [(pair["a"], pair["b"], True) for pair in gold["cross_seed_same_entity"]]
    pairs += [
        (one, other, False) for group in gold["cross_seed_related"] for one, other in combinations(group["items"], 2)
    ]
    judged = []
    for one, other, true in pairs:
        verdict = _verdict(one["title"], one["url"], other["title"], other["url"])
        judged.append((verdict in ("same", "likely", "wrong-link"), true, f"{one['title']} | {other['title']}"))
    assert _figures("seed_overlap_gold.json", judged) == (1, 1)
