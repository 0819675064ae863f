"""When a send may begin: not before one moment, not after another, as the publication's clock shows them."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from dataclasses import dataclass

__all__ = ["LATE", "Window", "moment"]

LATE = datetime.timedelta(minutes=1)
"""How late a send may begin without further ado: cron is a few seconds late."""

_TIME = re.compile(r"(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d?:\d\d(?::\d\d)?)(Z|[+-]\d\d:?\d\d)?")
_DAY = datetime.timedelta(days=1)


def moment(written: str, zone: zoneinfo.ZoneInfo, day: datetime.date) -> datetime.datetime:
    """The moment of `2023-03-04 09:00`, of `09:00` on `day`, or with an offset `2023-03-04T09:00+01:00`.

    Where clocks are put back and show it twice, the first. Raises ValueError, in words for people, for what is no time
    and where clocks are put forward over it.
    """
    match = _TIME.fullmatch(written.strip())
    if not match:
        raise ValueError(f"“{written}” is no time such as 09:00 or 2023-03-04 09:00")
    date, time, offset = match.groups()
    try:
        naive = datetime.datetime.fromisoformat(f"{date or day} {time if time[2] == ':' else f'0{time}'}")
        found = datetime.datetime.fromisoformat(f"{naive}{offset}") if offset else naive.replace(tzinfo=zone)
    except ValueError:
        raise ValueError(f"“{written}” is on no calendar or clock") from None
    there = found.astimezone(datetime.UTC).astimezone(zone)
    if not offset and there.replace(tzinfo=None) != naive:
        raise ValueError(f"{naive:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clocks are put forward over it")
    return there


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when and until when a send may begin; None for any time."""

    at: datetime.datetime | None = None
    not_after: datetime.datetime | None = None

    @classmethod
    def of(cls, at: str, not_after: str, zone: zoneinfo.ZoneInfo, now: datetime.datetime) -> Window:
        """What two options say; a bare time is of today, one that ends what begins later today is of the day after.

        Raises ValueError in words for people.
        """
        today = now.astimezone(zone).date()
        begin = moment(at, zone, today) if at else None
        end = moment(not_after, zone, begin.date() if begin else today) if not_after else None
        if begin and end and end <= begin and "-" not in not_after:
            end = moment(not_after, zone, begin.date() + _DAY)
        if begin and end and end <= begin:
            raise ValueError(f"it would end, {end:%Y-%m-%d %H:%M}, before it begins, {begin:%Y-%m-%d %H:%M}")
        return cls(at=begin, not_after=end)

    def left(self, now: datetime.datetime) -> datetime.timedelta:
        """How long to wait until it may begin, nothing or less where it may. Raises ValueError where it is too late."""
        if self.not_after and now > self.not_after:
            raise ValueError(f"it was not to begin after {self.not_after:%Y-%m-%d %H:%M %Z}")
        if self.at and not self.not_after and now > self.at + LATE:
            raise ValueError(f"{self.at:%Y-%m-%d %H:%M %Z} is past: --not-after says until when it may still begin")
        return self.at - now if self.at else datetime.timedelta()
