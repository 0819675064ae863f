"""Sends that are killed, and several at once: nobody is lost, and hardly anybody has it twice."""

from __future__ import annotations

import functools
import json
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from deliveries import accepted, frozen, job, sink, smtp, states
from kill.builder import ended, start

from pipeline.deliver.ledger import Claimed, Ledger, Send
from pipeline.deliver.run import run
from pipeline.deliver.store import Store
from pipeline.deliver.transport import Answer, Outcome
from pipeline.deliver.transports.maildir import Maildir

KILLS = int(os.environ.get("KILLS", "300"))
"""How many senders are killed; the long run sets more."""

SESSIONS = 4


def sending(root: Path, send: Send, port: int, *, resend: bool) -> None:
    """One whole run of a send to a sink."""
    with Store.opened(root) as store:
        run(store, job(root, send, smtp(port), SESSIONS, resend=resend), lambda _: None)


def _await_more(folder: Path, had: int, pid: int) -> None:
    """Waits until a sink has more than it had, or a process has ended: a large test process takes long to fork."""
    while len(os.listdir(folder)) <= had and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        time.sleep(0.002)


@pytest.mark.needs("postfix")
@pytest.mark.parametrize("resend", [False, True], ids=["hold", "resend"])
def test_a_killed_send_loses_nobody(tmp_path: Path, resend: bool) -> None:
    """After kill -9 at random instants and a last run nobody is lost, and nobody is marked sent whose message was not.

    Held, nobody has it twice, and at most one a session and kill is uncertain; sent again, at most so many have it
    twice.
    """
    chance = random.Random(20230304)  # noqa: S311
    kills, landed, twice = KILLS // 2, 0, 0
    number = 0
    with sink(tmp_path / "sink") as port:
        while landed < kills:
            root, folder = tmp_path / f"root{number}", tmp_path / "sink"
            root.mkdir()
            number += 1
            send = frozen(root, 500, issue=f"2023-03-{number:02}")
            here, live = 0, True
            while live and landed < kills:
                had = len(os.listdir(folder))
                pid = start(functools.partial(sending, root, send, port, resend=resend))
                if landed % 3:  # else at any instant, also before the first message
                    _await_more(folder, had, pid)
                time.sleep(chance.uniform(0.0, 0.1))
                live = os.waitpid(pid, os.WNOHANG) == (0, 0)
                if live:
                    os.kill(pid, signal.SIGKILL)
                    live = ended(pid) == -signal.SIGKILL
                    landed, here = landed + live, here + live
            sending(root, send, port, resend=resend)
            had, now = accepted(folder), states(root, send)
            for path in folder.iterdir():
                path.unlink()
            tally = Counter(now.values())
            assert {address for address, state in now.items() if state == "sent"} <= had.keys()
            assert set(now) == had.keys() | {address for address, state in now.items() if state == "uncertain"}
            assert set(tally) <= {"sent", "uncertain"}
            assert tally["uncertain"] <= (0 if resend else here * SESSIONS)
            more = sum(had.values()) - len(had)
            assert more <= (here * SESSIONS if resend else 0)
            twice += more
    assert landed == kills
    assert twice or not resend, "no kill hit a message on its way"


def test_a_killed_send_into_a_maildir_repeats_nothing(tmp_path: Path) -> None:
    """Where the transport can be asked what it has, everyone has the message once, and nobody is uncertain."""
    chance = random.Random(20230304)  # noqa: S311
    send = frozen(tmp_path, 400)

    def work() -> None:
        with Store.opened(tmp_path) as store:
            run(store, job(tmp_path, send, lambda: Maildir(tmp_path / "mail"), SESSIONS), lambda _: None)

    for _ in range(KILLS // 20):
        pid = start(work)
        time.sleep(chance.uniform(0.01, 0.1))
        os.kill(pid, signal.SIGKILL)
        ended(pid)
    work()
    assert set(states(tmp_path, send).values()) == {"sent"}
    assert len(list((tmp_path / "mail/new").iterdir())) == 400


def test_many_senders_never_claim_one_recipient(tmp_path: Path) -> None:
    """Of 16 processes on one ledger, each recipient is given to one alone."""
    count, processes = 20_000, 16
    send = frozen(tmp_path, count)

    def work(number: int) -> None:
        mine: list[int] = []
        with Store.opened(tmp_path) as store:
            ledger = Ledger(store, send.id, f"sender {number}", resend=False)
            while True:
                with store.transaction():
                    now = time.time()
                    some = [one for _ in range(50) if isinstance(one := ledger.turn(now), Claimed)]
                    for one in some:
                        ledger.record(one, Answer(Outcome.SENT), now)
                mine += [one.id for one in some]
                if not some:
                    break
        (tmp_path / f"{number}.json").write_text(json.dumps(mine))

    pids = [start(functools.partial(work, number)) for number in range(processes)]
    assert [ended(pid) for pid in pids] == [0] * processes
    claimed = [one for number in range(processes) for one in json.loads((tmp_path / f"{number}.json").read_text())]
    assert (len(claimed), len(set(claimed))) == (count, count)
    assert Counter(states(tmp_path, send).values()) == {"sent": count}
