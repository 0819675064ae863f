"""An entry's own history: the issues that it was in."""

import datetime

from pipeline.history.appearances import appearances
from pipeline.history.memory import Memory
from pipeline.model import Entry, Issue, Section, Url


def _issue(day: int, *entries: Entry) -> Issue:
    return Issue(
        date=datetime.date(2023, 1, day),
        name=f"2023-01-0{day}",
        title="",
        number=day,
        sections=(Section(title="A", entries=entries),),
    )


def _entry(slug: str, url: str, *, repeat: str = "", alias: tuple[str, ...] = ()) -> Entry:
    return Entry(title=slug, url=Url(url), slug=slug, repeat=repeat, alias=alias)


PAPER = _issue(1, _entry("paper", "https://arxiv.org/abs/1706.03762"), _entry("other", "https://a.example/"))
UPDATE = _issue(2, _entry("pdf", "https://arxiv.org/pdf/1706.03762v2", repeat="update"))
MOVED = _issue(3, _entry("moved", "https://b.example/", alias=("https://arxiv.org/abs/1706.03762",)))
AGAIN = _issue(4, _entry("again", "https://b.example/", repeat="recall of 2023-01-03#moved"))


def _told(*issues: Issue, shown: tuple[Issue, ...] | None = None) -> dict[str, list[tuple[int, str]]]:
    found = appearances(Memory(issues), issues if shown is None else shown)
    return {reference: [(one.number, one.word) for one in some] for reference, some in found.items()}


def test_an_entry_knows_every_issue_that_had_it() -> None:
    """Under any spelling of its address, oldest first, with the editor's word; what was there once has no history."""
    both = [(1, ""), (2, "update")]
    assert _told(PAPER, UPDATE) == {"2023-01-01#paper": both, "2023-01-02#pdf": both}


def test_an_alias_joins_what_was_under_two_addresses() -> None:
    """An entry with an alias has the appearances of both addresses; each of the others those of its own."""
    found = _told(PAPER, UPDATE, MOVED, AGAIN)
    assert found["2023-01-03#moved"] == [(1, ""), (2, "update"), (3, ""), (4, "recall")]
    assert found["2023-01-01#paper"] == [(1, ""), (2, "update"), (3, "")]
    assert found["2023-01-04#again"] == [(3, ""), (4, "recall")]


def test_what_the_editor_says_to_be_one_thing_has_one_history() -> None:
    """Addresses of one group of `aliases.yaml` have the appearances of all of them."""
    first, second = _issue(1, _entry("a", "https://a.example/")), _issue(2, _entry("b", "https://b.example/"))
    issues = (first, second)
    found = appearances(Memory(issues), issues, [["https://a.example/", "https://b.example/"]])
    assert [(reference, len(some)) for reference, some in found.items()] == [("2023-01-01#a", 2), ("2023-01-02#b", 2)]


def test_what_readers_are_not_shown_appears_nowhere() -> None:
    """An entry that was dropped from its issue is in no history; twice in one issue is no history either."""
    assert _told(PAPER, UPDATE, shown=(PAPER, _issue(2))) == {}
    twice = _issue(1, _entry("a", "https://a.example/"), _entry("b", "https://a.example/"))
    assert _told(twice) == {}
