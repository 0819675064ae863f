"""Lists of subscribers: states, consent, files of other services, backups."""

from __future__ import annotations

import contextlib
import csv
import functools
import itertools
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kill.builder import ended, start
from publications import publish, written

from pipeline.deliver import subscribers
from pipeline.deliver.addresses import Address, address
from pipeline.deliver.exchange import HEADER, imported
from pipeline.deliver.store import Store
from pipeline.deliver.subscribers import STATES, Member
from pipeline.deliver.turns import in_turns

NOW = "2023-03-04T09:00:00+00:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication without issues."""
    return written(tmp_path, {})


def command(root: Path, *words: str) -> str:
    """What `publish subscribers` says when it succeeds."""
    ran = publish("subscribers", words[0], "-C", str(root), *words[1:])
    assert ran.code == 0, ran.err
    return ran.out


def states(root: Path, name: str = "main") -> dict[str, str]:
    """The state of each address on a list."""
    with Store.opened(root) as store:
        return {row[0]: row[2] for row in subscribers.members(store, name)}


@pytest.mark.parametrize(
    ("text", "sent_to"),
    [
        ("A.B@Example.ORG", "A.B@example.org"),
        (" a@b.example ", "a@b.example"),
        ("用户@例子.中国", "用户@xn--fsqu00a.xn--fiqs8s"),
        ("a@exämple.org", "a@xn--exmple-cua.org"),
        ("u\u0308@b.example", "ü@b.example"),
        ("o'neil+news=x@b.example", "o'neil+news=x@b.example"),
    ],
)
def test_an_address_has_one_spelling(text: str, sent_to: str) -> None:
    """The domain of an address becomes ASCII and lower case, its local part stays, in NFC."""
    found = address(text)
    assert found is not None
    assert found.text == sent_to


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "@b.example", "a@", "a@b", "a b@c.example", "a@b..example", ".a@b.example", "a@b.example\r\nBcc: c@d.example",  # noqa: E501
        "a@b.example, c@d.example", "<a@b.example>", "a@[127.0.0.1]", "a@-b.example", "a\u202eb@c.example", f"{'a' * 65}@b.example",  # noqa: E501
        "a@b.example\x00", "“a”@\u2003.example", "a@b.123",
    ],
)  # fmt: skip
def test_what_no_server_takes_is_no_address(text: str) -> None:
    """Line ends, lists, marks and whatever turns the reading order make no address."""
    assert address(text) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_an_address_is_one_word_of_a_command(local: str, domain: str) -> None:
    """Whatever is taken for an address can neither end a line nor leave angle brackets, and is its own spelling."""
    found = address(f"{local}@{domain}")
    if found:
        assert not set(found.text) & set('<> \t\r\n\0",;')
        assert address(found.text) == found


def test_a_mailbox_is_on_a_list_once(root: Path) -> None:
    """Another spelling of an address that is there adds nobody."""
    command(root, "add", "a@Exämple.org")
    command(root, "add", "A@xn--exmple-cua.ORG")
    assert states(root) == {"a@xn--exmple-cua.org": "active"}


@pytest.mark.parametrize(("one", "other"), [("straße", "strasse"), ("ﬁn", "fin"), ("ſam", "sam"), ("ŉ", "ʼn")])
def test_letters_that_only_look_alike_are_two_mailboxes(one: str, other: str) -> None:
    """Only upper and lower case are one: whoever has the other mailbox must not be able to speak for this one."""
    first, second = address(f"{one}@b.example"), address(f"{other}@b.example")
    assert first is not None
    assert second is not None
    assert first.key != second.key


def test_who_left_stays_away(root: Path) -> None:
    """Neither adding nor an imported file brings back who unsubscribed, but --confirmed does."""
    command(root, "add", "a@b.example")
    command(root, "remove", "a@b.example")
    (root / "a.csv").write_text("email\na@b.example\n")
    command(root, "add", "a@b.example")
    command(root, "import", str(root / "a.csv"), "--confirmed")
    assert states(root) == {"a@b.example": "unsubscribed"}
    command(root, "add", "a@b.example", "--confirmed")
    assert states(root) == {"a@b.example": "active"}


def test_lists_are_left_one_by_one_but_suppression_is_for_all(root: Path) -> None:
    """Who leaves one list stays on others; who is suppressed is so on all, also when put on one later."""
    for name in ("main", "papers"):
        command(root, "add", "a@b.example", "--list", name)
    command(root, "remove", "a@b.example", "--list", "papers")
    assert (states(root), states(root, "papers")) == ({"a@b.example": "active"}, {"a@b.example": "unsubscribed"})
    command(root, "suppress", "a@b.example", "c@d.example", "--as", "complained")
    command(root, "add", "c@d.example", "--confirmed")
    assert states(root) == {"a@b.example": "complained", "c@d.example": "complained"}


def test_what_is_lifted_was_there(root: Path) -> None:
    """A suppression is lifted and told so once; of anybody else it is told that there was none, and none is made."""
    command(root, "suppress", "a@b.example", "c@d.example")
    assert "c@d.example  suppressed" in command(root, "suppress", "c@d.example")
    command(root, "add", "a@b.example", "c@d.example")
    assert command(root, "suppress", "--lift", "A@b.example") == "A@b.example  lifted\n"
    told = command(root, "suppress", "--lift", "a@b.example", "nobody@b.example")
    assert told == "a@b.example  was not suppressed\nnobody@b.example  was not suppressed\n"
    assert states(root) == {"a@b.example": "active", "c@d.example": "suppressed"}
    with Store.opened(root) as store:
        assert store.number("SELECT count(*) FROM subscriber") == 2


def test_the_erased_leave_no_trace_and_no_file_brings_them_back(root: Path) -> None:
    """After an erasure the database holds neither name nor address, and an old file adds nobody, as it says."""
    command(root, "add", "remarkable@b.example", "--name", "Extraordinary")
    (root / "old.csv").write_text("email\nremarkable@b.example\n")
    command(root, "remove", "remarkable@b.example", "--erase")
    command(root, "backup", str(root / "copy"))
    for kept in [root / "copy", *(root / "var").glob("subscribers.sqlite*")]:
        assert b"remarkable" not in kept.read_bytes()
        assert b"Extraordinary" not in kept.read_bytes()
    assert command(root, "import", str(root / "old.csv"), "--confirmed").startswith("0 taken\n")
    assert states(root) == {}


FILES = {
    "mailchimp": "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP\na@b.example,Ann,Lee,2,2020-01-02 03:04:05,192.0.2.1\n",  # noqa: E501
    "buttondown": "email,notes,metadata,tags,creation_date,subscriber_type\na@b.example,,,,2020-01-02,regular\n",
    "substack": "Email,Name,Stripe plan,Created at,email_disabled\na@b.example,Ann Lee,,2020-01-02,false\n",
    "listmonk": "uuid,email,name,attributes,status,created_at\nx,a@b.example,Ann Lee,\"{\"\"a\"\": 1}\",enabled,2020-01-02\n",  # noqa: E501
    "ghost": "id,email,name,note,subscribed_to_emails,created_at\n1,a@b.example,Ann Lee,,true,2020-01-02\n",
    "semicolons": "\ufeffName;E-Mail;Status\nAnn Lee;a@b.example;subscribed\n",
}  # fmt: skip


@pytest.mark.parametrize("service", FILES)
def test_exports_of_services_are_taken_as_they_are(root: Path, service: str) -> None:
    """The address, name and state are found by the names of the columns; active ones wait unless they are vouched for."""  # noqa: E501
    (root / "a.csv").write_text(FILES[service], encoding="utf-8")
    command(root, "import", str(root / "a.csv"))
    assert states(root) == {"a@b.example": "unconfirmed"}
    command(root, "import", str(root / "a.csv"), "--confirmed")
    assert states(root) == {"a@b.example": "active"}
    with Store.opened(root) as store:
        names = [row[1] for row in subscribers.members(store, "main")]
    assert names == ["" if service == "buttondown" else "Ann Lee"]


@pytest.mark.parametrize(
    ("line", "state"),
    [("unsubscribed", "unsubscribed"), ("cleaned", "bounced"), ("spammy", "complained"), ("blocklisted", "suppressed"),
     ("Opted-Out", "unsubscribed"), ("nonsense", "unconfirmed")],
)  # fmt: skip
def test_a_no_is_taken_over(root: Path, line: str, state: str) -> None:
    """Whoever another service did not mail is not mailed here, whatever is vouched for."""
    (root / "a.csv").write_text(f"email,status\na@b.example,{line}\n")
    command(root, "import", str(root / "a.csv"), "--confirmed")
    assert states(root) == {"a@b.example": state}


def test_an_export_comes_back_the_same_and_reckons_nothing(root: Path, tmp_path: Path) -> None:
    """No cell of an export begins a formula, and its import elsewhere gives the same export."""
    with Store.opened(root, make=True) as store:
        people = {
            "+a@b.example": "=HYPERLINK(1)",
            "-b@b.example": "@x",
            "c@b.example": "Ann, “Lee”",
            "=d@b.example": "",
        }
        members = [
            Member(address=found, name=name, state=state, source="+form", consented=NOW)
            for (text, name), state in zip(people.items(), itertools.cycle(["active", "unsubscribed", "bounced"]))
            if (found := address(text))
        ]
        subscribers.add(store, "main", members, NOW)
    file = tmp_path / "list.csv"
    command(root, "export", str(file))
    rows = list(csv.reader(file.open(encoding="utf-8")))
    assert rows[0] == list(HEADER)
    assert len(rows) == 1 + len(people)
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = written(tmp_path / "other", {})
    command(other, "import", str(file), "--confirmed")
    command(other, "export", str(tmp_path / "again.csv"))
    again = list(csv.reader((tmp_path / "again.csv").open(encoding="utf-8")))
    assert [row[:6] for row in again] == [row[:6] for row in rows]


@pytest.mark.parametrize("size", [0, 9_000])
def test_a_file_that_breaks_off_adds_nobody(root: Path, size: int) -> None:
    """An import is taken whole or not at all, and what cannot be read is told with its place."""
    people = b"email\n" + b"".join(b"a%d@b.example\n" % number for number in range(size))
    (root / "a.csv").write_bytes((people if size else b"") + b"\xff\xfe\n")
    ran = publish("subscribers", "import", "-C", str(root), str(root / "a.csv"))
    assert (ran.code, "a.csv" in ran.err) == (1, True)
    assert publish("subscribers", "list", "-C", str(root)).out == ""


def _crowd() -> list[Member]:
    """Some thousands in many states, some of them twice: in other states, by other names."""
    chance = random.Random(20230304)  # noqa: S311
    people = [Address(text, text) for text in (f"a{chance.randrange(4_000)}@b.example" for _ in range(6_000))]
    return [
        Member(address=one, name=chance.choice(["", "Ann", "Lee"]), state=chance.choice(STATES), source=f"line {line}")
        for line, one in enumerate(people)
    ]


def _take_in(root: Path) -> None:
    """One process that takes the crowd in."""
    with Store.opened(root, make=True) as store:
        for _ in in_turns(subscribers.take_in(store, "main", _crowd(), NOW)):
            pass


def _everyone(root: Path) -> list[tuple[str, ...]]:
    with Store.opened(root) as store:
        return list(subscribers.members(store, "main"))


def test_a_killed_import_is_done_by_doing_it_again(tmp_path: Path) -> None:
    """Killed by kill -9 at random instants, an import that is done again leaves what one that ran through does."""
    chance = random.Random(20230304)  # noqa: S311
    whole, midway = tmp_path / "whole", 0
    whole.mkdir()
    _take_in(whole)
    for number in range(4):
        root = tmp_path / f"killed{number}"
        root.mkdir()
        with Store.opened(root, make=True) as store:
            subscribers.add(store, "main", [], NOW)
        pid = start(functools.partial(_take_in, root))
        while not _everyone(root):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.05))
        os.killpg(pid, signal.SIGKILL)
        ended(pid)
        midway += len(_everyone(root)) < len(_everyone(whole))
        for _ in range(2):
            _take_in(root)
            assert _everyone(root) == _everyone(whole)
    assert midway, "none was killed on the way"


def test_others_write_while_a_file_is_taken_in(root: Path) -> None:
    """Behind each slice another process can write, and whoever leaves or is erased then is not brought back by it."""
    last = Address("z@b.example", "z@b.example")
    steps: list[int] = []

    def others() -> None:
        with Store.opened(root, patience=0) as other:
            if not steps:
                subscribers.add(other, "main", [Member(address=last)], NOW)
                subscribers.leave(other, "main", last, NOW)
                subscribers.erase(other, Address("y@b.example", "y@b.example"))
            steps.append(len(_everyone(root)))

    with Store.opened(root, make=True) as store:
        crowd = [*_crowd(), *(Member(address=Address(f"{one}@b.example", f"{one}@b.example")) for one in "yz")]
        for _ in subscribers.take_in(store, "main", crowd, NOW):
            others()
    assert len(set(steps)) > 3
    assert states(root)["z@b.example"] == "unsubscribed"
    assert "y@b.example" not in states(root)


def test_lines_without_an_address_are_told(root: Path) -> None:
    """What is no address is named, and stops nothing."""
    (root / "a.csv").write_text("email\nnobody\na@b.example\n\x1b[2J\n")
    out = command(root, "import", str(root / "a.csv"), "--confirmed")
    assert "“nobody”" in out
    assert "\x1b" not in out
    assert states(root) == {"a@b.example": "active"}


def test_a_file_without_addresses_is_refused_by_its_header(root: Path) -> None:
    """Where no column can be the address, the header is shown."""
    (root / "a.csv").write_text("who,what\na@b.example,x\n")
    ran = publish("subscribers", "import", "-C", str(root), str(root / "a.csv"))
    assert ran.code == 1
    assert "a.csv:1:1: error: no column of addresses" in ran.err


def test_stats_count_states_by_list(root: Path) -> None:
    """Each list is told with how many are in which state."""
    command(root, "add", "a@b.example", "c@d.example")
    command(root, "remove", "a@b.example")
    assert command(root, "stats") == "main: 1 active, 1 unsubscribed\n"
    command(root, "add", "e@f.example")
    command(root, "suppress", "--as", "bounced", "e@f.example")
    assert command(root, "stats") == "main: 1 active, 1 unsubscribed, 1 bounced\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('email,name\nz@b.example\na@b.example,"A\nc@d.example,C\n', "a.csv:3:1: error: cannot be read as CSV: unexp"),
        ('email,name\n"a@b.example,A\nc@d.example,C\n', "a.csv:2:1: error: cannot be read as CSV: unexpected end"),
        ('email,name\na@b.example,"A "B" C"\n', "a.csv:2:1: error: cannot be read as CSV: ',' expected after"),
        ("email\na@b.example\ncafé@b.example\n", "a.csv: error: byte 0xe9 is not UTF-8: save it as CSV in UTF-8"),
    ],
)
def test_nobody_is_lost_behind_an_open_quote(content: str, told: str, root: Path) -> None:
    """A file that is no CSV in UTF-8 is told with its place, and nobody of it is taken in."""
    (root / "a.csv").write_text(content, encoding="latin-1")
    ran = publish("subscribers", "import", "-C", str(root), str(root / "a.csv"))
    assert (ran.code, told in ran.err) == (1, True), ran.err
    assert publish("subscribers", "stats", "-C", str(root)).out == ""


@pytest.mark.parametrize("word", ["backup", "export"])
def test_git_takes_in_nobodys_address(word: str, root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A copy of the lists is refused where git has the file or would take it in, and made everywhere else."""
    command(root, "add", "a@b.example")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    written(root, {".gitignore": "*.keep\n", "old.keep": "", "inner/a": ""})
    subprocess.run(["git", "-C", str(root), "add", "-f", "old.keep"], check=True)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "link").symlink_to(root / "inner")
    for name in ("copy", "inner/copy", "old.keep", str(elsewhere / "link/copy")):
        ran = publish("subscribers", word, "-C", str(root), str(root / name))
        assert (ran.code, ran.err.endswith("name a file in var/, or elsewhere [secret]\n")) == (1, True)
    assert not list(root.glob("**/copy"))
    for name in ("new.keep", "var/copy", str(elsewhere / "copy")):
        command(root, word, str(root / name))


def test_a_backup_is_the_same_people(root: Path) -> None:
    """A backup that is restored brings back lists and states as they were."""
    command(root, "add", "a@b.example", "c@d.example")
    before = states(root)
    copy = str(root / "copy #1, 50%?")
    command(root, "backup", copy)
    command(root, "remove", "a@b.example")
    command(root, "restore", copy)
    assert states(root) == before
    elsewhere = root / "issues"
    elsewhere.mkdir()
    ran = publish("subscribers", "restore", "-C", str(elsewhere), copy)
    assert (ran.code, "[missing-settings]" in ran.err, list(elsewhere.iterdir())) == (1, True, [])


@pytest.mark.parametrize("words", [["list"], ["export", "-"]])
def test_who_stops_reading_is_no_fault(words: list[str], root: Path) -> None:
    """A list of which a pipe takes the beginning alone says nothing of it."""
    people = "".join(f"somebody-with-a-long-name-{number}@b.example\n" for number in range(5_000))
    (root / "a.csv").write_text(f"email\n{people}")
    command(root, "import", str(root / "a.csv"))
    code = "from pipeline.cli import main; main()"
    line = [sys.executable, "-c", code, "-C", str(root), "subscribers", *words]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as lister:
        assert lister.stdout is not None
        assert lister.stderr is not None
        lister.stdout.readline()
        lister.stdout.close()
        assert lister.stderr.read() == ""


def test_a_file_in_the_place_of_the_folder_is_told(root: Path) -> None:
    """Where no file of subscribers can be made, a line says so as the system does, without Python's words."""
    (root / "var").write_text("mine")
    ran = publish("subscribers", "add", "-C", str(root), "a@b.example")
    assert (ran.code, ran.err) == (1, "var/subscribers.sqlite: error: file exists [unwritable]\n")


def test_a_copy_takes_no_place_but_a_files(root: Path) -> None:
    """A backup replaces no pipe and no link, but the file that a link leads to; an export closes files alone."""
    command(root, "add", "a@b.example")
    os.mkfifo(root / "pipe", 0o666)
    mode = (root / "pipe").stat().st_mode
    ran = publish("subscribers", "backup", "-C", str(root), str(root / "pipe"))
    assert (ran.code, "not a regular file [unwritable]" in ran.err) == (1, True)
    reader = os.open(root / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    command(root, "export", str(root / "pipe"))
    assert b"a@b.example" in os.read(reader, 65536)
    os.close(reader)
    assert (root / "pipe").stat().st_mode == mode
    (root / "link").symlink_to("copy")
    for word in ("backup", "export"):
        (root / "copy").write_text("old")
        (root / "copy").chmod(0o644)
        command(root, word, str(root / "link"))
        assert (root / "link").is_symlink()
        assert stat.S_IMODE((root / "copy").stat().st_mode) == 0o600
        assert (root / "copy").read_bytes() != b"old"


@pytest.mark.parametrize("content", [b"", b"not a database" * 100], ids=["empty", "other"])
def test_what_is_no_backup_replaces_nothing(root: Path, content: bytes) -> None:
    """A file that is no backup is refused, and the lists stay."""
    command(root, "add", "a@b.example")
    (root / "copy").write_bytes(content)
    ran = publish("subscribers", "restore", "-C", str(root), str(root / "copy"))
    assert ran.code == 1
    assert ran.err.startswith(f"{root / 'copy'}: error: ")
    assert states(root) == {"a@b.example": "active"}


@pytest.mark.parametrize(
    ("stamp", "what_to_do"),
    [("user_version = 1", "export with that one"), ("user_version = 3", "install that one"),
     ("application_id = 7", "put it elsewhere")],
)  # fmt: skip
def test_a_database_of_another_version_is_refused_with_what_to_do(root: Path, stamp: str, what_to_do: str) -> None:
    """What another version or program made is neither used nor changed, nor restored over what is in use."""
    command(root, "add", "a@b.example")
    command(root, "backup", str(root / "copy"))
    with contextlib.closing(sqlite3.connect(root / "copy")) as copy:
        copy.execute(f"PRAGMA {stamp}")
    strange = (root / "copy").read_bytes()
    ran = publish("subscribers", "restore", "-C", str(root), str(root / "copy"))
    assert (ran.code, what_to_do in ran.err) == (1, True)
    assert states(root) == {"a@b.example": "active"}
    other = written(root / "other", {"var/subscribers.sqlite": ""})
    (other / "var/subscribers.sqlite").write_bytes(strange)
    for words in (["list"], ["add", "c@d.example"]):
        ran = publish("subscribers", words[0], "-C", str(other), *words[1:])
        assert (ran.code, what_to_do in ran.err) == (1, True)
    with contextlib.closing(sqlite3.connect(other / "var/subscribers.sqlite")) as database:
        assert database.execute("SELECT address FROM subscriber").fetchall() == [("a@b.example",)]


def test_a_database_of_something_else_gets_no_tables(root: Path) -> None:
    """A file of another program is refused as it is, also where that gave it no number."""
    (root / "var").mkdir()
    with contextlib.closing(sqlite3.connect(root / "var/subscribers.sqlite")) as database:
        database.execute("CREATE TABLE theirs (a)")
    ran = publish("subscribers", "add", "-C", str(root), "a@b.example")
    assert (ran.code, "not made by publish" in ran.err) == (1, True)
    with contextlib.closing(sqlite3.connect(root / "var/subscribers.sqlite")) as database:
        assert database.execute("SELECT name FROM sqlite_schema").fetchall() == [("theirs",)]


def test_a_hundred_thousand_come_in_within_seconds(root: Path) -> None:
    """A file of 100,000 addresses is taken in the tenth of a minute that a million may take."""
    with (root / "a.csv").open("w") as file:
        file.write("email,name,status\n")
        file.writelines(
            f"reader{number}@host{number % 997}.example,Reader {number},active\n" for number in range(100_000)
        )
    refused = Counter[str]()
    with Store.opened(root, make=True) as store:
        began = time.process_time()
        with (root / "a.csv").open() as text:
            for _ in subscribers.take_in(store, "main", imported("a.csv", text, confirmed=True, refused=refused), NOW):
                pass
        assert time.process_time() - began < 6
        assert subscribers.audience(store, "main") == 100_000
