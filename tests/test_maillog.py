"""What Postfix's log says: that it has a message, that it has it not, and when it says neither."""

from __future__ import annotations

import functools
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from deliveries import frozen, job, sink, smtp, states
from kill.builder import ended, start
from own_postfix import own_postfix

from pipeline.deliver.ledger import Send
from pipeline.deliver.maillog import fates
from pipeline.deliver.run import run
from pipeline.deliver.store import Store
from pipeline.errors import PipelineError

KILLS = int(os.environ.get("KILLS", "300")) // 10
SESSIONS = 4

BEFORE = "smtpd[9]: connect from localhost[127.0.0.1]\nsmtpd[9]: disconnect from localhost[127.0.0.1] quit=1\n"
OPENED = "smtpd[1]: connect from localhost[127.0.0.1]\nsmtpd[1]: 4ABC12: client=localhost[127.0.0.1]\n"
BEGUN = OPENED + "cleanup[2]: 4ABC12: message-id=<one@b.example>\n"
ACCEPTED = BEGUN + "qmgr[3]: 4ABC12: from=<news@b.example>, size=300, nrcpt=1 (queue active)\n"
CLOSED = "smtpd[1]: disconnect from localhost[127.0.0.1] data=1\n"
CUT_OFF = "smtpd[1]: lost connection after DATA (30 bytes) from localhost[127.0.0.1]\n"
AFTER = "smtpd[1]: lost connection after END-OF-MESSAGE from localhost[127.0.0.1]\n"
REUSED = "smtpd[5]: 4ABC12: client=localhost[127.0.0.1]\ncleanup[2]: 4ABC12: message-id=<other@b.example>\n"
OTHERS = "qmgr[3]: 4ABC12: from=<other@b.example>, size=300, nrcpt=1 (queue active)\n"


@pytest.mark.parametrize("form", ["syslog", "iso"])
@pytest.mark.parametrize(
    ("log", "fate"),
    [
        (BEFORE + ACCEPTED + CLOSED, True),
        (BEFORE + ACCEPTED, True),
        (ACCEPTED + AFTER + CLOSED, True),
        (BEFORE + BEGUN + CUT_OFF + CLOSED, False),
        (BEFORE + OPENED + CLOSED, False),
        (BEFORE, False),
        (BEFORE + OPENED, None),
        (BEFORE + BEGUN, None),
        (BEFORE + BEGUN + CLOSED, None),
        (BEFORE + BEGUN + CLOSED + REUSED + OTHERS, None),
        (BEFORE + BEGUN + CUT_OFF + CLOSED + ACCEPTED + CLOSED, True),
        ("", None),
        ("no line of a log\n", None),
    ],
)
def test_a_log_says_what_became_of_a_message(log: str, fate: bool | None, form: str, tmp_path: Path) -> None:
    """Accepted is what the queue manager took; lost is what was cut off, or of which a whole log knows nothing."""
    now = time.time()
    written = {"syslog": "%b %e %H:%M:%S", "iso": "%Y-%m-%dT%H:%M:%S%z"}[form]
    stamp = time.strftime(written, time.localtime(now))
    lines = [f"{stamp} relay postfix/{line}" if "[" in line else line for line in log.splitlines(keepends=True)]
    (tmp_path / "mail.log").write_text("".join(lines))
    assert fates([tmp_path / "mail.log"], {"<one@b.example>": now}, now) == {"<one@b.example>": fate}


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_log_of_another_time_says_nothing(hours: int, tmp_path: Path) -> None:
    """A log that begins after the message was handed over, or ends before it, cannot tell that it never came."""
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(now + hours * 3600))
    (tmp_path / "mail.log").write_text(f"{stamp} relay postfix/smtpd[1]: disconnect from localhost[127.0.0.1]\n")
    assert fates([tmp_path / "mail.log"], {"<one@b.example>": now}, now) == {"<one@b.example>": None}
    with pytest.raises(PipelineError):
        fates([tmp_path], {"<one@b.example>": now}, now)


def sending(root: Path, send: Send, port: int, logs: tuple[Path, ...]) -> None:
    """One run of a send by a server whose log may be asked."""
    with Store.opened(root) as store:
        run(store, job(root, send, smtp(port), SESSIONS, logs=logs), lambda _: None)


@pytest.mark.needs("postfix")
def test_with_postfixs_log_nobody_is_in_doubt(tmp_path: Path) -> None:
    """Killed again and again, each time resumed with the log: everyone has the message once, nobody is uncertain."""
    chance = random.Random(20230304)  # noqa: S311
    landed, doubted = 0, 0
    with sink(tmp_path / "sink") as port, own_postfix(relay=port) as relay:
        send = frozen(tmp_path, 120 * KILLS)
        while landed < KILLS:
            pid = start(functools.partial(sending, tmp_path, send, relay.port, (relay.log,)))
            time.sleep(chance.uniform(0.02, 0.15))
            if os.waitpid(pid, os.WNOHANG) != (0, 0):
                break
            os.killpg(pid, signal.SIGKILL)
            landed += ended(pid) == -signal.SIGKILL
            doubted += Counter(states(tmp_path, send).values())["sending"]
        sending(tmp_path, send, relay.port, (relay.log,))
        had = relay.passed_on()
    assert landed == KILLS, "it was done before it was killed often enough"
    assert doubted, "no kill hit a message on its way"
    assert set(states(tmp_path, send).values()) == {"sent"}
    assert had.keys() == states(tmp_path, send).keys()
    assert set(had.values()) == {1}
