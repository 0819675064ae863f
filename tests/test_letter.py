"""A recipient's letter is the built message: byte for byte, but for the values that are theirs."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from mail_servers import KINDS, case
from publications import SETTINGS, publish, written

from pipeline.deliver.letter import envelope
from pipeline.deliver.sending import letter, prepared
from pipeline.deliver.tokens import Keys
from pipeline.deliver.transport import Outcome
from pipeline.project import Project

DAY = "2023-03-04"
NOTES = {"base64": "中文笔记，很长。" * 400, "quoted-printable": "A note = with café, and words.\n" * 90}
KEYS = Keys(keys=(b"0" * 32,))

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the start on


def without(raw: bytes, built: bytes) -> bytes:
    """A letter as it arrived, without its token, and with the built message's To, Date and Message-ID."""
    head, empty, body = raw.partition(b"\r\n\r\n")
    for name in (b"To", b"Date", b"Message-ID"):
        field = re.compile(rb"^" + name + rb": .*(?:\r\n .*)*\r$", re.MULTILINE)
        (there,) = field.findall(built.partition(empty)[0])
        head, changed = field.subn(lambda _, there=there: there, head)
        assert changed == 1
    query = re.findall(rb"\?t=[\w-]{48}(?=>)", head)[0]
    lines = (head.replace(query, b"") + empty + body.replace(query.replace(b"=", b"=3D"), b"")).split(b"\r\n")
    return b"\r\n".join(_cut(line, query) if len(line) == 72 else line for line in lines)


def _cut(line: bytes, query: bytes) -> bytes:
    """A line of base64 without what stands in it."""
    try:
        return base64.b64encode(base64.b64decode(line, validate=True).replace(query, b""))
    except ValueError:
        return line


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("encoding", list(NOTES))
def test_the_letter_that_arrives_is_the_built_message_but_for_the_tokens(
    kind: str, encoding: str, tmp_path: Path
) -> None:
    """By every transport, in either encoding: without its token, what arrived is out/DATE/issue.eml in every byte."""
    settings = SETTINGS + "email:\n  unsubscribe_url: https://weekly.example/leave\n"
    issue = f"# One, 中文\n\n## S\n\n### [A](https://a.example)\n\n{NOTES[encoding]}\n"
    root = written(tmp_path / "site", {f"issues/{DAY}/index.md": issue, "newsletter.yaml": settings})
    assert publish("build", "-C", str(root)).code == 0
    built = (root / f"out/{DAY}/issue.eml").read_bytes()
    assert f"Content-Transfer-Encoding: {encoding}".encode() in built
    plan = prepared(Project(root=root), DAY, "main", "Sun, 05 Mar 2023 10:00:00 +0000").plan
    sent = envelope(letter(plan, 1, KEYS), 7, "ann@b.example", "Ann")
    with case(kind, tmp_path) as (transport, got):
        transport.open()
        assert transport.deliver(sent).outcome is Outcome.SENT
        transport.close()
        ((_, _, arrived),) = got()
    assert b"To: Ann\r\n <ann@b.example>\r\n" in arrived
    assert arrived != built
    assert without(arrived, built) == built
