"""DKIM: what we sign is verified by somebody else's program, and nothing of it can be changed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from deliveries import smtp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_keys import ED25519, RSA, kept, pem, verified
from mail_servers import KINDS, case
from own_postfix import own_postfix
from publications import SETTINGS, publish, written

from pipeline.deliver.dkim import Key, bits, opened, signed
from pipeline.deliver.letter import Letter, envelope
from pipeline.deliver.sending import letter, prepared
from pipeline.deliver.tokens import Keys
from pipeline.deliver.transport import Outcome
from pipeline.errors import BadSource
from pipeline.model import DkimSettings
from pipeline.project import Project
from pipeline.render.message import Hole, Piece

DAY = "2023-03-04"
LEAVE = SETTINGS + "email:\n  from: Weekly <news@weekly.example>\n  unsubscribe_url: https://weekly.example/leave\n"
NOTES = {"base64": "中文笔记，很长。" * 400, "quoted-printable": "A note = with  café, and\twords. \n" * 90}
TOKENS = Keys(keys=(b"0" * 32,))

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the start on


def built(root: Path, note: str, keys: list[Key]) -> Letter:
    """The letter of a built issue, signed by these keys."""
    issue = f"# One, 中文\n\n## S\n\n### [A](https://a.example)\n* {note}\n"
    written(root, {"newsletter.yaml": LEAVE, f"issues/{DAY}/index.md": issue})
    assert publish("build", "-C", str(root)).code == 0
    plan = prepared(Project(root=root), DAY, "main", "Sat, 04 Mar 2023 09:00:00 +0000").plan
    return signed(letter(plan, 1, TOKENS), keys)


@pytest.fixture(params=NOTES)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Letter, list[Key]]:
    """A letter in either transfer encoding, signed with RSA and Ed25519."""
    keys = [kept(tmp_path, RSA), kept(tmp_path, ED25519, "ed")]
    return built(tmp_path, NOTES[request.param], keys), keys


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_holds_by_every_transport(kind: str, made: tuple[Letter, list[Key]], tmp_path: Path) -> None:
    """What arrives, each copy with its own name, address and token, is signed well by both keys."""
    signing, keys = made
    copies = [
        envelope(signing, number, address, name)
        for number, (address, name) in enumerate(
            [("a@b.example", ""), ("用户@b.example", "王"), ("c@d.example", 'A "very" ' + "long name " * 12)]
        )
    ]
    with case(kind, tmp_path) as (transport, got):
        transport.open()
        assert [transport.deliver(copy).outcome for copy in copies] == [Outcome.SENT] * 3
        transport.close()
        arrived = [content for *_, content in got()]
    assert len(arrived) == 3
    assert [verified(one, keys) for one in arrived] == [[True, True]] * 3


@pytest.mark.needs("postfix")
def test_a_signature_holds_through_postfix(made: tuple[Letter, list[Key]]) -> None:
    """Postfix adds its lines above the message, writes it to a Maildir, and every signature still holds."""
    signing, keys = made
    with own_postfix("a@readers.example", "b@readers.example") as server:
        transport = smtp(server.port)()
        transport.open()
        for number, address in enumerate(["a@readers.example", "b@readers.example"]):
            assert transport.deliver(envelope(signing, number, address)).outcome is Outcome.SENT
        transport.close()
        arrived = [server.arrived(f"{box}@readers.example", 1)[0] for box in "ab"]
    assert all(b"Received:" in one for one in arrived)
    assert [verified(one, keys) for one in arrived] == [[True, True]] * 2


_SIGNED = (
    "From To Reply-To Subject Date Message-ID List-Id List-Unsubscribe List-Unsubscribe-Post Archived-At "
    "Auto-Submitted Feedback-ID MIME-Version Content-Type"
).split()


@pytest.mark.parametrize("name", [*_SIGNED, "Cc", "Content-Transfer-Encoding"])
def test_no_signed_field_can_be_changed_taken_away_or_added(name: str, made: tuple[Letter, list[Key]]) -> None:
    """Each field of the message is signed, and once more than it is there."""
    signing, keys = made
    content = envelope(signing, 1, "a@b.example").content
    head = content.partition(b"\r\n\r\n")[0] + b"\r\n"
    field = re.search(rf"^{name}: .*(\r\n .*)*\r\n".encode(), head, re.MULTILINE)
    assert bool(field) == (name in _SIGNED)
    assert verified(content, keys) == [True, True]
    added = f"{name}: evil@evil.example\r\n".encode()
    for forged in (added + content, content.replace(b"\r\n\r\n", b"\r\n" + added + b"\r\n", 1)):
        assert verified(forged, keys) == [False, False]
    if field:
        assert verified(content.replace(field[0], b""), keys) == [False, False]
        assert verified(content.replace(field[0], f"{name}: x\r\n".encode()), keys) == [False, False]


def test_no_byte_of_the_body_can_be_changed(made: tuple[Letter, list[Key]]) -> None:
    """Another letter anywhere in the body, another token, or something behind the end breaks both signatures."""
    signing, keys = made
    content = envelope(signing, 1, "a@b.example").content
    body = content.index(b"\r\n\r\n") + 4
    for at in range(body, len(content), 997):
        other = content[:at] + (b"y" if content[at : at + 1] != b"y" else b"z") + content[at + 1 :]
        assert verified(other, keys) == [False, False], at
    strange = envelope(signing, 2, "a@b.example").content
    swapped = content[:body] + strange[strange.index(b"\r\n\r\n") + 4 :]
    assert verified(swapped, keys) == [False, False]
    assert verified(content + b"more\r\n", keys) == [False, False]


_TEXTS = st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b".", b"  \r\n", b"=\r\n"])).map(b"".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_TEXTS, min_size=1, max_size=5))
def test_any_body_is_hashed_as_relaxed_wants_it(texts: list[bytes], tmp_path: Path) -> None:
    """Blanks and empty lines before, behind and between the holes are hashed as RFC 6376, section 3.4.4 says."""
    pieces: list[Piece] = [b"From: a@weekly.example\r\nTo: ", Hole("to"), b"\r\nSubject:  a \t b \r\n", b"\r\nx"]
    for text in texts:
        pieces += [text, Hole("query"), text]
    key = kept(tmp_path, ED25519)
    plain = Letter(
        pieces=(*pieces, b"\r\n"), name="", sender="", domain="weekly.example", date="", list_id=1, keys=TOKENS
    )
    assert verified(envelope(signed(plain, [key]), 1, "a@b.example").content, [key]) == [True]


def test_lines_of_a_signature_are_short(made: tuple[Letter, list[Key]]) -> None:
    """A signature's lines have at most 78 characters, so that nothing on the way folds them anew."""
    content = envelope(made[0], 1, "a@b.example").content
    assert max(map(len, content.partition(b"\r\nFrom:")[0].split(b"\r\n"))) <= 78


def _file(folder: Path, content: bytes, mode: int) -> DkimSettings:
    path = folder / "key.pem"
    path.write_bytes(content)
    path.chmod(mode)
    return DkimSettings(domain="weekly.example", selector="news", key="key.pem")


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (lambda: pem(RSA), 0o644, "chmod 600"),
        (lambda: pem(RSA), 0o660, "chmod 600"),
        (lambda: b"-----BEGIN PRIVATE KEY-----\nsecretsecret\n-----END PRIVATE KEY-----\n", 0o600, "no private key"),
        (lambda: b"\xff" * 100_000, 0o600, "no private key"),
        (lambda: pem(RSA)[:-200], 0o600, "no private key"),
    ],
    ids=["others read", "others write", "broken", "no text", "cut"],
)
def test_a_key_that_is_not_good_refuses(content: Callable[[], bytes], mode: int, said: str, tmp_path: Path) -> None:
    """A key that others can use, or that is none, is refused with what to do, and nothing of it is told."""
    named = _file(tmp_path, content(), mode)
    with pytest.raises(BadSource, match=said) as refused:
        opened(named, tmp_path)
    assert "secretsecret" not in str(refused.value)


def test_a_key_is_told_by_nothing(tmp_path: Path) -> None:
    """Neither the key's own words nor an error's hold the secret; what DNS is to say is public."""
    key = opened(_file(tmp_path, pem(RSA), 0o640), tmp_path)  # which the group of a service may read
    secret = pem(RSA).decode().splitlines()[1]
    assert secret not in repr(key)
    assert key.record.startswith("v=DKIM1; k=rsa; p=MII")
    assert bits(key.public) == 2048
    assert bits(kept(tmp_path, ED25519).public) == 0


def test_a_send_is_signed_and_a_missing_key_refuses_it(tmp_path: Path) -> None:
    """`email.dkim` signs the list's messages and the test; without its file nothing is sent."""
    (tmp_path / "key.pem").touch(0o600)
    (tmp_path / "key.pem").write_bytes(pem(RSA))
    dkim = "  dkim: {domain: weekly.example, selector: news, key: key.pem}\n"
    written(tmp_path, {"newsletter.yaml": LEAVE + dkim, f"issues/{DAY}/index.md": "# A\n\n[A](https://a.example)\n"})
    here = ("-C", str(tmp_path))
    for words in (("build",), ("subscribers", "add", "a@b.example"), ("send", DAY, "--to", "me@b.example")):
        assert publish(*words, *here).code == 0
    assert publish("send", DAY, "--yes", *here).code == 0
    arrived = [path.read_bytes().replace(b"\n", b"\r\n") for path in (tmp_path / "var/mail/new").iterdir()]
    keys = [opened(DkimSettings(domain="weekly.example", selector="news", key="key.pem"), tmp_path)]
    assert [verified(one, keys) for one in arrived] == [[True]] * 2
    (tmp_path / "key.pem").unlink()
    ran = publish("send", DAY, "--list", "main", "--to", "me@b.example", *here)
    assert ran.code == 1
    assert "key.pem: error: No such file or directory [dkim-key]" in ran.err


def test_without_dkim_its_library_is_not_loaded() -> None:
    """`publish send` loads cryptography only where a key is configured: it is a fifth of the start."""
    code = "import sys; import pipeline.cli.send; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[1]).returncode == 0


def test_five_hundred_a_second_are_signed(tmp_path: Path) -> None:
    """With a 2048-bit key a copy of a 50 KB message takes less than 2 ms of one core."""
    signing = built(tmp_path, "Many words of a note. " * 1100, [kept(tmp_path, RSA)])
    assert len(envelope(signing, 1, "a@b.example").content) > 50_000
    best = min(_taken(signing) for _ in range(5))
    assert best < 0.002


def _taken(signing: Letter) -> float:
    began = time.process_time()
    for number in range(50):
        envelope(signing, number, "a@b.example")
    return (time.process_time() - began) / 50
