"""To whom a message returns: an address for each recipient, which proves itself and tells nobody who that is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from deliveries import PIECES
from mail_servers import KINDS, aiosmtpd, case
from publications import SETTINGS, publish, written

from pipeline.deliver.letter import Letter, envelope
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys, Returned

KEYS = Keys(keys=(b"0" * 32,))
RETURN_PATH = re.compile(r"bounces\+([a-z2-7]{40})@weekly\.example")

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the start on


def letter(bounces: str) -> Letter:
    """A message of send 7."""
    return Letter(
        pieces=PIECES,
        name="",
        sender="news@weekly.example",
        domain="weekly.example",
        date="",
        list_id=1,
        keys=KEYS,
        send=7,
        bounces=bounces,
    )


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "maildir"])
def test_each_recipient_has_a_return_path(kind: str, tmp_path: Path) -> None:
    """With email.bounces every transport names another sender for each recipient, and its token says whose it is."""
    with case(kind, tmp_path) as (transport, got):
        transport.open()
        for number in (1, 2**62):
            transport.deliver(envelope(letter("bounces@weekly.example"), number, f"reader{number}@b.example"))
        transport.close()
        senders = [sender for sender, *_ in sorted(got(), key=lambda one: one[1])]
    tokens = [found[1] for found in map(RETURN_PATH.fullmatch, senders) if found]
    assert {KEYS.returned(token) for token in tokens} == {Returned(7, 1), Returned(7, 2**62)}


def test_without_the_setting_it_returns_to_the_sender() -> None:
    """Where email.bounces is not set the envelope's sender is the newsletter's."""
    assert envelope(letter(""), 1, "a@b.example").sender == "news@weekly.example"


def test_a_token_can_be_changed_by_nobody() -> None:
    """A token with any character changed, cut, longer, of other keys or of another purpose proves nothing."""
    token = KEYS.return_token(7, 12345)
    assert len(token) == 40
    assert KEYS.returned(token.upper()) == Returned(7, 12345)
    for at, letter in enumerate(token):
        changed = "a" if letter != "a" else "b"
        assert KEYS.returned(token[:at] + changed + token[at + 1 :]) is None
    for other in ("", token[:-1], token[:-8], f"{token}a", "é" * 40, "=" * 40, KEYS.token(7, 12345)[:40]):
        assert KEYS.returned(other) is None
    assert Keys(keys=(b"1" * 32,)).returned(token) is None
    assert Keys(keys=(b"0" * 32, b"1" * 32)).returned(token) == Returned(7, 12345)


@pytest.mark.parametrize(
    "bounces", ["bounces", "b@b.example\\nBcc: a@b.example", "twenty-four-characters-x@b.example", "Name <a@b.example>"]
)
def test_a_return_path_always_fits(bounces: str, tmp_path: Path) -> None:
    """email.bounces has room for the token within the 64 characters of a local part (RFC 5321), and is an address."""
    written(tmp_path, {"newsletter.yaml": f'{SETTINGS}email: {{bounces: "{bounces}"}}\n'})
    ran = publish("send", "2023-03-04", "-C", str(tmp_path))
    assert "“bounces” must be an address with at most 23 characters before its @ [bad-value]" in ran.err


def test_a_list_gets_its_return_paths(tmp_path: Path) -> None:
    """`publish send` gives each subscriber a token of the publication's own keys, with the number of the send."""
    with aiosmtpd("none") as (port, kept):
        settings = (
            f"{SETTINGS}email: {{bounces: bounces@weekly.example, unsubscribe_url: https://weekly.example/leave}}\n"
            f"smtp: {{host: 127.0.0.1, port: {port}, security: none}}\n"
        )
        issue = "# A\n\n[A](https://a.example)\n"
        written(tmp_path, {"newsletter.yaml": settings, "issues/2023-03-04/index.md": issue})
        here = ("-C", str(tmp_path))
        assert publish("build", *here).code == 0
        assert publish("subscribers", "add", "a@b.example", "c@d.example", *here).code == 0
        assert publish("send", "2023-03-04", "--yes", *here).code == 0
    keys = Keys.opened(tmp_path)
    with Store.opened(tmp_path) as store:
        known = dict(store.rows("SELECT address, id FROM subscriber"))
    found = {to: RETURN_PATH.fullmatch(sender) for sender, to, _ in kept.messages}
    assert {to: keys.returned(one[1]) for to, one in found.items() if one} == {
        address: Returned(1, number) for address, number in known.items()
    }
