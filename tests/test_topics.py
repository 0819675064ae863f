"""What issues share: which sections, tags and sites have a page, what it lists, and what it is called."""

import datetime
from dataclasses import replace

from pipeline.history.topics import Topic, topics
from pipeline.model import Entry, Issue, Section, Url


def _entry(title: str, url: str = "", *tags: str) -> Entry:
    return Entry(title=title, url=Url(url) if url else None, tags=tags, slug=title)


def _issue(day: int, **sections: tuple[Entry, ...]) -> Issue:
    """An issue of the first days of 2023, its sections by title."""
    date = datetime.date(2023, 1, 1) + datetime.timedelta(days=day - 1)
    made = tuple(Section(title=title, slug=title.lower(), entries=entries) for title, entries in sections.items())
    return Issue(date=date, name=str(date), title=f"Issue {day}", number=day, sections=made)


def _listed(topic: Topic) -> list[tuple[str, list[str]]]:
    return [(run.issue.name, [entry.title for entry in run.entries]) for run in topic.runs]


def test_a_section_of_two_issues_has_a_page_newest_first() -> None:
    """A section that returns has a page with all its entries, newest issue first, grouped ones too; no other has."""
    grouped = replace(_entry("b"), entries=(_entry("c"),))
    found = topics([_issue(2, Tools=(grouped,), Once=(_entry("d"),)), _issue(1, Tools=(_entry("a"),))])
    [tools] = found.of("sections")
    assert (tools.title, tools.path, tools.size) == ("Tools", "sections/tools/", 3)
    assert _listed(tools) == [("2023-01-02", ["b", "c"]), ("2023-01-01", ["a"])]
    assert found.paths["sections"] == {"Tools": "sections/tools/"}


def test_a_tag_is_one_in_every_case_and_written_as_it_was_last() -> None:
    """Tags that differ in case alone are one, under the newest spelling; a tag of a single entry has no page."""
    issues = [_issue(2, A=(_entry("b", "", "LLM", "x"),)), _issue(1, A=(_entry("a", "", "llm", "llm"),))]
    [tag] = topics(issues).of("tags")
    assert (tag.title, tag.path) == ("LLM", "tags/llm/")
    assert _listed(tag) == [("2023-01-02", ["b"]), ("2023-01-01", ["a"])]


def test_a_site_has_a_page_from_its_eighth_entry_on() -> None:
    """Eight entries that lead to a site, with or without `www.`, make its page; seven are only counted."""
    some = tuple(_entry(f"e{place}", f"https://{'www.' * (place % 2)}a.example/{place}") for place in range(8))
    more = tuple(_entry(f"f{place}", f"https://b.example/{place}") for place in range(7))
    found = topics([_issue(1, A=(*some, *more))])
    assert [(topic.path, topic.size) for topic in found.of("sites")] == [("sites/a.example/", 8)]
    assert found.hosts == {"a.example": 8, "b.example": 7}
    assert found.entries == {"2023-01-01": 15}


def test_only_a_plain_host_is_the_name_of_a_folder() -> None:
    """No address can make a folder that is not one: neither a file's name nor a host with marks in it is a site."""
    for url in ("https://../{}", "https://[::1]/{}", "https://a.example&x/{}", "paper.pdf", "mailto:a@b.example"):
        found = topics([_issue(1, A=tuple(_entry(f"e{place}", url.format(place)) for place in range(9)))])
        assert (found.of("sites"), dict(found.hosts)) == ((), {}), url


def test_the_name_of_a_page_never_goes_to_another() -> None:
    """Two titles of one name are told apart by a number, and the one that was there first keeps the name for good."""
    sharp, plus = _entry("a", "", "C#"), _entry("b", "", "C++")
    issues = [_issue(3, A=(plus,)), _issue(2, A=(plus,)), _issue(1, A=(sharp,))]
    before = topics(issues).paths["tags"]
    after = topics([_issue(4, A=(sharp,)), *issues]).paths["tags"]
    assert before == {"c++": "tags/c-2/"}
    assert after == {"c#": "tags/c/", "c++": "tags/c-2/"}


def test_a_long_topic_has_a_page_a_year() -> None:
    """Of more than 500 entries the newest year stands in the topic's place, and each older one on a page of its own."""
    many = tuple(_entry(f"e{place}") for place in range(300))
    [long] = topics([_issue(400, A=many), _issue(1, A=many)]).of("sections")
    assert [(page.path, page.year, len(page.runs)) for page in long.pages] == [
        ("sections/a/", 2024, 1),
        ("sections/a/2023/", 2023, 1),
    ]
    [short] = topics([_issue(400, A=many[:250]), _issue(1, A=many[:250])]).of("sections")
    assert [(page.path, page.year, len(page.runs)) for page in short.pages] == [("sections/a/", 0, 2)]
