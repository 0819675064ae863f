"""What comes back: who is believed, who is mailed no more, and what no hostile message can do."""

from __future__ import annotations

import base64
import json
import os
import quopri
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from bounce_samples import READER, SAMPLES, filled
from deliveries import frozen, job
from hypothesis import given, settings
from hypothesis import strategies as st
from own_postfix import own_postfix
from publications import SETTINGS, Ran, publish, written

from pipeline.bounces.mailbox import SIZE_AT_MOST, Received, messages
from pipeline.bounces.mime import parsed, walked
from pipeline.bounces.notice import Kind, noticed
from pipeline.bounces.verdict import Verdict, verdict
from pipeline.deliver.letter import message_id, send_name
from pipeline.deliver.run import run
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys
from pipeline.deliver.transports.maildir import Maildir

DAY = 86_400.0
SEND = """
INSERT INTO send (id, issue, list, subject, sender, domain, hash, revision, date, pieces, correction, began)
VALUES (:id, :id, 1, '', '', 'weekly.example', :id, '', '', '', 0, '')
"""
RECIPIENT = """
INSERT INTO recipient (send, subscriber, address, name, state, at)
SELECT :send, id, address, '', 'sent', :at FROM subscriber WHERE key = :key
"""


class Publication:
    """A publication with readers, of whom some have had issues, and a mailbox in which things arrive."""

    def __init__(self, root: Path) -> None:
        self.root = written(root, {})
        self.here = ("-C", str(root))
        for name in ("new", "cur", "tmp"):
            (root / "box" / name).mkdir(parents=True)
        assert publish("subscribers", "add", READER, "other@readers.example", *self.here).code == 0
        self.keys = Keys.opened(root)
        self.count = 0

    def number(self, reader: str = READER) -> int:
        """The subscriber's number."""
        with Store.opened(self.root) as store:
            return store.number("SELECT id FROM subscriber WHERE key = :key", key=reader)

    def sent(self, send: int, days_ago: float, reader: str = READER) -> None:
        """Has a send be made to a reader so long ago."""
        with Store.opened(self.root) as store, store.transaction():
            store.change(SEND, id=send)
            store.change(RECIPIENT, send=send, key=reader, at=time.time() - days_ago * DAY)

    def token(self, send: int = 1, reader: str = READER) -> str:
        """The address to which a reader's message returns."""
        return f"bounces+{self.keys.return_token(send, self.number(reader))}@weekly.example"

    def arrive(self, name: str, send: int = 1, reader: str = READER, **given: str) -> None:
        """Puts a sample into the mailbox, with all of a reader's tokens unless others are given."""
        values = {
            "return_path": self.token(send, reader),
            "leave": self.keys.token(1, self.number(reader)),
            "reader": reader,
            **given,
        }
        self.put(filled(SAMPLES[name][1], number=self.count, **values))  # type: ignore[arg-type]

    def put(self, content: bytes) -> Path:
        """Puts a message into the mailbox."""
        self.count += 1
        path = self.root / f"box/new/{self.count:06}"
        path.write_bytes(content)
        return path

    def bounces(self, *words: str) -> Ran:
        """`publish bounces` on the mailbox."""
        ran = publish("bounces", str(self.root / "box"), *self.here, *words)
        assert ran.code == 0, ran.out + ran.err
        return ran

    def outcomes(self, *words: str) -> list[str]:
        """What each message turned out to be."""
        return [str(one["outcome"]) for one in self.bounces("--format", "json", *words).findings]

    def state(self, reader: str = READER) -> str:
        """How a reader stands on the list."""
        listed = publish("subscribers", "list", *self.here).out
        return next(line.split()[0] for line in listed.splitlines() if line.endswith(reader))


@pytest.fixture
def made(tmp_path: Path) -> Publication:
    """A publication with two readers who had the first issue."""
    publication = Publication(tmp_path)
    publication.sent(1, 1)
    publication.sent(2, 1, "other@readers.example")
    return publication


STANDS = {"hard": "bounced", "complaint": "complained"}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_form_is_known(name: str, made: Publication) -> None:
    """Postfix, Exim, qmail, Sendmail, Exchange, Gmail, complaints, answers: each is what it is."""
    outcome = SAMPLES[name][0]
    made.arrive(name)
    assert made.outcomes() == [outcome]
    assert made.state() == STANDS.get(outcome, "active")
    assert made.state("other@readers.example") == "active"


@pytest.mark.parametrize("name", [name for name, (outcome, _) in SAMPLES.items() if outcome in STANDS])
def test_a_forged_report_removes_nobody(name: str, made: Publication) -> None:
    """Without a token of ours, with one of other keys, or with one that was changed, a report changes nothing."""
    foreign = Keys(keys=(b"1" * 32,))
    for return_path, leave in (
        ("bounces@weekly.example", "x" * 48),
        (f"bounces+{foreign.return_token(1, made.number())}@weekly.example", foreign.token(1, made.number())),
        (made.token()[:-20] + "aa@weekly.example", made.keys.token(1, made.number())[:-2] + "AA"),
        ("bounces@weekly.example", made.keys.token(1, made.number(), "confirm")),
    ):
        made.arrive(name, return_path=return_path, leave=leave)
    assert set(made.outcomes()) == {"unproven"}
    assert made.state() == "active"


@pytest.mark.parametrize("name", ["postfix, nobody there", "exim", "qmail", "yahoo, complaint"])
def test_the_returned_message_proves_itself(name: str, made: Publication) -> None:
    """Without email.bounces the unsubscribe token of the message that came back says whose it was."""
    made.arrive(name, return_path="news@weekly.example")
    assert made.outcomes() == [SAMPLES[name][0]]
    assert made.state() == STANDS[SAMPLES[name][0]]


def test_with_tokens_of_two_readers_the_address_decides(made: Publication) -> None:
    """What holds tokens of several is believed by the address that it came to; without one it is not."""
    other = made.keys.token(1, made.number("other@readers.example"))
    made.arrive(
        "postfix, nobody there",
        return_path="news@weekly.example",
        leave=f"{other}>, <x?t={made.keys.token(1, made.number())}",
    )
    assert made.outcomes() == ["unproven"]
    made.arrive("postfix, nobody there", leave=other)
    assert made.outcomes() == ["unproven", "hard"]
    assert (made.state(), made.state("other@readers.example")) == ("bounced", "active")


def test_each_message_counts_once(made: Publication) -> None:
    """A second run changes nothing, nor does the same message from elsewhere; a lifted standing stays lifted."""
    made.arrive("postfix, nobody there")
    before = {path: path.read_bytes() for path in (made.root / "box").rglob("*") if path.is_file()}
    assert made.outcomes() == ["hard"]
    assert publish("subscribers", "suppress", "--lift", READER, *made.here).code == 0
    assert made.outcomes() == ["seen"]
    (content,) = before.values()
    (made.root / "box/cur/again:2,S").write_bytes(b"Delivered-To: elsewhere\r\n" + content)
    assert made.outcomes() == ["seen", "seen"]
    assert made.state() == "active"
    assert (
        before.items() <= {path: path.read_bytes() for path in (made.root / "box").rglob("*") if path.is_file()}.items()
    )


def test_a_dry_run_changes_nothing(made: Publication) -> None:
    """--dry-run tells what would follow, and the next run does it."""
    made.arrive("postfix, nobody there")
    assert made.outcomes("--dry-run") == ["hard"]
    assert made.state() == "active"
    assert "bounced     reader@readers.example  5.1.1" in made.bounces("--dry-run").out
    assert made.outcomes() == ["hard"]
    assert made.state() == "bounced"


@pytest.mark.parametrize(
    ("ages", "back", "state"),
    [
        ([29, 22, 15, 8, 1], [1, 2, 3, 4, 5], "bounced"),
        ([29, 22, 15, 8], [1, 2, 3, 4], "active"),
        ([5, 4, 3, 2, 1], [1, 2, 3, 4, 5], "active"),
        ([36, 29, 22, 15, 8, 1], [1, 2, 4, 5, 6], "active"),
        ([43, 36, 29, 22, 15, 8], [1, 2, 3, 4, 5], "active"),
        ([36, 29, 22, 15, 8, 1], [1, 2, 3, 4, 5], "bounced"),
        ([43, 36, 29, 22, 15, 8, 1], [3, 4, 5, 6, 7], "bounced"),
    ],
    ids=["five", "four", "within days", "one arrived", "the last arrived", "the last is on its way", "the last five"],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_full_mailbox_is_given_time(
    ages: list[float], back: list[int], state: str, backwards: bool, tmp_path: Path
) -> None:
    """Who is full has bounced when five issues in a row came back to the last, over two weeks or more, in any order."""
    made = Publication(tmp_path)
    for send, age in enumerate(ages, start=1):
        made.sent(send, age)
    for send in reversed(back) if backwards else back:
        made.arrive("postfix, full", send)
        made.arrive("postfix, given up", send)  # of the same issue: it counts once
    assert set(made.outcomes()) == {"soft"}
    assert made.state() == state


def test_a_full_mailbox_is_counted_without_a_return_path(tmp_path: Path) -> None:
    """By the Message-ID of the message that came back it is known which issue it was."""
    made = Publication(tmp_path)
    for send in range(1, 6):
        made.sent(send, 36 - send * 7)
        own = message_id(send_name(str(send), "main", str(send)), READER, "weekly.example")
        made.put(
            filled(
                SAMPLES["postfix, full"][1].replace("<1234@weekly.example>", own),
                return_path="news@weekly.example",
                leave=made.keys.token(1, made.number()),
                number=send,
            )
        )
    assert made.outcomes() == ["soft"] * 5
    assert made.state() == "bounced"


def test_a_forwarded_mailbox_is_not_the_readers(made: Publication) -> None:
    """Where a reader's mail is passed on to somebody who is not there, the reader is given time."""
    sample = SAMPLES["postfix, header alone"][1].replace("rfc822; {reader}", "rfc822; somebody@elsewhere.example")
    made.put(filled(sample, return_path=made.token(), leave="x"))
    assert made.outcomes() == ["soft"]


def test_a_complaint_outweighs_a_bounce_and_no_standing_is_weakened(made: Publication) -> None:
    """Who has complained stays so; who has bounced may complain; who was suppressed by hand stays so."""
    made.arrive("postfix, nobody there")
    made.arrive("yahoo, complaint")
    made.arrive("qmail")
    assert made.outcomes() == ["hard", "complaint", "hard"]
    assert made.state() == "complained"
    publish("subscribers", "suppress", "other@readers.example", *made.here)
    made.arrive("yahoo, complaint", reader="other@readers.example")
    made.bounces()
    assert made.state("other@readers.example") == "suppressed"


def test_the_erased_stay_forgotten(made: Publication) -> None:
    """What comes back of somebody who was erased is recorded nowhere; what was recorded is erased with them."""
    made.arrive("postfix, nobody there")
    tokens = made.token()
    made.bounces()
    publish("subscribers", "remove", "--erase", READER, *made.here)
    assert made.outcomes() == ["gone"]
    for file in (made.root / "var").glob("subscribers.sqlite*"):
        assert READER.encode() not in file.read_bytes()
    assert tokens not in publish("subscribers", "stats", *made.here).out


def test_a_send_withdraws_who_bounced_meanwhile(tmp_path: Path) -> None:
    """Whoever bounced after a send began is not mailed by it any more."""
    written(tmp_path, {})
    send = frozen(tmp_path, 2)
    keys = Keys.opened(tmp_path)
    with Store.opened(tmp_path) as store:
        number, gone = next(store.rows("SELECT id, address FROM subscriber ORDER BY id"))
    path = tmp_path / "one"
    back = f"bounces+{keys.return_token(send.id, number)}@weekly.example"
    path.write_bytes(filled(SAMPLES["qmail"][1], return_path=back, leave="x", reader=gone))
    assert publish("bounces", str(path), "-C", str(tmp_path)).code == 0
    with Store.opened(tmp_path) as store:
        assert run(store, job(tmp_path, send, lambda: Maildir(tmp_path / "mail")), lambda _: None) == {
            "sent": 1,
            "withdrawn": 1,
        }


@pytest.mark.parametrize("quoted", [b"From me\n", b"\nFrom me at\n"])
def test_an_mbox_and_standard_input_are_read(quoted: bytes, made: Publication) -> None:
    """An mbox has the same messages as a Maildir; a single one may come from a pipe; the mbox stays as it is."""
    names = ["postfix, nobody there", "out of office", "yahoo, complaint"]
    for name in names:
        made.arrive(name)
    bodies = [path.read_bytes().replace(b"\r\n", b"\n") for path in sorted((made.root / "box/new").iterdir())]
    bodies[1] += quoted
    mbox = made.root / "mbox"
    kept = [body.replace(b"\nFrom me", b"\n>From me") for body in bodies]
    mbox.write_bytes(b"".join(b"From MAILER-DAEMON Sat Mar  4 10:00:00 2023\n" + body + b"\n" for body in kept))
    before = mbox.read_bytes()
    assert [one.content for one in messages(mbox)] == [body + b"\n" for body in bodies]
    ran = publish("bounces", str(mbox), "--format", "json", *made.here)
    assert [one["outcome"] for one in ran.findings] == [SAMPLES[name][0] for name in names]
    assert mbox.read_bytes() == before
    assert set(made.outcomes()) == {"seen", "reply"}
    code = "from pipeline.cli import main; main()"
    piped = subprocess.run(
        [sys.executable, "-c", code, "bounces", "-", "--format", "json", *made.here],
        input=bodies[0],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert json.loads(piped.stdout)["outcome"] == "seen"


def test_a_message_in_a_file_of_its_own_is_one(tmp_path: Path) -> None:
    """A line of a single message that begins with From, as the first of a paragraph, begins no other."""
    (tmp_path / "one.eml").write_bytes(b"Subject: a\n\nOne.\n\nFrom here on it is the same.\n")
    assert [one.content for one in messages(tmp_path / "one.eml")] == [(tmp_path / "one.eml").read_bytes()]
    (tmp_path / "none").touch()
    assert list(messages(tmp_path / "none")) == []


def test_what_is_told_fits_a_person(made: Publication) -> None:
    """The terminal has a line for who is mailed no more and one for each kind; controls in a reply move nothing."""
    made.arrive("postfix, nobody there")
    made.arrive("gmail, policy", reader="other@readers.example")
    made.put(b"Subject: \x1b[2Jhello\r\nFrom: evil@\x1b]0;x\x07evil.example\r\n\r\n\x1b[31m\r\n")
    out = made.bounces().out
    assert "\x1b" not in out
    assert (
        "bounced     reader@readers.example  5.1.1 550 5.1.1 <reader@readers.example>: Recipient address rejected"
        in out
    )
    assert "blocked     other@readers.example  5.7.26" in out
    assert "      1  hard       the mailbox is not there" in out


@pytest.mark.parametrize("path", ["nowhere", "newsletter.yaml/x", "empty"])
def test_what_is_no_mailbox_is_told(path: str, made: Publication) -> None:
    """A path that is not there, or a folder that is no Maildir, ends with what is wrong."""
    (made.root / "empty").mkdir()
    ran = publish("bounces", str(made.root / path), *made.here)
    assert ran.code == 1
    assert "error:" in ran.err


def test_pipes_and_links_to_nowhere_in_a_maildir_stop_nothing(made: Publication) -> None:
    """What is no file in a Maildir is passed over, and its neighbours are read."""
    os.mkfifo(made.root / "box/new/0")
    (made.root / "box/new/1").symlink_to("nowhere")
    (made.root / "box/new/2").mkdir()
    made.arrive("qmail")
    assert made.outcomes() == ["hard"]


def _nested(depth: int) -> bytes:
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level) for level in range(depth)
    )


HOSTILE = {
    "nested": _nested(20_000),
    "many parts": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 150_000,
    "many fields": b"X: y\n" * 200_000 + b"\nbody",
    "one long field": b"Subject: " + b"x" * (1 << 20),
    "folded": b"Subject: x\n" + b" y\n" * 300_000,
    "encoded words": b"From: postmaster@x.example\nSubject: " + b"=?utf-8?b?4p+=?= " * 60_000 + b"\n\nx",
    "unknown codec": b"Content-Type: text/plain; charset=unicode_escape\n\n\\N{BELL}\\x",
    "no codec": b"Content-Type: text/plain; charset=rot13\n\nx",
    "broken base64": b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n=A=B=C",
    "no boundary": b"Content-Type: multipart/report; boundary=\n\n--\nx\n----\n",
    "empty": b"",
    "nothing but line ends": b"\n" * 500_000,
    "zeros": b"\0" * (1 << 20),
    "blanks": b"X-Failed-Recipients: a@b.example\n\n" + b" " * (1 << 20),
    "at signs": b"X-Failed-Recipients: " + b"a@" * 2000 + b"\n\n" + b"a@b" * 200_000,
    "digits": b"Return-Path: <>\nFrom: postmaster@x\nSubject: undeliverable\n\n" + b"5.1." * 200_000,
    "qmail": b"\nHi. This is the " + b"<\n\n" * 200_000,
    "reports": b'Content-Type: multipart/report; boundary="b"\n\n'
     b"--b\nContent-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 50_000,
    "address": b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n"
    b"Final-Recipient: rfc822;" + b"a" * 3000 + b"@" + b"b." * 500 + b"example\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_costs_little(name: str) -> None:
    """Bombs of depth, parts, fields, encodings and patterns are read within half a second and 40 MB, and end."""
    tracemalloc.start()
    began = time.process_time()
    found = noticed(Received("x", HOSTILE[name][:SIZE_AT_MOST]))
    taken = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 1.0
    assert peak < 40_000_000
    assert len(found.reason) <= 500


def test_a_huge_file_is_read_a_little_at_a_time(made: Publication) -> None:
    """A message of 100 MB in a Maildir or an mbox takes 16 MB at the most, and the next one is read."""
    made.arrive("qmail")
    with made.put(b"").open("wb") as file:
        file.truncate(100_000_000)
    mbox = made.root / "mbox"
    with mbox.open("wb") as file:
        file.write(b"From a\nSubject: a\n\n")
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b"\n\nFrom b\nSubject: b\n\nx\n")
    tracemalloc.start()
    assert [one.content[:10] for one in messages(mbox)] == [b"Subject: a", b"Subject: b"]
    assert sum(len(one.content) > 0 for one in messages(made.root / "box")) == 2
    assert tracemalloc.get_traced_memory()[1] < 16_000_000
    tracemalloc.stop()


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(SAMPLES)), st.integers(0, 3000), st.integers(0, 60))
def test_nothing_raises(noise: bytes, name: str, at: int, cut: int) -> None:
    """Whatever is put into a report, or cut out of it, is read as something, and its parts are no more than it."""
    whole = filled(SAMPLES[name][1], return_path="a@b.example", leave="x")
    broken = whole[:at] + noise + whole[at + cut :]
    assert noticed(Received("x", broken)).kind in Kind
    assert sum(len(part.body) for part in walked(parsed(broken)) if not part.inner) <= len(broken)


@pytest.mark.parametrize("subject", ["=?utf-8?b?6Ieq/A5YqA=?=", "=?utf-8?b?A?=", "=?none?q?x?=", "=?utf-8?b?_w==?="])
def test_a_broken_subject_is_read_as_it_stands(subject: str) -> None:
    """An encoded subject that cannot be decoded stops no run over a mailbox."""
    message = f"From: a@b.example\nSubject: {subject}\n\nI am away.\n".encode()
    assert noticed(Received("x", message)).kind is Kind.OTHER


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_encoded_reports_are_read(encoding: str, made: Publication) -> None:
    """A report and a returned message in base64 or quoted-printable say the same."""
    report = (
        b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; reader@readers.example\nAction: failed\nStatus: 5.1.1\n"
    )
    returned = f"List-Unsubscribe: <https://x.example/?t={made.keys.token(1, made.number())}>\n\nx\n".encode()
    encode = base64.encodebytes if encoding == "base64" else quopri.encodestring
    parts = [(b"message/delivery-status", report), (b"message/rfc822", returned)]
    body = b"".join(
        b"--b\nContent-Type: %s\nContent-Transfer-Encoding: %s\n\n%s\n" % (kind, encoding.encode(), encode(text))
        for kind, text in parts
    )
    made.put(b'Message-ID: <a@b>\nContent-Type: multipart/report; boundary="b"\n\n' + body + b"--b--\n")
    assert made.outcomes() == ["hard"]


VERDICTS = [
    ("5.1.1", "", "hard"),
    ("5.1.1", "blocked by a blocklist", "blocked"),
    ("5.0.0", "550 No such user here", "hard"),
    ("5.0.0", "550 5.0.0 Mailbox unavailable", "hard"),
    ("5.0.0", "recipient address rejected: account is disabled", "hard"),
    ("5.0.0", "message refused: looks like spam", "blocked"),
    ("5.0.0", "Requested action aborted", "soft"),
    ("5.7.1", "relaying denied", "blocked"),
    ("5.7.1", "user unknown", "hard"),
    ("5.7.1", "recipient address rejected: user unknown", "hard"),
    ("5.7.1", "<a@b.example>: recipient address rejected: access denied", "blocked"),
    ("5.4.1", "recipient address rejected: access denied", "hard"),
    ("5.7.1", "your account has been suspended", "blocked"),
    ("5.0.0", "your email account is disabled", "blocked"),
    ("5.2.2", "your email account is over quota", "soft"),
    ("5.0.0", "sender address domain does not exist", "blocked"),
    ("5.7.1", "", "blocked"),
    ("5.2.2", "user unknown", "soft"),
    ("5.2.1", "mailbox disabled", "hard"),
    ("5.1.8", "sender address rejected: domain not found", "blocked"),
    ("4.1.1", "user unknown", "soft"),
    ("4.7.1", "greylisted", "blocked"),
    ("", "", "soft"),
    ("", "unknown user", "hard"),
    ("5.1.1", "see https://x.example/spam-policy", "hard"),
]


@pytest.mark.parametrize(("status", "text", "expected"), VERDICTS)
def test_a_refusal_is_understood(status: str, text: str, expected: str) -> None:
    """Status and words together say whether nobody is there, nothing was taken, or the message was not wanted."""
    assert verdict(status, text) is Verdict(expected)


@pytest.mark.needs("postfix")
def test_a_real_postfix_returns_what_is_read(tmp_path: Path) -> None:
    """A send to somebody who is not there comes back from a real Postfix, and ends their subscription alone."""
    with own_postfix("bounces@weekly.example", READER) as server:
        settings = (
            f"{SETTINGS}email: {{bounces: bounces@weekly.example, unsubscribe_url: https://weekly.example/leave}}\n"
            f"smtp: {{host: 127.0.0.1, port: {server.port}, security: none}}\n"
        )
        issue = "# A\n\n[A](https://a.example)\n"
        written(tmp_path, {"newsletter.yaml": settings, "issues/2023-03-04/index.md": issue})
        here = ("-C", str(tmp_path))
        for words in (
            ("build",),
            ("subscribers", "add", READER, "gone@readers.example"),
            ("send", "2023-03-04", "--yes"),
        ):
            assert publish(*words, *here).code == 0
        server.arrived(READER, 1)
        server.arrived("bounces@weekly.example", 1)
        box = server.mail / "bounces@weekly.example"
        ran = publish("bounces", str(box), *here)
        assert "bounced     gone@readers.example  5.1.1" in ran.out, ran.out + ran.err
        assert publish("bounces", str(box), *here).out.split() == "1 seen recorded in an earlier run".split()
    assert "1 active, 1 bounced" in publish("subscribers", "stats", *here).out
