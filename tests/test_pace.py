"""Pace: nobody gets more than may be, a domain that defers is left alone, and holds up no other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Received
from deliveries import NOW, frozen, job, smtp, states, unused

from pipeline.deliver import subscribers
from pipeline.deliver.ledger import Claimed, Ledger
from pipeline.deliver.pace import SLOWDOWNS, Pace
from pipeline.deliver.run import run
from pipeline.deliver.store import Store
from pipeline.deliver.transport import Answer, Envelope, Outcome
from pipeline.model import DomainLimit


def gone(pace: Pace, domain: str, seconds: float, took: float = 0.0) -> int:
    """How many messages go to a domain in so many seconds, one after the other."""
    now, count = 1000.0, 0
    while now < 1000.0 + seconds:
        when = max(pace.when(domain, now), pace.free())
        if when > now:
            now = when
            continue
        pace.began(domain, now)
        now += took
        pace.ended(domain, now, slow=False)
        count += 1
    return count


@pytest.mark.parametrize("rate", [0.5, 4.0, 1000.0])
def test_a_rate_is_kept_in_all_and_by_domain(rate: float) -> None:
    """In ten seconds as many go out as the rate says, and one at the beginning."""
    assert gone(Pace(rate), "a.example", 10) == pytest.approx(10 * rate, abs=1)
    assert gone(Pace(limits={"*": DomainLimit(rate=rate)}), "a.example", 10) == pytest.approx(10 * rate, abs=1)
    limits = {"a.example": DomainLimit(rate=rate), "*": DomainLimit(rate=rate * 2)}
    assert gone(Pace(limits=limits), "b.example", 10) == pytest.approx(20 * rate, abs=1)


def test_a_domain_has_no_more_sessions_than_it_may() -> None:
    """A third message to a domain of two sessions waits until one has ended; one to another domain does not."""
    pace = Pace(limits={"a.example": DomainLimit(sessions=2)})
    for _ in range(2):
        assert pace.when("a.example", 1.0) <= 1.0
        pace.began("a.example", 1.0)
    assert pace.when("a.example", 1.0) > 1.0
    assert pace.when("b.example", 1.0) <= 1.0
    pace.ended("a.example", 2.0, slow=False)
    assert pace.when("a.example", 2.0) <= 2.0


def test_a_domain_that_defers_is_left_alone_for_longer_and_longer() -> None:
    """Each deferral after the pause makes the next one longer; then one message at a time, until one is taken."""
    pace, now = Pace(), 1000.0
    for pause in (*SLOWDOWNS, SLOWDOWNS[-1]):
        pace.began("a.example", now)
        pace.ended("a.example", now, slow=True)
        assert pace.when("a.example", now) == now + pause
        now += pause
    pace.began("a.example", now)
    assert pace.when("a.example", now) > now, "one at a time"
    pace.ended("a.example", now, slow=False)
    assert pace.when("a.example", now) <= now
    pace.began("a.example", now)
    assert pace.when("a.example", now) <= now, "as many as before"


def test_several_sessions_that_are_deferred_at_once_count_once() -> None:
    """Four messages that were on their way when a domain began to defer do not make the pause longer."""
    pace = Pace()
    for _ in range(4):
        pace.began("a.example", 1000.0)
    for _ in range(4):
        pace.ended("a.example", 1000.0, slow=True)
    assert pace.when("a.example", 1000.0) == 1000.0 + SLOWDOWNS[0]


class Taking:
    """A transport that takes everything, but defers one domain for a while, and notes the order in a file."""

    def __init__(self, notes: Path, slow: str = "") -> None:
        self.notes, self.slow = notes, slow

    def open(self) -> None:
        """Is always open."""

    def deliver(self, letter: Envelope) -> Answer:
        """Takes it, or asks for patience."""
        with self.notes.open("a") as file:
            file.write(f"{letter.recipient}\n")
        if self.slow and letter.recipient.endswith(self.slow) and len(_taken(self.notes)) < 400:
            return Answer(Outcome.LATER, "421 4.7.0 slow down", slow=True)
        return Answer(Outcome.SENT)

    def accepted(self, letter: Envelope) -> bool | None:
        """Cannot be asked."""
        return None

    def close(self) -> None:
        """Has nothing open."""


def _taken(notes: Path) -> list[str]:
    return notes.read_text().splitlines() if notes.exists() else []


def test_a_slow_domain_holds_up_nobody_else(tmp_path: Path) -> None:
    """While one domain defers all others get theirs, it is asked once a pause, and at last it has every message."""
    send, notes = frozen(tmp_path, 500), tmp_path / "notes"
    with Store.opened(tmp_path) as store:
        work = job(tmp_path, send, lambda: Taking(notes, "@host0.example"), slowdowns=(2.0,))
        assert run(store, work, lambda _: None) == {"sent": 500}
    taken = _taken(notes)
    others = [place for place, to in enumerate(taken) if not to.endswith("@host0.example")]
    assert len(others) == 500 - 72
    deferred = [to for to in taken[:399] if to.endswith("@host0.example")]
    assert len(deferred) <= 10, "asked again and again"
    assert set(Counter(taken).values()) <= {1, 2}


def test_those_who_wait_for_their_domain_are_found_behind_it(tmp_path: Path) -> None:
    """A thousand of one domain at the head of the queue do not keep those behind them waiting, nor are they lost."""
    send = frozen(tmp_path, 1400)
    pace = Pace(limits={"host0.example": DomainLimit(sessions=1), "host1.example": DomainLimit(rate=1.0)})
    with Store.opened(tmp_path) as store:
        told = Ledger(store, send.id, "me", resend=False)
        with store.transaction():
            store.change("UPDATE recipient SET due = 1 WHERE address NOT LIKE '%@host0.example'")
        found: Counter[str] = Counter()
        for _ in range(1300):
            with store.transaction():
                one = told.turn(1000.0, pace)
            if isinstance(one, Claimed):
                found[one.domain] += 1
        assert found == {"host0.example": 1, "host1.example": 1, **{f"host{n}.example": 200 for n in range(2, 7)}}
        assert told.tally() == {"sending": 1002, "queued": 398}


class Busy:
    """A server of aiosmtpd that says 451 4.7.1 to one domain, and counts how many messages it has at once."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Received, address: str, options: list[str]
    ) -> str:
        """Takes all but the first two of a domain."""
        domain = address.rpartition("@")[2]
        self.asked[domain] += 1
        if domain == "host0.example" and self.asked[domain] <= 2:
            return "451 4.7.1 too many, try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def test_a_servers_deferral_slows_its_domain(tmp_path: Path) -> None:
    """A 4.7 reply of a real server is understood as one for the whole domain; everybody is sent to in the end."""
    send, busy = frozen(tmp_path, 70), Busy()
    server = Controller(busy, hostname="127.0.0.1", port=unused())
    server.start()
    try:
        with Store.opened(tmp_path) as store:
            work = job(tmp_path, send, smtp(server.port), slowdowns=(0.3,))
            assert run(store, work, lambda _: None) == {"sent": 70}
    finally:
        server.stop()
    assert busy.asked == {f"host{n}.example": 12 if n == 0 else 10 for n in range(7)}
    assert set(states(tmp_path, send).values()) == {"sent"}


def test_a_paused_send_stops_at_once_and_a_list_may_change_meanwhile(tmp_path: Path) -> None:
    """After a pause nothing more is handed over, whoever leaves then is withdrawn, and the rest goes out later."""
    send, notes = frozen(tmp_path, 300), tmp_path / "notes"
    with Store.opened(tmp_path) as store, Store.opened(tmp_path) as other:
        told = Ledger(other, send.id, "", resend=False)

        def pausing(_: object) -> None:
            if len(_taken(notes)) > 20:
                with other.transaction():
                    told.pause(NOW)

        tally = run(store, job(tmp_path, send, lambda: Taking(notes), rate=200.0), pausing)
        assert 20 < tally["sent"] < 300
        assert tally.keys() == {"sent", "queued"}
        had = len(_taken(notes))
        assert run(store, job(tmp_path, send, lambda: Taking(notes)), lambda _: None) == tally
        assert len(_taken(notes)) == had
        rest = [address for address, state in states(tmp_path, send).items() if state == "queued"]
        subscribers.leave(store, "main", subscribers.Address(rest[0], rest[0]), NOW)
        with other.transaction():
            told.pause("")
        assert run(store, job(tmp_path, send, lambda: Taking(notes)), lambda _: None) == {"sent": 299, "withdrawn": 1}
    assert rest[0] not in _taken(notes)
