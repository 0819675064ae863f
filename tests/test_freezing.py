"""Freezing: all recipients or none are mailed, whoever is killed on the way, and others can write meanwhile."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from deliveries import NOW, frozen, planned, reader, states
from kill.builder import ended, start
from publications import SETTINGS, publish, written

from pipeline.deliver import subscribers
from pipeline.deliver.addresses import Address
from pipeline.deliver.freezing import SLICE, begun, freeze
from pipeline.deliver.ledger import Ledger, Send, found
from pipeline.deliver.store import Store
from pipeline.deliver.subscribers import Member

COUNT = SLICE * 20 + 7


def beginning(root: Path, count: int = COUNT) -> Send:
    """A send to so many readers, none of whom is written yet."""
    with Store.opened(root, make=True) as store:
        readers = (Member(address=Address(reader(number), reader(number))) for number in range(count))
        subscribers.add(store, "main", readers, NOW)
        send = begun(store, planned(), NOW)
        assert send is not None
        return send


def freezing(root: Path, send: Send) -> None:
    """One process that freezes."""
    with Store.opened(root) as store:
        for _ in freeze(store, send, NOW):
            pass


def test_a_killed_freeze_goes_on_where_it_was(tmp_path: Path) -> None:
    """After kill -9 at random instants it goes on, by several processes at once, until everyone is written once."""
    chance, send = random.Random(20230304), beginning(tmp_path)  # noqa: S311
    with Store.opened(tmp_path) as store:
        for _ in range(6):
            pids = [start(lambda: freezing(tmp_path, send)) for _ in range(2)]
            time.sleep(chance.uniform(0.01, 0.04))
            for pid in pids:
                os.killpg(pid, signal.SIGKILL)
                ended(pid)
            now = found(store, "2023-03-04", "main")
            assert now is not None
            assert not now.frozen or len(states(tmp_path, send)) == COUNT
    freezing(tmp_path, send)
    assert states(tmp_path, send) == {reader(number): "queued" for number in range(COUNT)}
    freezing(tmp_path, send)
    assert len(states(tmp_path, send)) == COUNT


def test_a_small_list_beside_a_large_one_is_frozen_alone(tmp_path: Path) -> None:
    """Members of another list, and whoever is not active, are no recipients."""
    beginning(tmp_path)
    with Store.opened(tmp_path) as store:
        some = [Member(address=Address(reader(n), reader(n))) for n in range(3)]
        subscribers.add(store, "papers", some, NOW)
        subscribers.leave(store, "papers", some[0].address, NOW)
        subscribers.suppress(store, some[1].address, "bounced")
        send = begun(store, replace(planned(), list="papers"), NOW)
        assert send is not None
        assert list(freeze(store, send, NOW)) == [None]
    assert states(tmp_path, send) == {reader(2): "queued"}


def test_others_write_while_it_is_frozen(tmp_path: Path) -> None:
    """Between any two slices another process can write: none of them holds the lock for longer than its own slice."""
    send = beginning(tmp_path)
    with Store.opened(tmp_path) as store, Store.opened(tmp_path) as other:
        for step, _ in enumerate(freeze(store, send, NOW)):
            subscribers.leave(other, "main", Address(reader(step), reader(step)), NOW)
            assert len(states(tmp_path, send)) <= SLICE * (step + 1)


@pytest.mark.parametrize("wrong", [["sent", "uncertain"], ["queued"], ["failed", "sent", "withdrawn"]])
def test_a_correction_goes_to_whoever_had_the_wrong_one_or_was_to_get_it(wrong: list[str], tmp_path: Path) -> None:
    """Whoever failed or left, or subscribed since, is no recipient of a correction; what it corrects stops."""
    first = frozen(tmp_path, SLICE + 5)
    with Store.opened(tmp_path) as store:
        for number, state in enumerate(wrong):
            statement = "UPDATE recipient SET state = :state WHERE address = :address"
            store.change(statement, state=state, address=reader(number))
        subscribers.add(store, "main", [Member(address=Address("new@b.example", "new@b.example"))], NOW)
        assert begun(store, planned(), NOW) is None, "an issue goes to a list once"
        send = begun(store, replace(planned(), correction=1, hash="1" * 64), NOW)
        assert send is not None
        assert Ledger(store, first.id, "", resend=False).paused()
        for _ in freeze(store, send, NOW):
            pass
        now = found(store, "2023-03-04", "main")
        assert now is not None
        assert (now.id, now.correction, bool(now.frozen)) == (send.id, 1, True)
    gone = {reader(number) for number, state in enumerate(wrong) if state in ("failed", "withdrawn")}
    assert states(tmp_path, send).keys() == states(tmp_path, first).keys() - gone


def test_a_send_that_is_not_frozen_yet_mails_nobody(tmp_path: Path) -> None:
    """Killed while it was frozen, a send is told as not begun; --resume freezes the rest, and mails then alone."""
    issue = "# One\n\n## S\n\n### [A](https://a.example)\n* a note\n"
    root = written(tmp_path, {"issues/2023-03-04/index.md": issue, "newsletter.yaml": SETTINGS})
    assert publish("build", "-C", str(root)).code == 0
    send = beginning(root, SLICE + 3)
    with Store.opened(root) as store:
        next(iter(freeze(store, send, NOW)))
    assert "not yet begun" in publish("send", "2023-03-04", "-C", str(root), "--status").out
    assert not (root / "var/mail").exists()
    ran = publish("send", "2023-03-04", "-C", str(root), "--resume")
    assert f"{SLICE + 3:,} sent" in ran.out, ran.err
    assert f"recipients: {SLICE + 3}" in (root / "sent/2023-03-04.yaml").read_text()
