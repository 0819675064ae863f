"""Where things stand, what feeds call them, when they are out."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.addresses import host, instant
from pipeline.model import Publication, Url


@pytest.mark.parametrize(
    ("zone", "day", "said"),
    [
        ("Asia/Shanghai", datetime.date(2023, 3, 4), "2023-03-04T09:00:00+08:00"),
        ("Asia/Shanghai", datetime.date(1800, 1, 1), "1800-01-01T09:00:00+08:05"),
        ("Africa/Monrovia", datetime.date(1971, 1, 1), "1971-01-01T09:00:00-00:45"),
    ],
)
def test_an_instant_can_be_said_in_every_format(zone: str, day: datetime.date, said: str) -> None:
    """An instant has an offset in whole minutes, as RFC 3339 and RFC 5322 want it, in any zone and year."""
    publication = Publication(title="T", url=Url("https://x.example"), id="x.example", timezone=zone)
    assert instant(publication, day).isoformat() == said


@given(st.text("w.aA9-_@:/\\?#é\n"))
def test_a_host_is_the_same_however_the_scheme_is_written(rest: str) -> None:
    """What is found of an ordinary address by a pattern of its own is what is found of all others."""
    for one in (rest, f"www.{rest}"):
        assert host(f"https://{one}") == host(f"HTTPS://{one}").replace("HTTPS", "https")
