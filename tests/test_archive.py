"""The numbers of issues."""

from __future__ import annotations

import datetime

import pytest

from pipeline.history.archive import number_in, numbered
from pipeline.model import Issue


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("2022年3月4日第二期", 2),
        ("第 12 期：内核", 12),
        ("第二十三期", 23),
        ("第十期", 10),
        ("第一百零五期", 105),
        ("第二〇期", 20),
        ("第１２期", 12),
        ("This Week #27", 27),
        ("#27: the C# issue", 27),
        ("C#7 and a/#9 and &#8211;", 0),
        ("2023 in review", 0),
    ],
)
def test_a_title_tells_its_number(title: str, number: int) -> None:
    """`第二期` and `#27` are numbers of issues; other figures in a title are not."""
    assert number_in(title) == number


def test_the_number_is_the_authors_else_the_titles_else_the_next() -> None:
    """Issues are numbered by date; each counts on from the one before it."""
    days = [datetime.date(2023, 1, day) for day in (1, 8, 15, 22, 29)]
    titles = ["", "#27", "", "第三十期", ""]
    issues = [Issue(date=day, name=str(day), title=title, number=0) for day, title in zip(days, titles, strict=True)]
    issues[4] = Issue(date=days[4], name=str(days[4]), title="#5", number=99)
    assert [issue.number for issue in numbered(reversed(issues))] == [1, 27, 28, 30, 99]
