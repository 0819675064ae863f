"""When a send may begin: what people write, where clocks change, and what is too late."""

from __future__ import annotations

import datetime
import zoneinfo

import pytest

from pipeline.deliver.timing import Window, moment

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NOW = datetime.datetime(2023, 3, 4, 7, 30, tzinfo=datetime.UTC)  # 8:30 in Berlin
MINUTE = datetime.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("09:00", "2023-03-04T08:00"),
        ("9:00", "2023-03-04T08:00"),
        ("9:00:30", "2023-03-04T08:00:30"),
        ("2023-03-05 09:00", "2023-03-05T08:00"),
        ("2023-03-05T09:00", "2023-03-05T08:00"),
        ("2023-07-05 09:00", "2023-07-05T07:00"),
        ("2023-03-05T09:00Z", "2023-03-05T09:00"),
        ("2023-03-05 09:00+08:00", "2023-03-05T01:00"),
        ("2023-10-29 02:30", "2023-10-29T00:30"),
        ("2023-10-29 02:30+01:00", "2023-10-29T01:30"),
    ],
)
def test_a_time_is_the_publications(written: str, utc: str) -> None:
    """A time is read by the publication's clock, a bare one as today's; of two that the clock shows, the first."""
    found = moment(written, BERLIN, datetime.date(2023, 3, 4))
    assert found.astimezone(datetime.UTC) == datetime.datetime.fromisoformat(f"{utc}+00:00")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2023-03-26 02:30", "does not exist"),
        ("25:00", "calendar"),
        ("2023-02-29 09:00", "calendar"),
        ("tomorrow", "no time"),
        ("9", "no time"),
        ("2023-03-04", "no time"),
        ("09:00; rm", "no time"),
    ],
)
def test_what_is_no_time_is_told(written: str, said: str) -> None:
    """What no clock shows is refused by name, also what is left out when clocks are put forward."""
    with pytest.raises(ValueError, match=said):
        moment(written, BERLIN, datetime.date(2023, 3, 4))


def window(at: str = "", not_after: str = "") -> Window:
    """What the options say at 8:30 in Berlin."""
    return Window.of(at, not_after, BERLIN, NOW)


def test_it_waits_until_its_time() -> None:
    """Before its time the rest is told, at its time and without one nothing is left."""
    assert window("09:00").left(NOW) == 30 * MINUTE
    assert window("09:00").left(NOW + 30 * MINUTE) == 0 * MINUTE
    assert window().left(NOW) == 0 * MINUTE
    assert window(not_after="12:00").left(NOW) == 0 * MINUTE


def test_a_night_without_an_hour_is_shorter() -> None:
    """Between evening and morning of a change of clocks lie as many hours as pass."""
    evening = datetime.datetime(2023, 3, 25, 21, 0, tzinfo=BERLIN)
    assert Window.of("2023-03-26 09:00", "", BERLIN, evening).left(evening.astimezone(datetime.UTC)) == 11 * 60 * MINUTE


def test_what_is_late_begins_only_where_that_was_said() -> None:
    """Later than its time it refuses, but for cron's seconds, unless `not_after` says until when; then until then."""
    with pytest.raises(ValueError, match="--not-after"):
        window("08:00").left(NOW)
    assert window("08:30").left(NOW + MINUTE / 2) <= 0 * MINUTE
    assert window("08:00", "12:00").left(NOW) <= 0 * MINUTE
    for late in (window("08:00", "12:00"), window(not_after="12:00")):
        with pytest.raises(ValueError, match="not to begin after 2023-03-04 12:00 CET"):
            late.left(NOW + 300 * MINUTE)


def test_an_end_at_night_is_the_next_days() -> None:
    """A bare end that comes before the beginning is on the day after; a dated one is refused."""
    assert window("23:30", "01:00").not_after == datetime.datetime(2023, 3, 5, 1, 0, tzinfo=BERLIN)
    assert window("09:00", "10:00").not_after == datetime.datetime(2023, 3, 4, 10, 0, tzinfo=BERLIN)
    with pytest.raises(ValueError, match="before it begins"):
        window("09:00", "2023-03-04 08:00")
