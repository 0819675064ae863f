"""Nobody who opted out gets mail: people, files, requests, bounces and sends in any order, against a plain model."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import hypothesis.strategies as st
from deliveries import NOW, job, planned, reader
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipeline.deliver import freezing, requests, subscribers
from pipeline.deliver.addresses import Address
from pipeline.deliver.ledger import Claimed, Ledger, Send
from pipeline.deliver.letter import envelope
from pipeline.deliver.run import run
from pipeline.deliver.store import Store
from pipeline.deliver.subscribers import STANDINGS, Member
from pipeline.deliver.transport import Answer, Envelope
from pipeline.deliver.transports.maildir import Maildir
from pipeline.web.outbox import Outbox

_EXAMPLES = int(os.environ.get("OPT_OUT_EXAMPLES", "150"))
_SHARED = Path("/dev/shm")  # noqa: S108
_PEOPLE = range(5)
_LISTS = ("main", "papers")
_HOUR, _DAY = 3600.0, 86400.0

people = st.sampled_from(_PEOPLE)
lists = st.sampled_from(_LISTS)
some = st.lists(lists, unique=True).map(tuple)


@dataclass(slots=True)
class Asked:
    """A request whose message has been sent: what the link in it may still do."""

    person: int
    lists: tuple[str, ...]
    number: int
    at: float
    valid: bool = True
    confirmed: bool = False


@dataclass(slots=True)
class Errand:
    """A send, and who must have had it at its end: its recipients but for those who opted out since."""

    send: Send
    owed: set[int]


class OptOut(RuleBasedStateMachine):
    """What the database, the ledger and the Maildir do beside what should be so, in a few dicts."""

    @initialize()
    def begin(self) -> None:
        """Two lists without anybody."""
        self.root = Path(tempfile.mkdtemp(dir=_SHARED if _SHARED.is_dir() else None))
        self.opened = Store.opened(self.root, make=True)
        self.store = self.opened.__enter__()
        for name in _LISTS:
            subscribers.add(self.store, name, [], NOW)
        self.now = time.time() - 3650 * _DAY
        self.state: dict[tuple[int, str], str] = {}
        self.standing: dict[int, str] = {}
        self.erased: set[int] = set()
        self.mailed: dict[int, list[Asked]] = {person: [] for person in _PEOPLE}
        self.known: list[Asked] = []
        self.errands: list[Errand] = []
        self.process: tuple[Ledger, Claimed | None] | None = None
        self.posted: list[int] = []
        self.number = 0
        (self.root / "letters").mkdir()
        self.outbox = Outbox(self.root, self.compose, lambda: Maildir(self.root / "letters"), lambda _: None)

    # What the model says.

    def person(self, number: int) -> Address:
        """One of the people."""
        return Address(reader(number), reader(number))

    def allowed(self, person: int, name: str) -> bool:
        """Whether they get what goes to a list."""
        return self.state.get((person, name)) == "active" and not self.standing.get(person)

    def void(self, person: int, name: str = "") -> None:
        """What they asked for before they opted out does nothing any more."""
        for asked in self.mailed[person]:
            if not name or name in asked.lists:
                asked.valid = False

    def joined(self, person: int, name: str) -> None:
        """They asked for a list, and have proven that it was them."""
        self.state[person, name] = "active"
        self.erased.discard(person)

    # The form, the link, the button.

    def compose(self, number: int, ask: tuple[Address, str]) -> Envelope:
        """A confirmation, which only tells that it came."""
        self.posted.append(number)
        return Envelope(sender="news@b.example", recipient=ask[0].text, message_id=f"<{number}>", parts=())

    @rule(person=people, wanted=some)
    def ask(self, person: int, wanted: tuple[str, ...]) -> None:
        """Somebody, whoever it is, types an address; the outbox mails it or not."""
        mailed = self.mailed[person]
        lately = [one for one in mailed if one.at > self.now - _HOUR]
        unanswered = [one for one in mailed if one.at > self.now - 7 * _DAY and not one.confirmed]
        self.number += 1
        ask = requests.Ask(address=self.person(person), lists=wanted, network=f"network {self.number}")
        assert requests.ask(self.store, ask, self.now, hourly=10**9)
        self.posted.clear()
        self.outbox._send_all(self.store)
        expected = not lately and len(unanswered) < 5 and not self.standing.get(person)
        assert len(self.posted) == expected, "mailed, or not, against the rules"
        for number in self.posted:
            self.mailed[person].append(Asked(person, wanted, number, self.now))
            self.known.append(self.mailed[person][-1])

    def pressed(self, asked: Asked) -> bool:
        """Whether the link of a message still works."""
        return asked.valid and asked.at > self.now - 7 * _DAY

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        """Somebody presses the button behind a link, old or new."""
        asked = data.draw(st.sampled_from(self.known))
        works = self.pressed(asked)
        assert (requests.confirm(self.store, asked.number, "n", self.now) is not None) is works
        if works and not asked.confirmed:
            asked.confirmed = True
            for name in asked.lists:
                self.joined(asked.person, name)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), wanted=some)
    def choose(self, data: st.DataObject, wanted: tuple[str, ...]) -> None:
        """Somebody says on the page behind a link what they want."""
        asked = data.draw(st.sampled_from(self.known))
        works = self.pressed(asked)
        assert (requests.choose(self.store, asked.number, wanted, "n", self.now) is not None) is works
        if not works:
            return
        asked.confirmed = True
        for name in _LISTS:
            if name in wanted:
                self.joined(asked.person, name)
            elif self.state.get((asked.person, name), "unsubscribed") != "unsubscribed":
                self.state[asked.person, name] = "unsubscribed"
                self.void(asked.person, name)
                asked.valid = bool(wanted) or (name not in asked.lists and asked.valid)

    @rule(person=people, name=lists)
    def leave(self, person: int, name: str) -> None:
        """Somebody unsubscribes."""
        subscribers.leave(self.store, name, self.person(person), NOW)
        if (person, name) in self.state:
            self.state[person, name] = "unsubscribed"
        self.void(person, name)

    @rule(person=people, standing=st.sampled_from(STANDINGS))
    def bounce(self, person: int, standing: str) -> None:
        """An address bounces, complains, or is suppressed by hand."""
        subscribers.suppress(self.store, self.person(person), standing)
        self.standing[person] = standing
        self.void(person)

    @rule(person=people)
    def lift(self, person: int) -> None:
        """The editor was asked to mail somebody again."""
        subscribers.lift(self.store, self.person(person))
        self.standing.pop(person, None)

    @rule(person=people)
    def erase(self, person: int) -> None:
        """Somebody is forgotten."""
        subscribers.erase(self.store, self.person(person))
        for name in _LISTS:
            self.state.pop((person, name), None)
        self.standing.pop(person, None)
        self.erased.add(person)
        self.void(person)

    @rule(person=people, name=lists, state=st.sampled_from(subscribers.STATES), again=st.booleans())
    def imported(self, person: int, name: str, state: str, again: bool) -> None:
        """A file, or the editor, names somebody as they were elsewhere; `again` says that they asked anew."""
        member = Member(address=self.person(person), state=state)
        subscribers.add(self.store, name, [member], NOW, again=again)
        if again:
            self.erased.discard(person)
        if person in self.erased:
            return
        if state in STANDINGS:
            self.standing[person] = state
            state = "active"
        before = self.state.get((person, name), "")
        if again or not before or before == "unconfirmed" or (before == "active" and state == "unsubscribed"):
            self.state[person, name] = state

    # Sending.

    @rule(name=lists)
    def send(self, name: str) -> None:
        """An issue begins to go out: its recipients are those who may get it now."""
        plan = replace(planned(f"2023-03-{len(self.errands) + 1:02}"), list=name)
        send = freezing.begun(self.store, plan, NOW)
        assert send is not None
        for _ in freezing.freeze(self.store, send, NOW):
            pass
        owed = {person for person in _PEOPLE if self.allowed(person, name)}
        assert sum(Ledger(self.store, send.id, "", resend=False).tally().values()) == len(owed)
        self.errands.append(Errand(send, owed))
        self.process = Ledger(self.store, send.id, "p", resend=False), None

    @precondition(lambda self: self.process)
    @rule()
    def turn(self) -> None:
        """The process writes what became of its last letter, takes the next recipient, and hands the letter over."""
        if not self.process:
            return
        ledger, doing = self.process
        send = self.errands[-1].send
        folder = Maildir(self.root / "mail")
        folder.open()
        with self.store.transaction():
            if doing:
                ledger.record(doing, self.letter(send, doing, folder), 1.0)
            taken = ledger.turn(1.0)
        self.process = ledger, taken if isinstance(taken, Claimed) else None
        if isinstance(taken, Claimed):
            self.may(taken.address, send.list)

    def letter(self, send: Send, one: Claimed, folder: Maildir) -> Answer:
        """Hands a letter over."""
        return folder.deliver(envelope(job(self.root, send, Maildir).letter, one.subscriber, one.address, one.name))  # type: ignore[arg-type]

    def may(self, address: str, name: str) -> None:
        """Whether it may go out now."""
        person = next(number for number in _PEOPLE if reader(number) == address)
        assert self.allowed(person, name), "mailed after opting out"

    @precondition(lambda self: self.errands)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        """The rest of an issue goes out by the command's own run; a process that was at it is dead by then."""
        errand = data.draw(st.sampled_from(self.errands))
        if errand is self.errands[-1]:
            self.process = None
        machine = self

        class Checked(Maildir):
            """The folder, which looks at whom it is to take a letter for."""

            def deliver(self, envelope: Envelope) -> Answer:
                """Is asked once for each letter."""
                machine.may(envelope.recipient, errand.send.list)
                return super().deliver(envelope)

        tally = run(self.store, job(self.root, errand.send, lambda: Checked(self.root / "mail")), lambda _: None)
        assert tally.keys() <= {"sent", "withdrawn"}
        rows = self.store.rows(
            "SELECT address FROM recipient WHERE send = :send AND state = 'sent'", send=errand.send.id
        )
        got = {row[0] for row in rows}
        assert {reader(person) for person in errand.owed} <= got, "lost"

    @rule(seconds=st.sampled_from([60.0, _HOUR + 1, _DAY, 7 * _DAY]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    @invariant()
    def who_opted_out_is_owed_nothing(self) -> None:
        """Not even when they come back: a send has its recipients from its beginning."""
        for errand in getattr(self, "errands", ()):
            errand.owed = {person for person in errand.owed if self.allowed(person, errand.send.list)}

    def teardown(self) -> None:
        """Closes the store."""
        if hasattr(self, "opened"):
            self.opened.__exit__(None, None, None)
            shutil.rmtree(self.root)


TestOptOut = OptOut.TestCase
TestOptOut.settings = settings(max_examples=_EXAMPLES, stateful_step_count=50, deadline=None)
