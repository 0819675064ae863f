"""The service that readers subscribe and leave by: each rule of it, over HTTP, with a real database and Maildir."""

from __future__ import annotations

import contextlib
import re
import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from services import SETTINGS, Site, dumped, mails, serving, settled, states, token_to_leave

from pipeline.deliver import requests, subscribers
from pipeline.deliver.addresses import address
from pipeline.deliver.store import Store
from pipeline.deliver.subscribers import Member
from pipeline.web.networks import UNKNOWN, network

NOW = "2023-03-04T09:00:00+00:00"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A service of a new publication."""
    with serving(tmp_path) as found:
        yield found


def known(root: Path, text: str, *lists: str, state: str = "active") -> None:
    """Somebody who is in the database already."""
    who = address(text)
    assert who is not None
    with Store.opened(root, make=True) as store:
        for name in lists or ("main",):
            subscribers.add(store, name, [Member(address=who, state=state)], NOW)


def test_a_reader_subscribes_confirms_and_leaves(site: Site) -> None:
    """Asked for, confirmed and left: nothing stands on a list before the button, nothing comes after leaving."""
    assert site.subscribe("a@b.example", "main", "papers").status == 200
    link = settled(site.root, "a@b.example")
    assert link.startswith("/list/confirm?t=")
    assert states(site.root) == {}
    page = site.ask(link)
    assert "a…@b.example" in page.text
    assert states(site.root) == {}
    assert site.ask("/list/confirm", {"t": link.partition("t=")[2]}).status == 200
    assert states(site.root) == {("a@b.example", "main"): "active", ("a@b.example", "papers"): "active"}
    token = token_to_leave(site.root, "a@b.example")
    assert "a…@b.example" in site.ask(f"/list/leave?t={token}").text
    assert site.ask("/list/leave", {"t": token}).status == 200
    assert states(site.root) == {("a@b.example", "main"): "unsubscribed", ("a@b.example", "papers"): "active"}


# GET never changes anything: scanners follow links.


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_what_follows_links_changes_nothing(site: Site, method: str) -> None:
    """No method but POST changes a byte of the database, whatever page it is for and whatever token it has."""
    known(site.root, "a@b.example")
    site.subscribe("new@b.example")
    confirm = settled(site.root, "new@b.example")
    leave = f"/list/leave?t={token_to_leave(site.root, 'a@b.example')}"
    choices = next(part for part in site.ask(confirm).text.split('"') if part.startswith("/list/choices?t="))
    before = dumped(site.root)
    for path in ("/list/subscribe?", "/list/subscribe?address=x@b.example&list-main=on", confirm, leave, choices):
        for more in ("", "&do=erase&all=on&List-Unsubscribe=One-Click"):
            answer = site.ask(path + more, method=method)
            assert answer.status == (200 if method in ("GET", "HEAD") else 405)
    assert dumped(site.root) == before


def test_one_click_unsubscribes_by_post_alone(site: Site) -> None:
    """RFC 8058: a POST without cookies, origin or page to the address of the header, answered without a redirect."""
    in_parts = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    clicks = {
        "application/x-www-form-urlencoded": b"List-Unsubscribe=One-Click",
        "multipart/form-data; boundary=x": in_parts,
        "": b"",
        "application/x-www-form-urlencoded; charset=latin-1": b"\xff=\xff",
    }
    for number, (kind, body) in enumerate(clicks.items()):
        known(site.root, f"{number}@b.example", "main", "papers")
        token = token_to_leave(site.root, f"{number}@b.example")
        for again in (1, 2):
            answer = site.ask(f"/list/leave?t={token}", body, content_type=kind, origin="https://mail.example")
            assert (answer.status, answer.text) == (200, "You have left\n"), again
        assert states(site.root)[f"{number}@b.example", "main"] == "unsubscribed"
        assert states(site.root)[f"{number}@b.example", "papers"] == "active"


# Tokens.


def test_a_token_opens_one_door(site: Site) -> None:
    """A token for one purpose proves nothing for another, and a changed one proves nothing at all."""
    known(site.root, "a@b.example")
    site.subscribe("new@b.example")
    confirm = settled(site.root, "new@b.example").partition("t=")[2]
    leave = token_to_leave(site.root, "a@b.example")
    choose = site.ask(f"/list/confirm?t={confirm}").text.partition("/choices?t=")[2][:48]
    before = dumped(site.root)
    right = {"confirm": confirm, "leave": leave, "choices": choose}
    for door, own in right.items():
        wrong = [token for name, token in right.items() if name != door]
        wrong += [own[:-1] + ("A" if own[-1] != "A" else "B"), own[:44], own + "AAAA", "x", "é" * 48, "\0" * 48]
        for token in wrong:
            assert site.ask(f"/list/{door}", {"t": token, "do": "erase"}).status == 404, (door, token)
            assert site.ask(f"/list/{door}", method="GET").status in (200, 404)
    assert dumped(site.root) == before


def test_keys_rotate(tmp_path: Path) -> None:
    """With a new key in the last line, links made with the old one still work; quotes around keys do not matter."""
    with serving(tmp_path) as site:
        known(tmp_path, "a@b.example")
        token = token_to_leave(tmp_path, "a@b.example")
    file = tmp_path / "var/token.key"
    file.write_text(f"  '{file.read_text().strip()}' \r\n \"{'ab' * 32}\"\n")
    with serving(tmp_path) as site:
        assert token_to_leave(tmp_path, "a@b.example") != token
        assert site.ask("/list/leave", {"t": token}).status == 200
    assert states(tmp_path) == {("a@b.example", "main"): "unsubscribed"}


def test_a_confirmation_expires(tmp_path: Path) -> None:
    """A request can be confirmed for a week, and is forgotten after it."""
    who = address("a@b.example")
    assert who is not None
    wanted = requests.Ask(address=who, lists=("main",), network="n")
    day = 86400.0
    with Store.opened(tmp_path, make=True) as store:
        assert requests.ask(store, wanted, 0.0, hourly=9)
        number = store.number("SELECT id FROM request")
        assert requests.request(store, number, 7 * day - 1)
        assert requests.request(store, number, 7 * day) is None
        assert requests.confirm(store, number, "n", 7 * day) is None
        assert requests.ask(store, wanted, 8 * day, hourly=9)
        assert store.number("SELECT count(*) FROM request") == 1
        assert requests.lists_of(store, who) == {}


def test_a_confirmation_is_used_once(site: Site) -> None:
    """Whoever left after confirming is not taken in again by the old link, nor by one that was asked for before."""
    site.subscribe("a@b.example", "main", "papers")
    link = settled(site.root, "a@b.example")
    token = link.partition("t=")[2]
    for _ in range(2):
        assert "You are subscribed" in site.ask("/list/confirm", {"t": token}).text
    assert "You are subscribed" in site.ask(link).text
    site.ask("/list/leave", {"t": token_to_leave(site.root, "a@b.example")})
    assert site.ask("/list/confirm", {"t": token}).status == 404
    assert states(site.root)["a@b.example", "main"] == "unsubscribed"


@pytest.mark.parametrize("state", ["active", "bounced"])
def test_a_list_is_left_once_whatever_bounced(tmp_path: Path, state: str) -> None:
    """To choose a list, then none, leaves the one that was asked for by the first and voids nothing by the second."""
    who = address("a@b.example")
    assert who is not None
    with Store.opened(tmp_path, make=True) as store:
        for name in ("main", "papers"):
            subscribers.add(store, name, [], NOW)
        requests.ask(store, requests.Ask(address=who, lists=("main",), network="n"), 0.0, hourly=9)
        number = store.number("SELECT id FROM request")
        subscribers.add(store, "main", [Member(address=who, state=state)], NOW)
        for wanted in (["papers"], [], ["main"]):
            assert requests.choose(store, number, wanted, "n", 1.0), wanted


# The same answer for everyone, and limits.

_KINDS = ["nobody", "active", "unconfirmed", "unsubscribed", "bounced", "complained", "suppressed", "erased", "asked"]


def prepared(site: Site) -> None:
    """An address of each kind, named for it."""
    for kind in _KINDS[1:]:
        who = address(f"{kind}@b.example")
        assert who is not None
        if kind == "asked":
            with Store.opened(site.root) as store:
                wanted = requests.Ask(address=who, lists=("main",), network="n")
                requests.ask(store, wanted, time.time(), hourly=600)
        else:
            known(site.root, who.text, state="active" if kind == "erased" else kind)
        if kind == "erased":
            with Store.opened(site.root) as store:
                subscribers.erase(store, who)


def test_nobody_learns_who_is_known(site: Site) -> None:
    """The answer to the form is the same in status, headers and every byte, whatever is known of the address."""
    prepared(site)
    answers = set()
    for kind in _KINDS:
        answer = site.subscribe(f"{kind}@b.example")
        headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name != "date"))
        answers.add((answer.status, headers, answer.text))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200


def test_the_answer_takes_as_long_whoever_is_known(tmp_path: Path) -> None:
    """Each request writes one row in one commit: the times for the known and the unknown are of one class."""
    with serving(tmp_path, SETTINGS.replace("}}", "}, hourly: 100000}")) as site:
        times: dict[str, list[float]] = {"known": [], "new": []}
        for number in range(9):
            known(tmp_path, f"known{number}@b.example")
        for number in range(9):
            for kind, found in times.items():
                began = time.perf_counter()
                assert site.subscribe(f"{kind}{number}@b.example").status == 200
                found.append(time.perf_counter() - began)
        one, other = (statistics.median(found) for found in times.values())
        assert 1 / 3 < one / other < 3


def test_who_must_not_be_mailed_gets_no_confirmation(site: Site) -> None:
    """An address that bounced, complained or is suppressed gets no message, however often it is entered; others do."""
    prepared(site)
    for kind in _KINDS:
        site.subscribe(f"{kind}@b.example")
    settled(site.root, "erased@b.example")
    settled(site.root, "asked@b.example")
    mailed = {str(one["To"]).partition("@")[0] for one in mails(site.root)}
    assert mailed == {"nobody", "active", "unconfirmed", "unsubscribed", "erased", "asked"}


def test_one_mailbox_gets_one_confirmation_an_hour(tmp_path: Path) -> None:
    """However often, from wherever and in whatever spelling it is asked for; and five in a week that nobody answers."""
    hour = 3600.0
    spellings = ["victim@b.example", "Victim@B.example", "victim+a@b.example", "v.i.c.t.i.m@b.example"]
    with Store.opened(tmp_path, make=True) as store:

        def asked(now: float) -> int:
            for number, text in enumerate(spellings * 5):
                who = address(text)
                assert who is not None
                wanted = requests.Ask(address=who, lists=("main",), network=f"n{number % 7}{now}")
                assert requests.ask(store, wanted, now + number, hourly=10_000)
            return store.number("SELECT count(*) FROM request WHERE mail = 'queued'")

        assert [asked(turn * (hour + 60)) for turn in range(8)] == [1, 2, 3, 4, 5, 5, 5, 5]
        assert asked(8 * 24 * hour) == 1


def test_one_network_asks_twenty_times_an_hour(tmp_path: Path) -> None:
    """Then it is told to wait, whatever it asks for; other networks are not."""
    with serving(tmp_path, proxies=1) as site:
        for number in range(20):
            answer = site.subscribe(f"a{number}@b.example", x_forwarded_for=f"203.0.113.{number}")
            assert answer.status == 200
        before = dumped(tmp_path)
        assert site.subscribe("z@b.example", x_forwarded_for="203.0.113.200").status == 429
        assert site.subscribe("a1@b.example", x_forwarded_for="203.0.113.201").status == 429
        assert [line for line in dumped(tmp_path) if "z@b" in line] == []
        assert len(dumped(tmp_path)) == len(before)
        assert site.subscribe("z@b.example", x_forwarded_for="203.0.114.1").status == 200


def test_there_is_a_limit_in_all(tmp_path: Path) -> None:
    """Past so many requests in an hour as the settings allow, all are told to wait."""
    with serving(tmp_path, SETTINGS.replace("}}", "}, hourly: 3}"), proxies=1) as site:
        answers = [site.subscribe(f"a{n}@b.example", x_forwarded_for=f"203.{n}.113.1") for n in range(5)]
        assert [one.status for one in answers] == [200, 200, 200, 429, 429]
        assert {one.text for one in answers[3:]} == {answers[3].text}
        assert answers[3].headers["retry-after"] == "3600"


def test_a_robot_that_fills_every_field_is_thanked(site: Site) -> None:
    """Where the field that no person sees is filled, the answer is the same, and nothing is kept or sent."""
    before = dumped(site.root)
    answer = site.ask("/list/subscribe", {"address": "a@b.example", "list-main": "on", "topic": "http://spam.example"})
    assert dumped(site.root) == before
    assert answer.text == site.subscribe("a@b.example").text


# Where a request comes from.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "https://weekly.example", "sec_fetch_site": "same-origin"}, 200),
        ({"origin": "https://weekly.example"}, 200),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"origin": "null", "sec_fetch_site": "same-origin"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://weekly.example.evil.example"}, 403),
        ({"origin": "http://weekly.example"}, 403),
        ({"origin": "https://weekly.example:8443"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"origin": "https://evil.example", "host": "evil.example"}, 403),
    ],
)
def test_no_other_site_makes_readers_subscribe(site: Site, headers: dict[str, str], status: int) -> None:
    """A form that a browser sends for another site's page is refused; the publication's site may carry the form."""
    before = dumped(site.root)
    form = {"address": "a@b.example", "list-main": "on"}
    assert site.ask("/list/subscribe?t=x", form, **headers).status == status
    assert (dumped(site.root) == before) is (status == 403)
    assert site.subscribe("c@d.example", **headers).status == status


def test_no_other_site_presses_buttons(site: Site) -> None:
    """A form of another site's page is refused by every page, with a token in its address or in its fields."""
    site.subscribe("a@b.example")
    token = settled(site.root, "a@b.example").partition("t=")[2]
    before = dumped(site.root)
    for path in ("confirm", "choices"):
        for form, query in (({"t": token}, ""), ({}, f"?t={token}")):
            answer = site.ask(f"/list/{path}{query}", form, origin="https://evil.example")
            assert answer.status == 403
    assert site.ask("/list/leave", {"t": token}, origin="https://evil.example").status == 403
    assert dumped(site.root) == before


def test_no_host_but_that_of_the_settings_is_written(site: Site) -> None:
    """Host, X-Forwarded-Host and an absolute target decide nothing: neither pages nor mails name them."""
    for name in ("host", "x_forwarded_host", "x_host", "forwarded", "x_forwarded_server", "x_original_url"):
        headers = {name: "evil.example" if name != "forwarded" else "host=evil.example;proto=http"}
        answer = site.ask("/list/subscribe", **headers)
        assert answer.status == 200
        assert "evil.example" not in answer.text + str(answer.headers)
        for path in ("/list", "/list/", "/list/subscribe/", "//evil.example/list/subscribe"):
            assert "location" not in site.ask(path, **headers).headers
        assert site.subscribe(f"{name}@b.example", **headers).status == 200
        settled(site.root, f"{name.replace('-', '_')}@b.example")
    for one in mails(site.root):
        body = one.get_body(("plain",))
        assert body is not None
        assert "https://weekly.example/list/confirm?t=" in body.get_content()
        assert "evil.example" not in body.get_content()


# What costs too much is refused.


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        (b"address=" + b"a" * 9000, {}, 413),
        (b"a=1&" * 200, {}, 400),
        (b"address=%FF", {}, 400),
        (b"address=\xff", {}, 400),
        (b'{"address": "a@b.example"}', {"content_type": "application/json"}, 415),
        (b"address=a@b.example", {"content_type": "text/plain"}, 415),
    ],
)
def test_what_is_no_form_of_ours_is_refused(site: Site, form: bytes, headers: dict[str, str], status: int) -> None:
    """A body that is too long, of too many fields, of another kind or of no characters is refused, with a page."""
    before = dumped(site.root)
    answer = site.ask("/list/subscribe", form, **headers)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert dumped(site.root) == before


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@b", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", '"a b"@b.example', "a@[127.0.0.1]",
     "a@b.example\0", "\u202ea@b.example", "<a@b.example>", "a" * 65 + "@b.example", "a@" + "b." * 130 + "example"],
)  # fmt: skip
def test_what_is_no_address_is_told(site: Site, text: str) -> None:
    """The form comes back with a word on it, and nothing is kept."""
    answer = site.subscribe(text)
    assert answer.status == 400
    assert "No mail can be sent to this address" in answer.text
    assert site.ask("/list/subscribe", {"address": "a@b.example"}).status == 400
    assert dumped(site.root) == ["epoch (0,)"]


def test_addresses_in_every_script_subscribe(site: Site) -> None:
    """An international address is taken, mailed, and on the list when it confirms."""
    assert site.subscribe("用户@例子.中国").status == 200
    token = settled(site.root, "用户@xn--fsqu00a.xn--fiqs8s").partition("t=")[2]
    assert site.ask("/list/confirm", {"t": token}).status == 200
    assert states(site.root) == {("用户@xn--fsqu00a.xn--fiqs8s", "main"): "active"}


def test_a_form_that_does_not_arrive_is_given_up(site: Site) -> None:
    """Whoever announces a form and drips it is told so after ten seconds, and holds up nobody meanwhile."""
    head = b"POST /list/subscribe HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", site.port))) for _ in range(60)]
        for client in slow:
            client.sendall(head + b"Content-Length: 100\r\n\r\naddress=")
        assert site.subscribe("a@b.example").status == 200
        assert time.monotonic() - began < 5
        for client in slow:
            client.settimeout(20)
            assert client.recv(100).startswith(b"HTTP/1.1 408")
    assert 9 < time.monotonic() - began < 20


def test_every_answer_is_guarded(site: Site) -> None:
    """No answer may be kept, framed, sniffed, indexed or run scripts; the token's address goes to no other site."""
    known(site.root, "a@b.example")
    token = token_to_leave(site.root, "a@b.example")
    asked = [("/list/subscribe", None), (f"/list/leave?t={token}", None), (f"/list/leave?t={token}", b""),
             ("/list/confirm?t=x", None), ("/nothing", None), ("/list/health", None), ("/list/subscribe", b"x" * 9000),
             ("/list/health", b"")]  # fmt: skip
    for path, form in asked:
        found = site.ask(path, form).headers
        assert found["cache-control"] == "no-store"
        assert found["x-frame-options"] == "DENY"
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "same-origin"
        assert found["x-robots-tag"] == "noindex"
        policy = found["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
        assert "set-cookie" not in found


def test_the_log_holds_no_secret(site: Site) -> None:
    """Neither addresses nor tokens nor networks are told; what was asked, and how it ended, is."""
    site.subscribe("somebody@b.example", user_agent="agent\x1b[31m")
    link = settled(site.root, "somebody@b.example")
    site.ask(link)
    site.ask("/list/confirm", {"t": link.partition("t=")[2]})
    site.ask("/list/leave?t=secret&\x1b[31m".replace("\x1b", "%1B"), b"")
    text = "\n".join(site.log)
    assert [line.rpartition(" 200 ")[0] for line in site.log[:3]] == [
        "POST /subscribe",
        "GET /confirm",
        "POST /confirm",
    ]
    assert not any(secret in text for secret in ("somebody", link[-40:], "secret", "127.0.0.1", "\x1b", "%1B"))


# Lists, choices, erasure, consent.


def test_readers_choose_among_the_lists_that_are_offered(site: Site) -> None:
    """Only lists of the settings can be joined by the form; who left all can come back; what comes is theirs to say."""
    known(site.root, "a@b.example", "secret")
    site.ask(
        "/list/subscribe", {"address": "a@b.example", "list-main": "on", "list-private": "on", "list-secret": "on"}
    )
    link = settled(site.root, "a@b.example")
    token = link.partition("t=")[2]
    choose = site.ask(link).text.partition("/choices?t=")[2][:48]
    site.ask("/list/confirm", {"t": token})
    own = "a@b.example"
    assert states(site.root) == {(own, "main"): "active", (own, "secret"): "active"}
    page = site.ask(f"/list/choices?t={choose}").text
    assert [part.partition('"')[0] for part in page.split('name="list-')[1:]] == ["main", "papers", "secret"]
    site.ask("/list/choices", {"t": choose, "do": "save", "list-papers": "on", "list-private": "on"})
    assert states(site.root) == {
        (own, "main"): "unsubscribed", (own, "papers"): "active", (own, "secret"): "unsubscribed"
    }  # fmt: skip
    site.ask("/list/choices", {"t": choose, "do": "save", "list-main": "on"})
    assert states(site.root)[own, "main"] == "active"
    site.ask("/list/choices", {"t": choose, "do": "save"})
    assert set(states(site.root).values()) == {"unsubscribed"}
    assert site.ask("/list/choices", {"t": choose, "do": "save", "list-main": "on"}).status == 404


def test_a_reader_without_a_letter_at_hand_can_change_and_leave(site: Site) -> None:
    """The page to leave without a token sends a link to the choices; until they are saved nothing changes."""
    known(site.root, "a@b.example", "main", "papers")
    before = states(site.root)
    assert 'name="change"' in site.ask("/list/leave").text
    answer = site.ask("/list/subscribe", {"address": "a@b.example", "change": "on"})
    assert answer.text == site.subscribe("other@b.example").text
    link = settled(site.root, "a@b.example")
    assert 'action="/list/choices"' in site.ask(link).text
    site.ask("/list/confirm", {"t": link.partition("t=")[2]})
    assert states(site.root) == before


def test_a_person_is_erased_on_request(site: Site) -> None:
    """After it nothing in the database names them, old links do nothing, and they may come anew."""
    site.subscribe("person@b.example")
    link = settled(site.root, "person@b.example")
    token = link.partition("t=")[2]
    choose = site.ask(link).text.partition("/choices?t=")[2][:48]
    site.ask("/list/confirm", {"t": token})
    leave = token_to_leave(site.root, "person@b.example")
    assert site.ask("/list/choices", {"t": choose, "do": "erase"}).status == 200
    assert not any("person" in line for line in dumped(site.root))
    for file in (site.root / "var").glob("subscribers.sqlite*"):
        assert b"person@" not in file.read_bytes()
    before = dumped(site.root)
    assert site.ask(link).status == 404
    assert site.ask("/list/confirm", {"t": token}).status == 404
    assert site.ask(f"/list/leave?t={leave}", b"").status == 200
    assert dumped(site.root) == before


def test_consent_is_recorded(tmp_path: Path) -> None:
    """When and from which network somebody asked and confirmed stands with them, and no more of where they are."""
    with serving(tmp_path, proxies=1) as site:
        site.subscribe("a@b.example", x_forwarded_for="203.0.113.77")
        token = settled(tmp_path, "a@b.example").partition("t=")[2]
        site.ask("/list/confirm", {"t": token}, x_forwarded_for="10.0.0.1, 2001:db8:1:2::3")
    with Store.opened(tmp_path) as store:
        [(_, _, _, _, source, consented, _)] = subscribers.members(store, "main")
    today = time.strftime("%Y-%m-%dT", time.gmtime())
    assert source.startswith(f"web, asked {today}")
    assert source.endswith("from 203.0.113.0/24, confirmed from 2001:db8:1::/48")
    assert consented.startswith(today)


def test_who_asks_anew_comes_back(site: Site) -> None:
    """Whoever left is on the list again when they confirm anew; a file that names them does not bring them back."""
    known(site.root, "a@b.example", state="unsubscribed")
    known(site.root, "a@b.example")
    assert states(site.root)["a@b.example", "main"] == "unsubscribed"
    site.subscribe("a@b.example")
    assert states(site.root)["a@b.example", "main"] == "unsubscribed"
    site.ask("/list/confirm", {"t": settled(site.root, "a@b.example").partition("t=")[2]})
    assert states(site.root)["a@b.example", "main"] == "active"


def test_a_complaint_after_the_request_stands(site: Site) -> None:
    """Who complained or bounced after they had asked cannot confirm: nothing brings them back but the editor."""
    site.subscribe("a@b.example")
    link = settled(site.root, "a@b.example")
    who = address("a@b.example")
    assert who is not None
    with Store.opened(site.root) as store:
        subscribers.suppress(store, who, "complained")
    assert site.ask(link).status == 404
    assert site.ask("/list/confirm", {"t": link.partition("t=")[2]}).status == 404
    assert states(site.root) == {}


def test_health_tells_what_a_watcher_needs(site: Site) -> None:
    """It answers ok while subscribers can be read, and 503 when they cannot, without saying more."""
    assert (site.ask("/list/health").status, site.ask("/health").text) == (200, "ok\n")
    database = site.root / "var/subscribers.sqlite"
    database.rename(database.with_suffix(".away"))
    (site.root / "var/epoch").write_text("7\n")
    answer = site.ask("/health")
    assert answer.status == 503
    assert "epoch" not in answer.text
    assert site.subscribe("a@b.example").status == 503


# The confirmation.


@pytest.mark.parametrize("title", ["Weekly", "=?utf-8?q?x=0D=0ABcc:_evil@e.example?=", "周刊 <b>&amp; “x”", "W" * 200])
def test_a_confirmation_says_one_thing(tmp_path: Path, title: str) -> None:
    """Two bodies with the same link and no other but the site's; no title makes a header or a tag of its own."""
    with serving(tmp_path, SETTINGS.replace("title: Weekly", f"title: '{title}'")) as site:
        site.subscribe("a@b.example")
        link = f"https://weekly.example{settled(tmp_path, 'a@b.example')}"
    [raw] = [path.read_bytes() for path in (tmp_path / "var/mail/new").iterdir()]
    assert max(map(len, raw.splitlines())) <= 998
    [message] = mails(tmp_path)
    assert message.keys() == ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
                              "Content-Type"]  # fmt: skip
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "text/html"
    ]  # fmt: skip
    text, html = (part.get_content() for part in list(message.walk())[1:])
    found = set(re.findall(r"https?://[^\s\"<]+", text)) | set(re.findall(r'href="([^"]+)"', html))
    assert {url.rstrip("/") for url in found} == {link, "https://weekly.example"}
    assert "<b>" not in html
    assert not re.search(r"<(img|script|link|form)", html)


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "found"),
    [
        ("203.0.113.77", "", 0, "203.0.113.0/24"),
        ("203.0.113.77", "198.51.100.1", 0, "203.0.113.0/24"),
        ("2001:db8:1:2::3", "", 0, "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "", 0, "203.0.113.0/24"),
        ("fe80::1%eth0", "", 0, "fe80::/48"),
        ("10.0.0.1", "evil, 198.51.100.1", 1, "198.51.100.0/24"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.1, 10.0.0.2", 2, "198.51.100.0/24"),
        ("10.0.0.1", "198.51.100.1", 2, UNKNOWN),
        ("10.0.0.1", "", 1, UNKNOWN),
        ("", "", 0, UNKNOWN),
        ("10.0.0.1", "[2001:db8:1::9]", 1, "2001:db8:1::/48"),
    ],
)
def test_only_trusted_proxies_say_who_asks(peer: str, forwarded: str, proxies: int, found: str) -> None:
    """Of X-Forwarded-For only what as many proxies of ours have written at its end is believed."""
    assert network(peer, forwarded, proxies) == found
