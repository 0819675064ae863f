"""Chinese text with lost bytes: how much of it comes back, for the seed that is damaged and for texts held out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.encoding import repaired

_SHARED = Path(__file__).parents[2] / "shared"
_HAN = re.compile("[\u3400-\u9fff]")
_ADDRESS = re.compile(r"https?://[\x21-\x7e]+")
_CHINESE_ADDRESS = re.compile(r"https?://[^\s<>\"'()]*[^\x00-\x7f]")
_LOST = bytes.fromhex("81 8d 8e 8f 90 9d 9e ad")


def _seed(start: str) -> str:
    return next((_SHARED / "seeds").glob(f"{start}_*.txt")).read_text(encoding="utf-8")


def _damaged(text: str) -> str:
    """The text as seed 003 was damaged: UTF-8 read as Windows-1254, bytes lost."""
    return bytes(byte for byte in text.encode() if byte not in _LOST).decode("cp1254")


def _share_right(name: str, damaged: str, truth: str) -> float:
    """The share of Chinese characters that are right after `accept`; those unmarked after `review` must be."""
    accepted, review = repaired(damaged, "accept").text, repaired(damaged, "review").text
    assert len(accepted) == len(truth)
    assert [each for each in accepted if each < "\x80"] == [each for each in truth if each < "\x80"]
    unmarked = re.sub("⟦.⟧", "□", review)
    wrong = [(one, other) for one, other in zip(unmarked, truth, strict=True) if one not in (other, "□")]
    assert not wrong
    pairs = [(one, other) for one, other in zip(accepted, truth, strict=True) if _HAN.match(other)]
    right = sum(one == other for one, other in pairs)
    print(f"{name}: {right / len(pairs):.4f} of {len(pairs):,} right, {unmarked.count('□'):,} marked")
    return right / len(pairs)


def test_the_damaged_seed() -> None:
    """Of seed 003's Chinese 98 of 100 characters come back, its addresses are as they were, and twice is as once."""
    damaged, truth = _seed("003"), (_SHARED / "gold" / "seed_003_clean.md").read_text(encoding="utf-8")
    assert _share_right("seed 003", damaged, truth) >= 0.98
    accepted = repaired(damaged, "accept").text
    assert _ADDRESS.findall(accepted) == _ADDRESS.findall(damaged) == _ADDRESS.findall(truth)
    assert repaired(accepted, "accept").text == accepted


def test_texts_held_out() -> None:
    """Of other Chinese that is damaged the same way 98 of 100 characters come back."""
    sources = {f"seed {start}": _seed(start) for start in ("000", "001", "002", "004")}
    sources["iosweekly"] = _joined(sorted((_SHARED / "corpora" / "iosweekly").glob("*.md"))[5::20])
    sources["tw93"] = _joined(sorted((_SHARED / "corpora" / "tw93").glob("*.md"))[3::8])
    sources = {name: text for name, text in sources.items() if _HAN.search(text)}
    for name, text in sources.items():
        decodable = "".join(line for line in text.splitlines(keepends=True) if _can_be_damaged(line))
        assert _share_right(name, _damaged(decodable), decodable) >= 0.97


def test_sound_texts_stay() -> None:
    """No file of the archives and no sound seed is changed."""
    paths = [*(_SHARED / "corpora").glob("*/*.md"), *(_SHARED / "seeds").glob("00[0124]*")]
    assert paths
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        assert repaired(text, "accept").text == text, path.name


def _joined(paths: Iterable[Path]) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def _can_be_damaged(line: str) -> bool:
    """Whether words can choose all of it: no emoji, and no addresses with Chinese in them, which stay damaged."""
    odd = any(each > "\uffff" or "\u2020" < each < "\u2fff" or "\ufe00" <= each <= "\ufe0f" for each in line)
    return not odd and not _CHINESE_ADDRESS.search(line)
