"""Lists of subscribers as CSV, by the header names of the services that export them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from pipeline.deliver.addresses import address
from pipeline.deliver.subscribers import Member
from pipeline.errors import BadSource
from pipeline.model import Location

__all__ = ["HEADER", "export", "imported"]

HEADER = ("email", "name", "status", "list", "source", "consented", "changed")
"""The columns of an export."""

# As Mailchimp, Buttondown, Substack, Ghost, listmonk, beehiiv, Kit, MailerLite and Brevo name them, without marks.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "emailaddress", "mail", "subscriber", "contactemail", "useremail", "邮箱", "电子邮件",
              "邮箱地址"),
    "name": ("name", "fullname", "displayname", "姓名", "名字"),
    "first": ("firstname", "first", "fname", "givenname"),
    "last": ("lastname", "last", "lname", "surname", "familyname"),
    "status": ("status", "state", "subscriptionstatus", "subscribertype", "type", "subscribed", "subscribedtoemails",
               "emaildisabled", "状态"),
    "consented": ("consented", "consentedat", "confirmtime", "optintime", "optindate", "confirmedat", "subscribedat",
                  "subscriptiondate", "creationdate", "createdat", "created", "dateadded", "adddate"),
    "source": ("source", "optinip", "confirmip", "signupsource", "acquisitionsource", "utmsource", "referrerurl"),
}  # fmt: skip

_STATES: Mapping[str, tuple[str, ...]] = {
    "active": (
        "active",
        "subscribed",
        "enabled",
        "confirmed",
        "regular",
        "premium",
        "free",
        "paid",
        "true",
        "yes",
        "1",
    ),
    "unsubscribed": (
        "unsubscribed",
        "inactive",
        "removed",
        "optedout",
        "optout",
        "false",
        "no",
        "0",
        "disabled",
        "left",
    ),
    "bounced": ("bounced", "cleaned", "undeliverable", "hardbounced", "bounce"),
    "complained": ("complained", "spammy", "spam", "junk", "complaint", "abuse"),
    "suppressed": ("suppressed", "blocklisted", "blacklisted", "blocked", "banned", "deleted", "archived"),
}
_STATE = {word: state for state, words in _STATES.items() for word in words}
_NO_WORD = re.compile(r"[\W_]+")
_FORMULA = "=+-@\t\r"
_CELL = 131_072


def imported(name: str, file: TextIO, *, confirmed: bool, refused: Counter[str]) -> Iterator[Member]:
    """The people in a CSV file; lines whose address is none are counted in `refused` by what stands there.

    `confirmed` says that those whom the file calls active, or of whom it says nothing, agreed to be mailed: without it
    they are unconfirmed. Raises BadSource where there is no column of addresses, and where it is no CSV (RFC 4180): a
    quote that is never closed would hide everybody behind it.
    """
    csv.field_size_limit(_CELL)
    rows = _rows(name, file)
    header = next(rows, [])
    columns = _columns(header)
    if "email" not in columns:
        found = ", ".join(header[:8])
        message = f"no column of addresses: its header must have “email” or “Email Address”, and has “{found}”"
        raise BadSource.at(Location(path=name, line=1), "columns", message)
    backwards = _plain(header[columns["status"]]) == "emaildisabled" if "status" in columns else False
    for row in rows:
        cells = {key: _bare(row[place]) if place < len(row) else "" for key, place in columns.items()}
        parsed = address(cells["email"])
        if parsed is None:
            refused[cells["email"][:80]] += any(row)
            continue
        given = cells.get("name") or " ".join(filter(None, (cells.get("first"), cells.get("last"))))
        yield Member(
            address=parsed,
            name=" ".join(given.split())[:200],
            state=_state(cells.get("status", ""), confirmed=confirmed, backwards=backwards),
            source=cells.get("source") or name,
            consented=cells.get("consented", ""),
        )


def _rows(name: str, file: TextIO) -> Iterator[list[str]]:
    """The cells; commas, semicolons or tabs part them, as the header shows."""
    line = 0
    try:
        first = file.readline().lstrip("\ufeff")
        reader = csv.reader(_from(first, file), delimiter=max(",;\t", key=first.count), strict=True)
        for row in reader:
            line = reader.line_num
            yield row
    except csv.Error as error:
        message = f"cannot be read as CSV: {error}: is a quote open, or not doubled within others?"
        raise BadSource.at(Location(path=name, line=line + 1), "csv", message) from None
    except UnicodeDecodeError as error:
        message = f"byte 0x{error.object[error.start]:02x} is not UTF-8: save it as CSV in UTF-8"
        raise BadSource.at(Location(path=name), "encoding", message) from None


def _from(first: str, file: TextIO) -> Iterator[str]:
    yield first
    yield from file


def _columns(header: Sequence[str]) -> dict[str, int]:
    """The place of each column that is known, by the first of its names that is there."""
    places = {_plain(title): place for place, title in reversed(list(enumerate(header)))}
    found = {key: [places[name] for name in names if name in places] for key, names in _NAMES.items()}
    return {key: some[0] for key, some in found.items() if some}


def _plain(word: str) -> str:
    return _NO_WORD.sub("", word.casefold())


def _bare(cell: str) -> str:
    """A cell without the apostrophe that an export put before what a spreadsheet would reckon."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA and cell[1:] else cell


def _state(word: str, *, confirmed: bool, backwards: bool) -> str:
    state = _STATE.get(_plain(word), "unconfirmed") if word else "active"
    if backwards and word:
        state = {"active": "unsubscribed", "unsubscribed": "active"}.get(state, state)
    return "unconfirmed" if state == "active" and not confirmed else state


def export(file: TextIO, members: Iterable[Sequence[str]]) -> int:
    """Writes members as CSV and gives their number; no cell can begin a formula in a spreadsheet."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    count = 0
    for row in members:
        count += 1
        writer.writerow([f"'{cell}" if cell[:1] in _FORMULA and cell else cell for cell in row])
    return count
