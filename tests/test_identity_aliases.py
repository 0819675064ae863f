"""Aliases: what an editor has said to be one thing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.identity import aliases, identify, resolved
from pipeline.identity.aliases import Aliases

_NEW, _OLD, _OLDER = "https://example.org/new", "https://example.net/old", "https://example.com/older"


def _place(url: str, known: Aliases) -> tuple[str, str]:
    identity = resolved(identify(url), known)
    return identity.key, identity.anchor


def test_a_group_stands_for_its_first_address() -> None:
    """Every address of a group, in any spelling, has the first one's key; the address itself stays."""
    known = aliases([[_NEW, _OLD, _OLDER]])
    found = resolved(identify("http://www.example.com/older/?utm_source=x"), known)
    assert found.key == identify(_NEW).key
    assert found.url == "http://www.example.com/older/"
    assert found.why == "thing by an alias"
    assert resolved(identify(_NEW), known) == identify(_NEW)


def test_groups_that_share_an_address_are_one() -> None:
    """Two groups with an address in common, whatever its place in them, make one group."""
    known = aliases([[_OLD, _OLDER], [_NEW, _OLDER]])
    assert len({_place(url, known) for url in (_NEW, _OLD, _OLDER)}) == 1


def test_an_alias_of_a_page_is_one_of_its_places() -> None:
    """A place in a page is the same place in what the page stands for; an alias of a place is of that place alone."""
    known = aliases([[_NEW, _OLD], [f"{_NEW}#one", f"{_OLDER}#part"]])
    assert _place(f"{_OLD}#two", known) == (identify(_NEW).key, "two")
    assert _place(f"{_OLDER}#part", known) == (identify(_NEW).key, "one")
    assert _place(_OLDER, known) == (identify(_OLDER).key, "")


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=4), max_size=6))
def test_any_groups_agree(groups: list[list[str]]) -> None:
    """All addresses of a group have one key, however groups overlap, and a first address is no alias."""
    known = aliases([[f"https://example.org/{name}" for name in group] for group in groups])
    for group in groups:
        assert len({_place(f"https://example.org/{name}", known) for name in group}) <= 1
    assert not set(known) & set(known.values())
