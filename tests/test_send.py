"""`publish send` as people run it, into the Maildir folder of a fresh machine."""

from __future__ import annotations

import datetime
import email.message
import email.policy
import email.utils
import mailbox
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zoneinfo
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Received
from deliveries import unused
from publications import SETTINGS, publish, written

DAY = "2023-03-04"
ISSUE = "# One, 中文\n\n## S\n\n### [A](https://a.example)\n* a note\n"
LEAVE = SETTINGS + "email:\n  unsubscribe_url: https://weekly.example/leave\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication with one built issue and three readers."""
    made = written(tmp_path, {f"issues/{DAY}/index.md": ISSUE, "newsletter.yaml": LEAVE})
    assert publish("build", "-C", str(made)).code == 0
    readers = ["a@b.example", "用户@例子.中国", "c@d.example"]
    assert publish("subscribers", "add", "-C", str(made), *readers).code == 0
    return made


def send(root: Path, *words: str, code: int = 0) -> str:
    """What `publish send` tells when it ends with this code."""
    ran = publish("send", DAY, "-C", str(root), *words)
    assert ran.code == code, ran.out + ran.err
    return ran.out + ran.err


def messages(root: Path) -> dict[str, bytes]:
    """What a reader of the Maildir finds, by recipient."""
    folder = mailbox.Maildir(root / "var/mail", create=False)
    raw = [folder.get_bytes(key).replace(b"\n", b"\r\n") for key in folder.keys()]  # noqa: SIM118
    return {re.findall(rb"^To: (.*)\r$", one, re.MULTILINE)[0].decode(): one for one in raw}


def parsed(raw: bytes) -> email.message.EmailMessage:
    """The message as a mail program reads it."""
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, email.message.EmailMessage)
    return found


def test_everyone_gets_the_built_message_once(root: Path) -> None:
    """Each reader has one message: the built one but for recipient, date, Message-ID and the token."""
    assert "3 sent" in send(root, "--yes")
    found = messages(root)
    assert set(found) == {"a@b.example", "用户@xn--fsqu00a.xn--fiqs8s", "c@d.example"}
    built = parsed((root / f"out/{DAY}/issue.eml").read_bytes())
    own = ("To", "Date", "Message-ID", "List-Unsubscribe")
    for raw in found.values():
        message = parsed(raw)
        assert message.keys() == built.keys()
        assert [pair for pair in message.items() if pair[0] not in own] == [
            pair for pair in built.items() if pair[0] not in own
        ]
        for part, other in zip(message.walk(), built.walk(), strict=True):
            if part.get_content_maintype() == "text":
                assert re.sub(r"\?t=[\w-]{48}", "", part.get_content()) == other.get_content()
    assert len({parsed(raw)["Message-ID"] for raw in found.values()}) == 3
    assert len({parsed(raw)["List-Unsubscribe"] for raw in found.values()}) == 3
    assert all(parsed(raw)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" for raw in found.values())


def test_an_issue_goes_to_a_list_once(root: Path) -> None:
    """A second send is refused and mails nobody; what the first did stands in sent/DATE.yaml and in --status."""
    send(root, "--yes")
    before = messages(root)
    assert "sent-before" in send(root, "--yes", code=1)
    assert messages(root) == before
    record = (root / f"sent/{DAY}.yaml").read_text("utf-8")
    assert re.search(r"list: main\n.*hash: sha256-[0-9a-f]{64}\n.*recipients: 3\n  sent: 3\n", record, re.DOTALL)
    assert "3 sent; ended" in send(root, "--status")


def test_what_git_says_was_sent_is_not_sent_from_another_machine(root: Path) -> None:
    """Where sent/DATE.yaml names the list, an empty ledger does not send it again; another list gets it."""
    (root / "sent").mkdir()
    (root / f"sent/{DAY}.yaml").write_text("- list: main\n  subject: One\n")
    assert "sent-before" in send(root, "--yes", code=1)
    publish("subscribers", "add", "-C", str(root), "--list", "papers", "e@f.example")
    assert "1 sent" in send(root, "--yes", "--list", "papers")
    record = (root / f"sent/{DAY}.yaml").read_text("utf-8")
    assert re.findall("^- list: (.*)$", record, re.MULTILINE) == ["main", "papers"]


def test_a_dry_run_sends_and_writes_nothing(root: Path) -> None:
    """--dry-run tells subject, list and number, and the next send is the first."""
    told = send(root, "--dry-run")
    assert "3 subscribers" in told
    assert "One, 中文" in told
    assert not (root / "sent").exists()
    assert not (root / "var/mail").exists()
    assert "3 sent" in send(root, "--yes")


def test_it_asks_first(root: Path) -> None:
    """Without --yes and with nobody to answer nothing is sent."""
    send(root, code=1)
    assert not (root / "var/mail").exists()


def test_a_test_goes_to_one_address(root: Path) -> None:
    """--to sends one message and leaves the issue unsent."""
    send(root, "--to", "me@b.example")
    assert list(messages(root)) == ["me@b.example"]
    assert "3 sent" in send(root, "--yes")


@pytest.mark.parametrize(
    ("issue", "rule"),
    [
        (f"---\ndraft: true\n---\n{ISSUE}", "draft"),
        (ISSUE.replace("a note", "another note"), "not-built"),
        (ISSUE + "\n[A](https://a.example)\n", "repeat"),
    ],
)
def test_what_must_not_go_out_does_not(root: Path, issue: str, rule: str) -> None:
    """A draft, an issue with an error, and one that differs from what is built are refused by name, and mail nobody."""
    (root / f"issues/{DAY}/index.md").write_text(issue)
    if rule == "repeat":
        written(root, {"newsletter.yaml": LEAVE, "issues/2023-02-25/index.md": ISSUE})
    if rule != "not-built":
        publish("build", "-C", str(root))
    assert f"[{rule}]" in send(root, "--yes", code=1)
    assert not (root / "var/mail").exists()


@pytest.mark.parametrize("transport", ["sendmail", "smtp"])
def test_a_real_transport_needs_a_way_to_leave(root: Path, transport: str) -> None:
    """Beyond the Maildir nothing is sent without an https address at which readers can leave."""
    settings = f"{SETTINGS}email:\n  transport: {transport}\nsmtp:\n  host: localhost\n"
    written(root, {"newsletter.yaml": settings})
    publish("build", "-C", str(root))
    assert "unsubscribe_url" in send(root, "--yes", code=1)


def test_whoever_is_not_active_gets_nothing(root: Path) -> None:
    """Who unsubscribed, complained or never confirmed is not among the recipients."""
    publish("subscribers", "remove", "-C", str(root), "a@b.example")
    publish("subscribers", "suppress", "-C", str(root), "c@d.example")
    (root / "a.csv").write_text("email\nnever@b.example\n")
    publish("subscribers", "import", "-C", str(root), str(root / "a.csv"))
    assert "1 sent" in send(root, "--yes")
    assert list(messages(root)) == ["用户@xn--fsqu00a.xn--fiqs8s"]


def test_a_lost_ledger_never_starts_from_zero(root: Path) -> None:
    """Once something was sent, a ledger that is gone refuses, and a new one is not begun."""
    send(root, "--yes")
    for file in (root / "var").glob("subscribers.sqlite*"):
        file.unlink()
    assert "ledger-lost" in publish("subscribers", "add", "-C", str(root), "a@b.example").err
    assert "restore" in send(root, "--resume", code=1)


def test_an_older_ledger_refuses(root: Path) -> None:
    """A copy of before the last send, put in its place by hand, sends nothing; `restore` takes it in, held."""
    publish("subscribers", "backup", "-C", str(root), str(root / "copy"))
    send(root, "--yes")
    for file in (root / "var").glob("subscribers.sqlite*"):
        file.unlink()
    (root / "var/subscribers.sqlite").write_bytes((root / "copy").read_bytes())
    assert "older than the last send" in send(root, "--yes", code=1)
    assert publish("subscribers", "restore", "-C", str(root), str(root / "copy")).code == 0
    assert "sent-before" in send(root, "--yes", code=1)


def test_a_damaged_ledger_refuses(root: Path) -> None:
    """Where pages of the file are broken, nobody is mailed."""
    with sqlite3.connect(root / "var/subscribers.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray((root / "var/subscribers.sqlite").read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    (root / "var/subscribers.sqlite").write_bytes(content)
    assert "[ledger]" in send(root, "--yes", code=1)
    assert not (root / "var/mail").exists()


def test_an_interrupted_send_goes_on_with_the_message_of_then(root: Path) -> None:
    """Ctrl-C ends what is under way and says how to go on; a resume after another build sends what the first had."""
    (root / "readers.csv").write_text("email\n" + "".join(f"reader{number}@b.example\n" for number in range(200)))
    publish("subscribers", "import", "-C", str(root), str(root / "readers.csv"), "--confirmed")
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "send", DAY, "-C", str(root)]
    with subprocess.Popen([*command, "--yes", "--rate", "100/s"], stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and len(list((root / "var/mail").glob("new/*"))) < 5:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130, told
    assert "--resume" in told
    assert "open" in send(root, "--status")
    (root / f"issues/{DAY}/index.md").write_text(ISSUE.replace("One", "Two"))
    assert publish("build", "-C", str(root)).code == 0
    assert "sent-before" in send(root, "--yes", code=1)
    assert "203 sent" in send(root, "--resume")
    found = messages(root)
    assert len(found) == len(list((root / "var/mail/new").iterdir())) == 203
    assert {parsed(raw)["Subject"] for raw in found.values()} == {"One, 中文"}
    assert len({parsed(raw)["Date"] for raw in found.values()}) == 1


def corrected(root: Path) -> None:
    """The issue in other words, built."""
    (root / f"issues/{DAY}/index.md").write_text(ISSUE.replace("One", "Corrected: One"))
    assert publish("build", "-C", str(root)).code == 0


def test_a_correction_goes_to_those_who_had_the_wrong_one(root: Path) -> None:
    """A corrected issue is mailed to whoever had it, with another Message-ID; both sends stand in sent/DATE.yaml."""
    send(root, "--yes")
    publish("subscribers", "remove", "-C", str(root), "a@b.example")
    publish("subscribers", "add", "-C", str(root), "later@d.example")
    wrong = messages(root)
    corrected(root)
    assert "--correction" in send(root, "--yes", code=1)
    told = send(root, "--yes", "--correction")
    assert "correction 1" in told
    assert "2 sent, 1 withdrawn" in told
    files = list((root / "var/mail/new").iterdir())
    assert len(files) == 5
    ids = {parsed(path.read_bytes())["Message-ID"]: parsed(path.read_bytes())["Subject"] for path in files}
    assert sorted(ids.values()) == ["Corrected: One, 中文"] * 2 + ["One, 中文"] * 3
    assert {parsed(raw)["Message-ID"] for raw in wrong.values()} < ids.keys()
    record = (root / f"sent/{DAY}.yaml").read_text("utf-8")
    assert re.findall("^(?:- list|  correction|  sent): .*$", record, re.MULTILINE) == [
        *("- list: main", "  sent: 3", "- list: main", "  correction: 1", "  sent: 2"),
    ]
    assert "correction 1: 2 sent, 1 withdrawn; ended" in send(root, "--status")


def test_a_correction_corrects_something(root: Path) -> None:
    """It is refused where nothing was sent, and where what stands in out/ is what was sent; and mails nobody then."""
    assert "not-sent" in send(root, "--yes", "--correction", code=1)
    assert not (root / "var/mail").exists()
    send(root, "--yes")
    assert "same-message" in send(root, "--yes", "--correction", code=1)
    (root / f"issues/{DAY}/index.md").write_text(ISSUE.replace("a note", "another note"))
    publish("build", "-C", str(root))
    assert "same-subject" in send(root, "--dry-run", "--correction")
    assert len(messages(root)) == 3


def running(root: Path, *words: str) -> subprocess.Popen[str]:
    """`publish send` in a process of its own."""
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "send", DAY, "-C", str(root), "--yes"]
    return subprocess.Popen([*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_was_paused_and_corrected_goes_out_right(root: Path) -> None:
    """Another process pauses a send; a correction then reaches those who had the wrong one, and the others."""
    (root / "readers.csv").write_text("email\n" + "".join(f"reader{number}@b.example\n" for number in range(100)))
    publish("subscribers", "import", "-C", str(root), str(root / "readers.csv"), "--confirmed")
    with running(root, "--rate", "50/s") as process:
        while process.poll() is None and len(list((root / "var/mail").glob("new/*"))) < 5:
            time.sleep(0.01)
        assert "paused" in send(root, "--pause")
        out, err = process.communicate()
    assert process.returncode == 1, out
    assert "--resume" in err
    had = len(messages(root))
    assert 5 <= had < 100
    assert "paused" in send(root, "--status")
    corrected(root)
    assert "103 sent" in send(root, "--yes", "--correction")
    files = list((root / "var/mail/new").iterdir())
    assert len(files) == 103 + had
    assert "nothing is left to pause" in send(root, "--pause", code=1)
    assert "103 sent" in send(root, "--resume")
    assert len(list((root / "var/mail/new").iterdir())) == 103 + had


def soon(seconds: float) -> tuple[datetime.datetime, str]:
    """A moment by the clock of Shanghai, and how it is written."""
    found = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Shanghai")) + datetime.timedelta(seconds=seconds)
    return found.replace(microsecond=0), f"{found:%Y-%m-%d %H:%M:%S}"


def test_it_waits_for_its_time(root: Path) -> None:
    """With --at nothing is written before its time; interrupted until then nothing was begun; then it goes out."""
    (root / "newsletter.yaml").write_text(LEAVE + "timezone: Asia/Shanghai\n")
    assert publish("build", "-C", str(root)).code == 0
    due, written_so = soon(60)
    with running(root, "--at", written_so) as process:
        assert process.stderr is not None
        assert f"begins at {due:%Y-%m-%d %H:%M} CST (UTC+0800)" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130, out + err
    assert not (root / "sent").exists()
    assert not (root / "var/mail").exists()
    due, written_so = soon(2)
    assert "3 sent" in send(root, "--yes", "--at", written_so)
    assert datetime.datetime.now(datetime.UTC) >= due
    dates = [email.utils.parsedate_to_datetime(parsed(raw)["Date"]) for raw in messages(root).values()]
    assert all(date >= due for date in dates), "the message is dated before it went out"


def test_who_sleeps_through_the_time_does_not_begin_late(root: Path) -> None:
    """Where the machine was suspended until after --not-after, it refuses as soon as it is awake."""
    with running(root, "--at", soon(4)[0].isoformat(), "--not-after", soon(5)[0].isoformat()) as process:
        assert process.stderr is not None
        assert "begins at" in process.stderr.readline()
        process.send_signal(signal.SIGSTOP)
        time.sleep(5)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate()
    assert (process.returncode, "[too-late]" in err) == (1, True), out + err
    assert not (root / "var/mail").exists()


def test_what_was_agreed_to_is_what_goes_out(root: Path) -> None:
    """Where another message was built while a send waited, it refuses."""
    with running(root, "--at", soon(6)[0].isoformat()) as process:
        assert process.stderr is not None
        assert "begins at" in process.stderr.readline()
        corrected(root)
        out, err = process.communicate()
    assert (process.returncode, "[changed]" in err) == (1, True), out + err
    assert not (root / "var/mail").exists()


def test_what_is_too_late_is_not_begun(root: Path) -> None:
    """A time that is past refuses, unless --not-after says that it may still begin; so does a passed --not-after."""
    assert "too-late" in send(root, "--yes", "--at", "2023-03-04 09:00", code=1)
    assert "too-late" in send(root, "--yes", "--not-after", "2023-03-04 09:00", code=1)
    assert "no time" in send(root, "--yes", "--at", "soon", code=2)
    assert not (root / "var/mail").exists()
    late = f"{soon(3600)[0].isoformat()}"
    out = send(root, "--yes", "--at", "2023-03-04 09:00", "--not-after", late)
    assert "at:      2023-03-04 09:00 UTC\nuntil:   " in out
    assert "3 sent" in out


class Breaking:
    """A server of aiosmtpd that hangs up behind the final dot of the first message, which it has taken."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Received) -> str:  # noqa: N802
        """Takes the message, and says so if the connection still stands."""
        self.taken.append(envelope.rcpt_tos[0])
        if len(self.taken) == 1 and server.transport is not None:
            server.transport.abort()
        return "250 OK"


def test_who_is_uncertain_is_named_and_held_until_it_is_decided(root: Path) -> None:
    """Behind the final dot a lost connection leaves one uncertain, named by --status; `on_uncertain: resend` mails."""
    breaking = Breaking()
    server = Controller(breaking, hostname="127.0.0.1", port=unused(), enable_SMTPUTF8=True)
    server.start()
    try:
        smtp = f"smtp: {{host: 127.0.0.1, port: {server.port}, security: none, sessions: 1}}\n"
        (root / "newsletter.yaml").write_text(LEAVE + smtp)
        assert publish("build", "-C", str(root)).code == 0
        assert "2 sent, 1 uncertain" in send(root, "--yes")
        assert f"uncertain: {breaking.taken[0]}, after the final dot" in send(root, "--status")
        assert "2 sent, 1 uncertain" in send(root, "--resume")
        assert len(breaking.taken) == 3
        (root / "newsletter.yaml").write_text(f"{LEAVE}  on_uncertain: resend\n{smtp}")
        assert "3 sent" in send(root, "--resume")
        assert breaking.taken[3:] == breaking.taken[:1]
    finally:
        server.stop()


def test_a_log_is_asked_where_there_is_one_to_ask(root: Path) -> None:
    """--log goes with --resume, and with a server reached by SMTP: anything else is a usage error."""
    (root / "mail.log").write_text("")
    assert "--resume" in send(root, "--log", str(root / "mail.log"), code=2)
    assert "SMTP" in send(root, "--resume", "--log", str(root / "mail.log"), code=2)


@pytest.mark.parametrize(
    "words",
    [
        ("--status", "--correction"),
        ("--pause", "--resume"),
        ("--resume", "--dry-run"),
        ("--retry", "failed", "--dry-run"),
        ("--to", "a@b.example", "--at", "09:00"),
    ],
)
def test_options_that_say_two_things_are_refused(root: Path, words: tuple[str, ...]) -> None:
    """What would be left out of account is a usage error, and nothing is sent."""
    assert "do not go together" in send(root, *words, code=2)
    assert not (root / "var/mail").exists()


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ('{gmail.com: {sessions: 2, rate: 10/s}, "*": {rate: 600/h}}', ""),
        ("{gmail.com: {sesions: 2}}", "did you mean “sessions”"),
        ("{gmail.com: {rate: fast}}", "a rate such as 10/s"),
        ("{gmail.com: 2}", "a mapping"),
        ("[gmail.com]", "a mapping"),
    ],
)
def test_limits_by_domain_are_read_or_told(limits: str, said: str, tmp_path: Path) -> None:
    """A limit is a number of sessions and a rate; anything else is told by its place."""
    root = written(
        tmp_path, {f"issues/{DAY}/index.md": ISSUE, "newsletter.yaml": f"{SETTINGS}smtp:\n  domains: {limits}\n"}
    )
    ran = publish("build", "-C", str(root))
    assert said in ran.err
    assert ("newsletter.yaml:4:" in ran.err) == bool(said)


def test_a_rate_is_kept(root: Path) -> None:
    """With --rate no more messages go out than it says."""
    began = time.monotonic()
    send(root, "--yes", "--rate", "4/s")
    assert time.monotonic() - began >= 0.5
    assert "no rate" in send(root, "--rate", "fast", code=2)


def test_a_backup_of_before_a_send_does_not_send_it_again(root: Path) -> None:
    """A send that was begun after a backup is known by git when the backup is back: it is not begun anew."""
    publish("subscribers", "backup", "-C", str(root), str(root / "copy"))
    send(root, "--yes")
    publish("subscribers", "restore", "-C", str(root), str(root / "copy"))
    assert "sent-before" in send(root, "--yes", code=1)
    assert len(messages(root)) == 3
