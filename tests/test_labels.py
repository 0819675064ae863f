"""Labels and dates in the publication's language."""

import datetime
import string
from pathlib import Path

import pytest

from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels, catalogues

CATALOGUES = sorted((DEFAULTS / "labels").glob("*.yaml"))


def _words(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {key: value.strip("'\"") for key, value in (line.split(": ", 1) for line in lines)}


def _fields(label: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(label)} - {None}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_catalogue_says_the_same_things(path: Path) -> None:
    """Each catalogue has English's labels, sorted, with the same values in them."""
    english = _words(DEFAULTS / "labels" / "en.yaml")
    words = _words(path)
    assert list(words) == sorted(english)
    assert {key: _fields(label) for key, label in words.items()} == {
        key: _fields(label) for key, label in english.items()
    }


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", ("en", "en")), ("zh-CN", ("zh-CN", "zh", "en")), ("zh-Hans-CN", ("zh-Hans-CN", "zh-Hans", "zh", "en"))],
)
def test_a_language_falls_back_to_what_is_nearest(language: str, names: tuple[str, ...]) -> None:
    """Catalogues are looked for from the full tag to the bare language, then in English."""
    assert catalogues(language) == names


@pytest.mark.parametrize(
    ("language", "date", "direction"),
    [
        ("en", "March 4, 2023", "ltr"),
        ("zh-CN", "2023年3月4日", "ltr"),
        ("zh-Hans-CN", "2023年3月4日", "ltr"),
        ("he", "4 במרץ 2023", "rtl"),
        ("x-klingon", "March 4, 2023", "ltr"),
        ("not a tag", "March 4, 2023", "ltr"),
    ],
)
def test_dates_and_direction_are_the_languages_own(language: str, date: str, direction: str) -> None:
    """A day is written in full as the language writes it; a language nobody knows reads as English."""
    labels = Labels(language=language, words={})
    assert (labels.date(datetime.date(2023, 3, 4)), labels.direction) == (date, direction)


def test_a_label_is_filled_with_its_values() -> None:
    """A label carries the values it is called with."""
    assert Labels(language="zh-CN", words={"issue": "第 {number} 期"})("issue", number=2) == "第 2 期"
