"""The ledger: who is given to whom, when, and how often."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from deliveries import NOW, frozen, job, reader, states
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.deliver import statements, subscribers
from pipeline.deliver.addresses import Address
from pipeline.deliver.ledger import LEASE, PAUSES, Claimed, Ledger, Send
from pipeline.deliver.letter import envelope
from pipeline.deliver.presence import alive, present, someone
from pipeline.deliver.run import run
from pipeline.deliver.store import Store
from pipeline.deliver.subscribers import Member
from pipeline.deliver.tokens import KEY_FILE, Bearer, Keys
from pipeline.deliver.transport import Answer, Envelope, Outcome
from pipeline.errors import BadSource

SENT = Answer(Outcome.SENT)


def ledger(store: Store, send: Send, owner: str = "me", *, resend: bool = False) -> Ledger:
    """The ledger as one process sees it."""
    return Ledger(store, send.id, owner, resend=resend)


def nobody(_: str) -> bool:
    """No other process lives."""
    return False


def inherit(told: Ledger, alive: Callable[[str], bool], had: bool | None, now: float) -> None:
    """Takes over from senders that are no more, of whose messages a transport says this."""
    told.inherit(alive)
    for one in told.doubtful(now):
        told.settle(one, had, now)


def test_the_recipients_are_those_of_the_beginning(tmp_path: Path) -> None:
    """Whoever subscribes after a send began is not among its recipients."""
    send = frozen(tmp_path, 3)
    with Store.opened(tmp_path) as store:
        subscribers.add(store, "main", [Member(address=Address("late@b.example", "late@b.example"))], NOW)
        run(store, job(tmp_path, send, Taking), lambda _: None)
    assert states(tmp_path, send) == {reader(number): "sent" for number in range(3)}


class Taking:
    """A transport that takes everything."""

    def open(self) -> None:
        """Is always open."""

    def deliver(self, letter: Envelope) -> Answer:
        """Takes it."""
        return SENT

    def accepted(self, letter: Envelope) -> bool | None:
        """Cannot be asked."""
        return None

    def close(self) -> None:
        """Has nothing open."""


def test_whoever_leaves_while_it_is_sent_is_withdrawn(tmp_path: Path) -> None:
    """An opt-out, a complaint and an erasure after the freeze, even after the claim, are seen before the message."""
    send = frozen(tmp_path, 5)
    with Store.opened(tmp_path) as store:
        told = ledger(store, send)
        with store.transaction():
            first = told.turn(1.0)
        assert isinstance(first, Claimed)
        one, two, three, *_ = [number for number in range(5) if reader(number) != first.address]
        subscribers.leave(store, "main", Address(reader(one), reader(one)), NOW)
        subscribers.suppress(store, Address(reader(two), reader(two)), "complained")
        subscribers.erase(store, Address(reader(three), reader(three)))
        with store.transaction():
            rest = [told.turn(2.0), told.turn(2.0)]
        assert isinstance(rest[0], Claimed)
        assert rest[1] is None
        assert rest[0].address not in {reader(number) for number in (one, two, three)}
    assert Counter(states(tmp_path, send).values())["withdrawn"] == 3


def test_a_lease_ends_and_its_fence_holds(tmp_path: Path) -> None:
    """After its lease somebody else gets the recipient, and what the first says later changes nothing."""
    send = frozen(tmp_path, 1)
    with Store.opened(tmp_path) as store, store.transaction():
        slow, quick = ledger(store, send, "slow"), ledger(store, send, "quick")
        slow._claim(0.0)
        assert quick.turn(LEASE / 2) == LEASE
        taken = quick.turn(LEASE + 1)
        assert isinstance(taken, Claimed)
        assert slow.turn(LEASE + 2) is None
        late = taken._replace(fence=taken.fence - 1)
        slow.record(late, Answer(Outcome.FAILED), LEASE + 3)
        quick.record(taken, SENT, LEASE + 4)
    assert set(states(tmp_path, send).values()) == {"sent"}


def test_what_may_pass_is_tried_again_with_growing_pauses_and_not_for_ever(tmp_path: Path) -> None:
    """A 4xx puts the recipient back for longer and longer; after the last pause it has failed."""
    send = frozen(tmp_path, 1)
    assert list(PAUSES) == sorted(set(PAUSES))
    now = 1.0
    with Store.opened(tmp_path) as store, store.transaction():
        told = ledger(store, send)
        for pause in (*PAUSES, None):
            one = told.turn(now)
            assert isinstance(one, Claimed)
            told.record(one, Answer(Outcome.LATER, "450 later"), now)
            if pause is not None:
                assert told.turn(now + pause - 0.5) == now + pause
                now += pause
        assert told.tally() == {"failed": 1}
        assert list(told.named(9)) == [(reader(0), "failed", "450 later")]
        assert told.again("failed") == 1
        assert isinstance(told.turn(now), Claimed)


@pytest.mark.parametrize(
    ("resend", "had", "state"),
    [
        (False, None, "uncertain"),
        (True, None, "queued"),
        (False, True, "sent"),
        (False, False, "queued"),
        (True, True, "sent"),
    ],
)
def test_what_a_dead_sender_left_is_settled(tmp_path: Path, resend: bool, had: bool | None, state: str) -> None:
    """A message on its way when its sender died is sent or not where that can be asked, else held or sent again."""
    send = frozen(tmp_path, 1)
    with Store.opened(tmp_path) as store, store.transaction():
        ledger(store, send, "dead").turn(1.0)
        told = ledger(store, send, resend=resend)
        inherit(told, lambda _: True, had, 2.0)
        assert told.tally() == {"sending": 1}, "its sender lives"
        inherit(told, nobody, had, 2.0)
        assert told.tally() == {state: 1}


def test_a_whole_list_in_doubt_is_taken_in_portions(tmp_path: Path) -> None:
    """After a backup was restored everyone is in doubt: they are settled some thousand at a time, each once."""
    send = frozen(tmp_path, 12_000)
    with Store.opened(tmp_path) as store:
        store.change("UPDATE recipient SET state = 'uncertain'")
        told = ledger(store, send)
        after, sizes = 0, []
        while some := told.doubtful(1.0, after):
            for one in some:
                told.settle(one, True if one.id % 2 else None, 1.0)
            after = some[-1].id
            sizes.append(len(some))
        assert max(sizes) <= 5_000
        assert sum(sizes) == 12_000
        assert told.tally() == {"sent": 6_000, "uncertain": 6_000}


def test_no_query_of_a_sender_looks_through_a_whole_list(tmp_path: Path) -> None:
    """What a sender asks while others wait finds its rows by an index that holds only those (SQLite's query plan)."""
    asked = {
        "CLAIM": "recipient_queued", "NEXT_DUE": "recipient_queued", "RELEASE": "recipient_held",
        "ABANDONED": "recipient_held", "OWNERS": "recipient_held", "DOUBTFUL": "recipient_doubtful",
    }  # fmt: skip
    with Store.opened(tmp_path, make=True) as store:
        for name, index in asked.items():
            statement = getattr(statements, name)
            values = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
            plan = " ".join(str(row[3]) for row in store.rows(f"EXPLAIN QUERY PLAN {statement}", **values))
            assert index in plan, f"{name}: {plan}"
            assert "sqlite_autoindex_recipient" not in plan, f"{name}: {plan}"


def test_a_name_is_alive_as_long_as_its_process(tmp_path: Path) -> None:
    """A sender's name tells whether it is at work."""
    with present(tmp_path) as name:
        assert alive(tmp_path, name)
        assert someone(tmp_path)
    assert not alive(tmp_path, name)
    assert not someone(tmp_path)


def test_a_copy_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    """The same recipient's copy has the same bytes and Message-ID, another's has another."""
    letter = job(tmp_path, frozen(tmp_path, 1), Taking).letter
    assert envelope(letter, 1, "a@b.example", "Ann") == envelope(letter, 1, "a@b.example", "Ann")
    assert envelope(letter, 1, "a@b.example").message_id != envelope(letter, 1, "c@d.example").message_id
    assert b"\r\nTo: a@b.example\r\n" in envelope(letter, 1, "a@b.example").content


@pytest.mark.parametrize("name", ["Ann\r\nBcc: x@y.example", "李\n雷", '"; <x@y.example>', "=?utf-8?q?x=0D=0ABcc:_e?="])
def test_a_name_makes_no_header(name: str, tmp_path: Path) -> None:
    """A subscriber's name adds no field and no recipient."""
    letter = job(tmp_path, frozen(tmp_path, 1), Taking).letter
    head = envelope(letter, 1, "a@b.example", name).content.partition(b"\r\n\r\n")[0]
    fields = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert fields == [b"From", b"To", b"Date", b"Message-ID", b"Subject"]
    assert b"=?utf-8?q?x" not in head


def test_tokens_prove_one_subscriber_one_list_and_one_purpose(tmp_path: Path) -> None:
    """A token is for its list, subscriber and purpose; changed, it proves nothing; an older key still proves."""
    (tmp_path / "var").mkdir()
    keys = Keys.opened(tmp_path)
    token = keys.token(3, 2**62)
    assert len(token) == 48
    assert keys.bearer(token) == Bearer(3, 2**62)
    assert keys.bearer(token, "confirm") is None
    for place in range(48):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert keys.bearer(changed) is None
    for other in ("", "a", token[:-4], token + "AAAA", "é" * 48, token.replace(token[0], "\0")):
        assert keys.bearer(other) is None
    file = tmp_path / KEY_FILE
    file.write_text(f' "{file.read_text().strip()}" \r\n{"ab" * 32}\n')
    rotated = Keys.opened(tmp_path)
    assert rotated.bearer(token) == Bearer(3, 2**62)
    assert rotated.token(3, 2**62) != token
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "secret", "ab" * 16, "xy" * 32])
def test_what_is_no_key_is_refused(content: str, tmp_path: Path) -> None:
    """An empty, short or mistyped key is told, and no token is made of it."""
    (tmp_path / "var").mkdir()
    (tmp_path / KEY_FILE).write_text(content)
    with pytest.raises(BadSource):
        Keys.opened(tmp_path)


def test_a_store_is_opened_while_others_send(tmp_path: Path) -> None:
    """Whoever opens the ledger while a sender claims and marks finds it whole, however the two meet."""
    ended = threading.Event()

    def claim() -> None:
        with Store.opened(tmp_path) as store:
            while not ended.is_set():
                with store.transaction():
                    epoch = store.number(statements.NEXT_EPOCH)
                store.mark(epoch)

    with Store.opened(tmp_path, make=True):
        sender = threading.Thread(target=claim)
        sender.start()
        try:
            for _ in range(150):
                with Store.opened(tmp_path) as store:
                    assert store.number(statements.EPOCH) >= 0
        finally:
            ended.set()
            sender.join()


PEOPLE = st.integers(0, 5)


class Sending(RuleBasedStateMachine):
    """People come and go while an issue is sent by processes that may end at any step."""

    @initialize()
    def begin(self) -> None:
        """An issue to six readers."""
        self.root = Path(tempfile.mkdtemp())
        self.send = frozen(self.root, 6)
        self.out: set[str] = set()
        self.open: dict[str, tuple[Ledger, Claimed | None]] = {}
        self.now, self.number = 1.0, 0
        self.opened = Store.opened(self.root)
        self.store = self.opened.__enter__()

    def person(self, number: int) -> Address:
        """One of the readers."""
        return Address(reader(number), reader(number))

    @rule(number=PEOPLE)
    def leave(self, number: int) -> None:
        """Somebody unsubscribes."""
        subscribers.leave(self.store, "main", self.person(number), NOW)
        self.out.add(reader(number))

    @rule(number=PEOPLE, standing=st.sampled_from(["bounced", "complained"]))
    def bounce(self, number: int, standing: str) -> None:
        """Somebody's address bounces, or they complain."""
        subscribers.suppress(self.store, self.person(number), standing)
        self.out.add(reader(number))

    @rule(number=PEOPLE)
    def imported(self, number: int) -> None:
        """An old file names somebody who may have left."""
        subscribers.add(self.store, "main", [Member(address=self.person(number))], NOW)

    @rule(number=PEOPLE)
    def erase(self, number: int) -> None:
        """Somebody is forgotten."""
        subscribers.erase(self.store, self.person(number))
        self.out.add(reader(number))

    @rule()
    def start(self) -> None:
        """A process begins to send."""
        self.number += 1
        self.open[f"p{self.number}"] = ledger(self.store, self.send, f"p{self.number}"), None

    @rule(data=st.data(), answer=st.sampled_from(list(Outcome)))
    def turn(self, data: st.DataObject, answer: Outcome) -> None:
        """A process records what it did and takes its next recipient, whom it mails at once."""
        if not self.open:
            return
        name = data.draw(st.sampled_from(sorted(self.open)))
        told, doing = self.open[name]
        with self.store.transaction():
            if doing:
                told.record(doing, Answer(answer), self.now)
            turn = told.turn(self.now)
            taken = turn if isinstance(turn, Claimed) else None
        self.open[name] = told, taken
        if taken:
            assert taken.address not in self.out, "mailed after opting out"

    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        """A process ends without a word; another settles what it left."""
        if not self.open:
            return
        del self.open[data.draw(st.sampled_from(sorted(self.open)))]
        with self.store.transaction():
            inherit(ledger(self.store, self.send, "heir"), self.open.__contains__, None, self.now)

    @rule(seconds=st.sampled_from([1.0, LEASE - 10, LEASE + 1]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    @invariant()
    def nobody_is_lost(self) -> None:
        """Every recipient of the beginning is still in the ledger."""
        if hasattr(self, "store"):
            assert sum(ledger(self.store, self.send).tally().values()) == 6

    def teardown(self) -> None:
        """Closes the store."""
        if hasattr(self, "opened"):
            self.opened.__exit__(None, None, None)
            shutil.rmtree(self.root)


TestSending = Sending.TestCase
TestSending.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
