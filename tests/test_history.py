"""What issues carried, asked by address, by title and by place in the archive."""

from __future__ import annotations

import datetime

from pipeline.history.memory import Before, Memory, Past, is_standing
from pipeline.model import Entry, Issue, Link, Markdown, Section, Url

LAST = Before("9999-12-31")


def issue(name: str, *entries: Entry) -> Issue:
    """An issue of one section."""
    day = datetime.date.fromisoformat(name[:10])
    return Issue(date=day, name=name, title="W", number=1, sections=(Section(title="S", entries=entries),))


def entry(title: str, url: str = "", note: str = "", *entries: Entry, alias: tuple[str, ...] = ()) -> Entry:
    """An entry whose slug is its title."""
    return Entry(title=title, url=Url(url) or None, note=Markdown(note), entries=entries, alias=alias, slug=title)


def titles(pasts: object) -> list[str]:
    """The titles of what was found."""
    assert isinstance(pasts, list)
    return [past.title for past in pasts if isinstance(past, Past)]


ARCHIVE = Memory(
    [
        issue("2023-01-01", entry("a", "https://x.example/a", "", entry("inner", "https://x.example/inner"))),
        issue("2023-01-08", entry("b", "https://x.example/b", "see [a](https://x.example/a)")),
        issue("2023-01-08-extra", entry("a again", "http://www.x.example/a/?utm_source=feed")),
        issue("2023-01-15", entry("c", "https://x.example/c", alias=("https://x.example/a",))),
    ]
)


def test_entries_are_found_by_key_and_alias_in_their_order() -> None:
    """All that carries a key is found, grouped entries too, oldest first, up to the moment that is asked for."""
    assert titles(ARCHIVE.carrying("url:x.example/a", LAST)) == ["a", "a again", "c"]
    assert titles(ARCHIVE.carrying("url:x.example/a", Before("2023-01-08-extra"))) == ["a"]
    assert titles(ARCHIVE.carrying("url:x.example/a", Before("2023-01-08-extra", 1))) == ["a", "a again"]
    assert titles(ARCHIVE.carrying("url:x.example/inner", LAST)) == ["inner"]
    assert titles(ARCHIVE.carrying("url:x.example/none", LAST)) == []


def test_mentions_are_further_links_and_links_of_notes() -> None:
    """An entry is found by what it links to in passing."""
    further = Entry(
        title="t", url=Url("https://y.example/"), links=(Link(title="PDF", url=Url("https://y.example/p")),)
    )
    memory = Memory([issue("2023-01-01", further, entry("n", "", "<https://y.example/p>"))])
    assert titles(memory.mentioning("url:y.example/p", LAST)) == ["t", "n"]
    assert titles(ARCHIVE.mentioning("url:x.example/a", LAST)) == ["b"]


def test_parts_are_found_by_the_whole() -> None:
    """What is of a part of a thing is found by the key of the thing."""
    memory = Memory([issue("2023-01-01", entry("i", "https://github.com/o/r/issues/7"))])
    assert titles(memory.parts("github:o/r", LAST)) == ["i"]


def test_a_reference_names_one_entry() -> None:
    """`issue#entry` is that entry, and nothing where there is none."""
    found = ARCHIVE.at("2023-01-01#inner")
    assert found is not None
    assert (found.title, found.reference) == ("inner", "2023-01-01#inner")
    assert ARCHIVE.at("2023-01-01#b") is None
    assert ARCHIVE.at("2023-01-02#a") is None


def test_distance_counts_issues() -> None:
    """The issue before is one issue ago, also for an issue that is not out."""
    assert ARCHIVE.distance("2023-01-01", "2023-01-15") == 3
    assert ARCHIVE.distance("2023-01-15", "2024-01-01") == 1


def test_likely_titles_are_found_whatever_else_stands_around_them() -> None:
    """Titles that are cut, or have a site's name behind them, are candidates for each other."""
    long = "How a stable sort can do without any memory of its own"
    memory = Memory([issue("2023-01-01", entry(long, "https://a.example/"), entry("Other", "https://b.example/"))])
    for title in (long, long.upper(), f"{long} | Sorting Weekly", long[:40] + "…"):
        assert titles(memory.near(title, LAST)) == [long]


def test_a_title_is_found_behind_all_others_of_its_series() -> None:
    """What shares little but the name of a series with newer titles is found; they come after it, or not at all."""
    series = [
        entry(f"The Maker Show: robots and {name}", f"https://show.example/{name}")
        for name in ("seedlings", *(f"{one}{other}" for one in "abcdefgh" for other in "stuvwxyz"))
    ]
    memory = Memory([issue("2023-01-01", *series)])
    asked = "The Maker Show: robots and seedlings | Almanac"
    found = titles(memory.near(asked, LAST))
    assert found == [series[0].title, *(one.title for one in series[-49:])]
    assert titles(memory.near(asked, LAST, telling=True)) == [series[0].title]


def test_a_link_stands_after_three_of_ten_issues_or_six_ever() -> None:
    """Standing is what was in three of the last ten issues, or in six of all."""
    days = [f"2023-{month:02}-{day:02}" for month in range(1, 3) for day in range(1, 21)]
    memory = Memory(issue(day, entry("t", "https://s.example/")) for day in days)
    pasts = memory.carrying("site:s.example", LAST) or memory.carrying("url:s.example", LAST)
    by_day = {past.issue: past for past in pasts}

    def stands(*chosen: int) -> bool:
        return is_standing([by_day[days[number]] for number in chosen], "2023-03-01", memory)

    assert stands(37, 38, 39)
    assert stands(30, 34, 39)
    assert not stands(29, 38, 39)
    assert not stands(38, 39)
    assert stands(0, 5, 10, 15, 20, 25)
    assert not stands(0, 5, 10, 15, 20)
