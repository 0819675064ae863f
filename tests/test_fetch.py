"""Requests to a real server on loopback that misbehaves: each ends in time, within bounds, in an answer or a reason."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_server import Reply, Server, dripped, endless, html, raw, redirect, serving, status

from pipeline.fetch import Answer, Failure, Policy, Target, ask, fetch, target

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128"))
POLICY = Policy(agent="publish-newsletter/0 (+https://weekly.example)", seconds=0.6, size=100_000, allowed=LOOPBACK)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on 127.0.0.1."""
    with serving() as one:
        yield one


def reset(connection: socket.socket) -> None:
    """Ends the connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(connection: socket.socket) -> None:
    """Says nothing for longer than anybody waits."""
    time.sleep(3)


ANSWERS: dict[str, tuple[Reply, int, int, bool]] = {
    "a page": (html("x" * 10), 200, 10, True),
    "HTTP/1.0 without a length": (raw(b"HTTP/1.0 200 OK\r\n\r\nabc"), 200, 3, True),
    "bare line feeds": (raw(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nab"), 200, 2, True),
    "no reason phrase": (raw(b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab"), 200, 2, True),
    "204": (status(204), 204, 0, True),
    "206": (status(206, "Content-Range: bytes 0-1/9", body="ab"), 206, 2, True),
    "early hints": (raw(b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\nab"), 200, 2, True),
    "headers of bytes": (raw(b"HTTP/1.1 200 OK\r\nX: \xff\xfe\xe4\r\n\r\na"), 200, 1, True),
    "too short a length": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef"), 200, 2, True),
    "too long a length": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), 200, 3, False),
    "broken chunks": (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"), 200, 3, False),
    "a chunk cut short": (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"), 200, 3, False),
    "an endless body": (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096), 200, 100_000, False),
    "an encoding nobody asked for": (status(200, "Content-Encoding: br", body="xyz"), 200, 0, False),
    "gzip that is none": (status(200, "Content-Encoding: gzip", body="xyz"), 200, 0, False),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_odd_answer_is_an_answer(name: str, server: Server) -> None:
    """What can be understood of an answer is given, and whether that is all of it."""
    reply, code, size, whole = ANSWERS[name]
    answer = ask("GET", server.on("/", reply), POLICY)
    assert isinstance(answer, Answer), answer
    assert (answer.status, answer.whole) == (code, whole)
    assert len(answer.body) == size


FAILURES: dict[str, tuple[Reply, str]] = {
    "slow headers": (dripped(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 99), "does not answer in time"),
    "a slow body": (dripped(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + b"x" * 99, 0.01), "in time"),
    "silence": (silent, "does not answer in time"),
    "a reset": (reset, "cannot be reached: connection reset"),
    "nothing": (raw(b""), "answers what is not HTTP"),
    "garbage": (raw(b"\x00\x01\x02 SSH-2.0\r\n\r\n"), "answers what is not HTTP"),
    "half a header": (raw(b"HTTP/1.1 200 OK\r\nContent-"), "answers what is not HTTP"),
    "a huge header": (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 4096), "answers what is not HTTP"),
    "endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 999), "answers what is not HTTP"),
    "endless hints": (endless(b"", b"HTTP/1.1 103 Early\r\n\r\n" * 99), "an answer that has no end"),
    "a header with NUL": (raw(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"), "answers what is not HTTP"),
    "two lengths": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "not HTTP"),
    "a switch of protocols": (raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), "answers what is not HTTP"),
    "status 99": (raw(b"HTTP/1.1 99 What\r\n\r\n"), "answers what is not HTTP"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_is_no_answer_has_a_reason_in_time(name: str, server: Server) -> None:
    """Whatever else a server does ends within the time that it was given, in words."""
    reply, reason = FAILURES[name]
    began = time.monotonic()
    outcome = ask("GET", server.on("/", reply), POLICY)
    assert time.monotonic() - began < POLICY.seconds + 0.5
    assert isinstance(outcome, Failure), outcome
    assert reason in outcome.reason
    assert (outcome.trouble == "timeout") == ("in time" in reason)


def test_framing_has_a_limit_too(server: Server) -> None:
    """Chunks of a byte each end like any other answer: in time, and before they cost much more than they carry."""
    reply = endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 999)
    answer = ask("GET", server.on("/", reply), replace(POLICY, seconds=20, size=1000))
    assert isinstance(answer, Answer)
    assert (len(answer.body), answer.whole) == (1000, False)
    began = time.monotonic()
    ask("GET", f"{server.url}/", replace(POLICY, size=10_000_000))
    assert time.monotonic() - began < POLICY.seconds + 0.5


def test_a_bomb_is_unpacked_up_to_the_limit(server: Server) -> None:
    """Of 50 MB that came as 50 kB of gzip no more than the limit is unpacked; what is less comes whole."""
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    answer = ask("GET", server.on("/", raw(head + bomb)), POLICY)
    assert isinstance(answer, Answer)
    assert (len(answer.body), answer.whole) == (POLICY.size, False)
    answer = ask("GET", server.on("/", raw(head + gzip.compress(b"page"))), POLICY)
    assert isinstance(answer, Answer)
    assert (answer.body, answer.whole) == (b"page", True)


def test_a_request_names_who_asks_and_carries_nothing_else(server: Server) -> None:
    """A request has a User-Agent, no cookie, no credentials, no referrer; a cookie that was set is not kept."""
    server.on("/", status(302, "Set-Cookie: a=b", "Location: /next"))
    server.on("/next", html())
    fetch(server.url.replace("//", "//user:secret@") + "/", POLICY)
    assert [sorted(one.headers) for one in server.asked] == [
        ["accept", "accept-encoding", "connection", "host", "user-agent"]
    ] * 2
    assert server.asked[0].headers["user-agent"] == POLICY.agent
    assert server.asked[0].headers["host"] == f"127.0.0.1:{server.port}"


def test_a_head_and_a_fresh_connection_each(server: Server) -> None:
    """HEAD ends with the headers though they promise a body; each request has a connection of its own."""
    url = server.on("/", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"))
    answers = [ask("HEAD", url, POLICY) for _ in range(3)]
    assert [answer.whole for answer in answers if isinstance(answer, Answer)] == [True] * 3
    assert server.opened == 3


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed(code: int, server: Server) -> None:
    """Each kind of redirect leads on, absolute or relative, and the address at the end is told."""
    server.on("/a/b", redirect(code, "../c?d=e#f"))
    server.on("/c?d=e", redirect(code, f"{server.url}/end"))
    server.on("/end", html("end"))
    answer = fetch(f"{server.url}/a/b", POLICY)
    assert isinstance(answer, Answer)
    assert (answer.url, answer.body) == (f"{server.url}/end", b"end")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (b"/\xe4\xb8\xad", "/%E4%B8%AD"),
        (b"/caf\xe9", "/caf%C3%A9"),
        (b"/a b\t", "/a%20b"),
        (b"/%zz%41", "/%zz%41"),
        (b"", "/"),
        (b"?q=\xc3\xa9", "/?q=%C3%A9"),
    ],
)
def test_a_location_may_be_any_bytes(location: bytes, path: str, server: Server) -> None:
    """What is no ASCII in a Location is asked for percent-encoded; a redirect to nowhere is an answer."""
    server.on("/", raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"), html())
    if path != "/":
        server.on(path, html())
    assert isinstance(fetch(f"{server.url}/", POLICY), Answer)
    assert server.asked[-1].path == path


@pytest.mark.parametrize(
    ("to", "trouble"),
    [
        ("file:///etc/passwd", "excluded"),
        ("ftp://127.0.0.1/x", "excluded"),
        ("javascript:alert(1)", "excluded"),
        ("data:text/html,x", "excluded"),
        ("mailto:a@b.example", "excluded"),
        ("gopher://127.0.0.1:25/_QUIT", "excluded"),
        ("http://[::1", "error"),
        ("http://a..b/", "error"),
        ("http://a:99999/", "error"),
        ("http://127.0.0.1:22/", "excluded"),
        ("http://127.0.0.1:6667/", "excluded"),
    ],
)
def test_redirects_lead_to_the_web_alone(to: str, trouble: str, server: Server) -> None:
    """A redirect to another scheme, to no host or to a port of another service ends there."""
    server.on("/", redirect(302, to))
    outcome = fetch(f"{server.url}/", POLICY)
    assert isinstance(outcome, Failure)
    assert outcome.trouble == trouble
    assert server.opened == 1


def test_redirects_end(server: Server) -> None:
    """A loop, and redirects to ever new addresses, end after as many as the policy has; slow ones end in time."""
    server.on("/", redirect(302, "/"))
    assert fetch(f"{server.url}/", POLICY) == Failure(trouble="error", reason="redirects more than 10 times")  # type: ignore[arg-type]
    assert server.opened == 11

    def slow(connection: socket.socket) -> None:
        time.sleep(0.2)
        redirect(302, "/slow")(connection)

    server.on("/slow", slow)
    began = time.monotonic()
    outcome = fetch(f"{server.url}/slow", POLICY)
    assert isinstance(outcome, Failure)
    assert outcome.trouble == "timeout"
    assert time.monotonic() - began < POLICY.seconds + 0.5


def test_ipv6_is_asked_like_ipv4() -> None:
    """A literal IPv6 address is asked with brackets in its Host."""
    with serving("::1") as server:
        assert isinstance(ask("GET", server.on("/", html()), POLICY), Answer)
        assert server.asked[0].headers["host"] == f"[::1]:{server.port}"


def test_the_next_address_is_tried(server: Server) -> None:
    """Where the first address of a host refuses, the next one is asked."""
    policy = Policy(
        agent="x",
        seconds=2,
        allowed=(ipaddress.ip_network("127.0.0.0/8"),),
        resolve=lambda _: ["127.0.0.9", "127.0.0.1"],
    )
    server.on("/", html())
    assert isinstance(ask("GET", f"http://name.example:{server.port}/", policy), Answer)


def test_a_name_server_that_hangs_is_not_waited_for() -> None:
    """Looking up a host has the same deadline as all else."""

    def hang(host: str) -> list[str]:
        time.sleep(3)
        return []

    began = time.monotonic()
    outcome = ask("GET", "http://name.example/", Policy(agent="x", seconds=0.3, resolve=hang))
    assert isinstance(outcome, Failure)
    assert outcome.trouble == "timeout"
    assert time.monotonic() - began < 1


CA = trustme.CA()


def _tls(*names: str, **more: datetime.datetime) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(*names, **more).configure_cert(context)
    return context


def _trusting() -> Policy:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return Policy(agent="x", seconds=1, allowed=LOOPBACK, tls=context)


def test_certificates_are_checked() -> None:
    """A good certificate is taken; one of an unknown authority, of another host, or out of date, is told."""
    with serving(context=_tls("127.0.0.1")) as server:
        url = server.on("/", html()).replace("http:", "https:")
        assert isinstance(ask("GET", url, _trusting()), Answer)
        unknown = ask("GET", url, Policy(agent="x", allowed=LOOPBACK))
    with serving(context=_tls("other.example")) as server:
        other = ask("GET", server.url.replace("http:", "https:"), _trusting())
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    with serving(context=_tls("127.0.0.1", not_before=past, not_after=past + datetime.timedelta(days=1))) as server:
        late = ask("GET", server.url.replace("http:", "https:"), _trusting())
    for outcome, reason in ((unknown, "unable to get local issuer"), (other, "IP address mismatch"), (late, "expired")):
        assert isinstance(outcome, Failure)
        assert outcome.reason.startswith("has a certificate that is not valid: ")
        assert reason in outcome.reason


@pytest.mark.parametrize("reply", [html(), raw(b""), silent], ids=["plain HTTP", "nothing", "silence"])
def test_what_is_no_tls_is_told_in_time(reply: Reply) -> None:
    """A server that speaks no TLS at an https address, or breaks off, or is silent, is told as such."""
    with socket.create_server(("127.0.0.1", 0)) as listening, serving() as server:
        port = server.port if reply is not silent else listening.getsockname()[1]
        began = time.monotonic()
        outcome = ask("GET", f"https://127.0.0.1:{port}/", POLICY)
    assert isinstance(outcome, Failure)
    assert time.monotonic() - began < POLICY.seconds + 0.5


@pytest.mark.parametrize(
    ("url", "host", "path", "authority"),
    [
        ("http://Example.ORG", "example.org", "/", "example.org"),
        ("https://example.org:443/a?b#c", "example.org", "/a?b", "example.org"),
        ("http://example.org:8080/中?q=é", "example.org", "/%E4%B8%AD?q=%C3%A9", "example.org:8080"),
        ("http://bücher.example/", "xn--bcher-kva.example", "/", "xn--bcher-kva.example"),
        ("http://example.org./%2F%zz", "example.org", "/%2F%zz", "example.org"),
        ("http://[2606:4700::1]:8080/", "2606:4700::1", "/", "[2606:4700::1]:8080"),
        ("http://a_b.example/x y\r\nEvil: 1", "a_b.example", "/x%20yEvil:%201", "a_b.example"),
        ("http://a.example/\ud800", "a.example", "/?", "a.example"),
    ],
)
def test_an_address_is_taken_apart(url: str, host: str, path: str, authority: str) -> None:
    """Host, path and Host header of an address, in ASCII, without user, fragment, or any line of its own."""
    found = target(url)
    assert isinstance(found, Target)
    assert (found.host, found.path, found.authority) == (host, path, authority)


NOW = datetime.datetime(2023, 3, 4, 12, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 400, 999_999_999.0),
        ("Sat, 04 Mar 2023 12:01:00 GMT", 60.0),
        ("Sat, 04 Mar 2023 11:00:00 GMT", 0.0),
        ("Saturday, 04-Mar-23 12:01:00 GMT", 60.0),
        ("Sat, 04 Mar 99999 12:01:00 GMT", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("１２", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(written: str, seconds: float | None) -> None:
    """Both forms of RFC 9110 are understood, and nothing that is neither."""
    answer = Answer(url="http://a.example/", status=429, headers=(("retry-after", written),))
    assert answer.retry_after(NOW) == seconds


SHARDS = [
    *(
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 302 Found\r\n",
        b"HTTP/1.1 103 Hints\r\n",
        b"HTTP/1.1 429 \r\n",
        b"HTTP/2 1\n",
    ),
    *(
        b"Content-Length: 3\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: x\r\n",
    ),
    *(b"Location: //[\r\n", b"Location: http://127.0.0.1:1/\r\n", b"Retry-After: 1\r\n", b"Content-Encoding: gzip\r\n"),
    *(
        b"\r\n",
        b"\n",
        b" ",
        b": ",
        b"\0",
        b"\xff\xfe",
        b"3\r\nabc\r\n",
        b"0\r\n",
        b"ffffffffffffffff\r\n",
        b"\x1f\x8b\x08",
    ),
]


@given(st.text(st.sampled_from("http:/@[]%\0①。xn-a1.?#\\\u202e 0é")), st.sampled_from(["", "http://", "https://a@"]))
def test_any_text_is_a_target_or_none(text: str, start: str) -> None:
    """Whatever stands in place of an address: a host and a path in printable ASCII, or a reason."""
    found = target(start + text)
    if isinstance(found, Target):
        assert found.host
        assert f"{found.host}{found.path}".isascii()
        assert f"{found.host}{found.path}".isprintable()
        assert " " not in f"{found.host}{found.path}"
    else:
        assert found.reason


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SHARDS), max_size=12))
def test_any_bytes_are_an_answer_or_none(server: Server, shards: list[bytes]) -> None:
    """Whatever a server says, in whatever order, ends in an answer or a reason, and raises nothing."""
    outcome = fetch(server.on("/", raw(b"".join(shards))), POLICY)
    if isinstance(outcome, Answer):
        assert (outcome.retry_after(NOW) or 0) >= 0
        assert len(outcome.body) <= POLICY.size
    else:
        assert outcome.reason
