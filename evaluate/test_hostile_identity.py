"""Anything at all as an address or a title, 10,000 times each, and strings of 100 kB: no exception and no slowness."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identity import grams, identify, key_number, names, relate
from tests.hostile_strings import ADDRESSES, NASTY_ADDRESSES, NASTY_TITLES, PREFIXES, REPEATED, TITLES

_MANY = settings(max_examples=10_000, deadline=None)


@_MANY
@given(ADDRESSES)
def test_any_address(text: str) -> None:
    """`identify` raises for no string, and its clean spelling keeps key and anchor."""
    found = identify(text)
    again = identify(found.url)
    assert (again.key, again.anchor) == (found.key, found.anchor)
    assert key_number(found.key) == key_number(again.key)


@_MANY
@given(st.one_of(TITLES, st.text()), st.one_of(TITLES, st.text()))
def test_any_two_titles(one: str, other: str) -> None:
    """`relate` raises for no strings and says the same in both orders; every title has names and grams."""
    assert relate(one, other) == relate(other, one)
    assert len(names(one)) <= 40
    assert len(grams(one)) <= 400


def _spent(text: str) -> float:
    """The seconds of CPU that a text costs as an address, cut as an address, and as a title."""
    start = time.process_time()
    identify(text)
    identify(text[:4096])
    relate(text, text[1:])
    return time.process_time() - start


def test_long_strings() -> None:
    """A string of 100 kB costs little, whatever it repeats: as an address, and as a title."""
    slow = []
    for piece in (*REPEATED, *NASTY_ADDRESSES, *NASTY_TITLES):
        for prefix in PREFIXES:
            text = prefix + (piece or " ") * (100_000 // max(len(piece), 1))
            spent = min(_spent(text), _spent(text + " "))  # at one time the collector of garbage may come
            if spent > 0.1:
                slow.append((spent, prefix, piece[:20]))
    print("slowest:", sorted(slow)[-5:])
    assert not slow
