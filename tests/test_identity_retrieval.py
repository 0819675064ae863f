"""Finding earlier titles and keys: what an index holds of them, and what it is asked."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity import grams, key_number, names


def test_numbers_of_keys_are_the_same_for_ever() -> None:
    """An index that one machine wrote is read by another: the numbers are of this algorithm, and fit SQLite."""
    assert key_number("arxiv:1706.03762") == 4963012174783420190
    assert key_number("") == -1970711489451281740
    assert all(-(1 << 63) <= key_number(str(number)) < 1 << 63 for number in range(1000))


def test_numbers_of_titles_are_the_same_for_ever() -> None:
    """Names and grams are numbers of this algorithm, of titles in one spelling."""
    assert names("Robots, Tending Seedlings") == {684432847}
    assert grams("Robots") == grams("ROBOTS!") == {3165766164}
    assert grams("写放大") == grams("寫放大") == {1298821811}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robots Tending Seedlings", "robots tending seedlings!"),
        ("Robots Tending Seedlings", "Robots Tending Seedlings | Maker Almanac"),
        ("Robots Tending Seedlings", "Maker Almanac - Show HN - Robots Tending Seedlings (2019)"),
        ("Robots Tending the Seedlings", "Robots Tending Seedlings"),
        ("Ruff", "ruff 0.1"),
        ("uv v0.2", "uv 0.1"),
        ("把园艺机器人跑在裸机上", "把园艺机器人跑在裸机上（三）"),
        ("【存储系列】写放大问题的五种缓解办法 - 某某技术团队", "写放大問題的五種緩解辦法"),
    ],
)
def test_titles_of_one_thing_share_a_name(one: str, other: str) -> None:
    """A title is found by its name within a longer one, before a version or part too, in any spelling."""
    assert names(one) & names(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robots Tending Seedlings Through Wint…", "Robots Tending Seedlings Through Winter"),
        ("手写一个正则引擎（一）", "手写一个正则引擎（二）"),
        ("把园艺机器人跑在裸机上", "把园艺机器人跑在裸机上之灌溉"),
    ],
)
def test_near_titles_share_rare_grams(one: str, other: str) -> None:
    """Among many titles, a near one is found by the rarest grams of both."""
    titles = [one, other, *(f"Robots number {number} 的一个引擎" for number in range(50))]
    usual = Counter(gram for title in titles for gram in grams(title))
    here, there = (sorted(grams(title), key=lambda gram: (usual[gram], gram))[:4] for title in (one, other))
    assert set(here) & set(there)


def test_a_number_is_looked_for_whole() -> None:
    """A title's number finds that number again, and none that begins or ends like it."""
    one, longer, later = (grams(f"A note on thing {number} of the series") for number in (1734, 17345, 11734))
    without = grams("A note on thing") | grams("of the series")
    assert one & longer == one & later == without
    assert grams("Thing 1734 of the lot") & one - without


@given(st.text(max_size=2000))
def test_any_string_has_few_numbers(title: str) -> None:
    """No title, however long or odd, fills an index: what is beyond 400 characters is not looked at."""
    assert len(names(title)) <= 40
    assert len(grams(title)) <= 400
    assert all(0 <= number < 1 << 32 for number in names(title) | grams(title))
    assert -(1 << 63) <= key_number(title) < 1 << 63
