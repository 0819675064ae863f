"""What every server of ours asks of a request, and how it takes a port."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.errors import PipelineError
from pipeline.http.asgi import (
    JSONResponse,
    Request,
    Response,
    Route,
    Starlette,
    came_from,
    form,
    is_secret,
    with_headers,
)
from pipeline.http.server import address, listening

_FORM = "application/x-www-form-urlencoded"
_OURS = ("http://localhost:8000",)


async def _echo(request: Request) -> Response:
    return JSONResponse({"form": dict(await form(request, at_most=100)), "ours": came_from(request, _OURS)})


def _asked(*pieces: bytes, headers: Mapping[str, str], answers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    """What the application answers to a POST whose body comes in pieces: status and headers, and the body."""
    app = with_headers(Starlette(routes=[Route("/", _echo, methods=["POST"])]), answers or {})
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": given}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], (sent[0]["headers"], sent[1]["body"])


def test_a_form_is_read_as_it_was_sent() -> None:
    """The fields of a form arrive whole, in whatever pieces, also empty ones and Chinese."""
    status, (_, body) = _asked(b"a=%E5%91", b"%A8+1&b=", headers={"content-type": f"{_FORM}; charset=utf-8"})
    assert (status, body) == (200, b'{"form":{"a":"\xe5\x91\xa8 1","b":""},"ours":false}')


@pytest.mark.parametrize(
    ("kind", "pieces", "status"),
    [
        (_FORM, [b"a=" + b"x" * 60, b"x" * 60], 413),
        ("application/json", [b"{}"], 415),
        ("", [b"a=1"], 415),
        (_FORM, ["a=é".encode()], 400),
        (_FORM, [b"a=%FF"], 400),
        (_FORM, [b"&".join([b"a=1"] * 101)[:99]] * 2, 413),
    ],
)
def test_what_is_no_form_is_refused(kind: str, pieces: list[bytes], status: int) -> None:
    """A body that is too long, of another kind, or not to be decoded is refused with the status that says so."""
    assert _asked(*pieces, headers={"content-type": kind})[0] == status


_HALF = (
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na="
)
_READS = """
from pipeline.http.asgi import JSONResponse, Route, Starlette, form
from pipeline.http.server import address, listening, run
async def echo(request):
    return JSONResponse(dict(await form(request, within=WITHIN)))
listens = listening("127.0.0.1", 0)
print(address(listens), flush=True)
run(Starlette(routes=[Route("/", echo, methods=["POST"])]), listens, patience=PATIENCE)
"""


@pytest.mark.parametrize("how", ["slow", "gone", "Ctrl-C", "Ctrl-C twice"])
def test_half_a_form_is_waited_for_in_vain(how: str) -> None:
    """Who sends half a form is told after a time; hung up on either way, or ended, the server prints no traceback."""
    code = _READS.replace("WITHIN", "0.5" if how == "slow" else "60")
    code = code.replace("PATIENCE", "60" if how == "Ctrl-C twice" else "1")
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(_HALF)
            if how == "slow":
                assert client.recv(100).startswith(b"HTTP/1.1 408")
            time.sleep(0.3)
            if how == "gone":
                client.close()
                time.sleep(0.3)
            began = time.monotonic()
            server.send_signal(signal.SIGINT)
            if how == "Ctrl-C twice":
                time.sleep(0.3)
                server.send_signal(signal.SIGINT)
            out, err = server.communicate(timeout=10)
    finally:
        server.kill()
    assert (out, err, server.returncode) == ("", "", 0)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"origin": "http://localhost:8000"}, True),
        ({"origin": "http://localhost:8001"}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_are_believed(headers: dict[str, str], ours: bool) -> None:
    """A request is ours by its Origin, else by Sec-Fetch-Site, and by nothing else."""
    _, (_, body) = _asked(headers={"content-type": _FORM, **headers})
    assert (b'"ours":true' in body) is ours


def test_headers_are_added_where_there_is_none() -> None:
    """Each answer bears the headers of its server, errors too, and keeps those that it has itself."""
    status, (headers, _) = _asked(headers={}, answers={"X-Frame-Options": "DENY", "Content-Type": "text/x"})
    found = [(name.lower(), value) for name, value in headers]
    assert status == 415
    assert (b"x-frame-options", b"DENY") in found
    assert [value for name, value in found if name == b"content-type"] == [b"text/plain; charset=utf-8"]


def test_secrets_are_compared_whole() -> None:
    """Nothing but the secret is the secret, whatever characters are tried."""
    assert is_secret("a-b", "a-b")
    assert not any(is_secret(given, "a-b") for given in ("", "a-", "a-b ", "é", "\udcff"))


def test_a_port_that_is_taken_is_told() -> None:
    """A port that another program has is told in one line with the option that helps, and so is a host that is none."""
    taken = r"another program listens at port \d+: --port takes another number"
    with contextlib.closing(listening("127.0.0.1", 0)) as first, pytest.raises(PipelineError, match=taken):
        listening("127.0.0.1", first.getsockname()[1])
    with pytest.raises(PipelineError, match=r"host\.invalid"):
        listening("host.invalid", 0)


def test_addresses_are_those_that_browsers_take() -> None:
    """The address of a socket has brackets around a host of IPv6."""
    with contextlib.closing(listening("127.0.0.1", 0)) as four:
        assert address(four) == f"http://127.0.0.1:{four.getsockname()[1]}"
    if socket.has_ipv6:
        with contextlib.closing(listening("::1", 0)) as six:
            assert address(six).startswith("http://[::1]:")


_SERVER = """
from pipeline.http.asgi import Response, Route, Starlette
from pipeline.http.server import address, listening, run
listens = listening("127.0.0.1", 0)
print(address(listens), flush=True)
app = Starlette(routes=[Route("/", lambda request: Response("here"))])
run(app, listens, patience=1, leaving=lambda: print("leaving", flush=True))
print("done", flush=True)
"""


def test_a_server_ends_when_it_is_told() -> None:
    """Ctrl-C ends a server cleanly: what it serves is told first, and no traceback is left."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    try:
        assert server.stdout is not None
        host, _, port = server.stdout.readline().strip().removeprefix("http://").partition(":")
        with contextlib.closing(http.client.HTTPConnection(host, int(port), timeout=10)) as connection:
            connection.request("GET", "/")
            answer = connection.getresponse()
            assert answer.read() == b"here"
            assert answer.getheader("server") is None
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=10)
    finally:
        server.kill()
    assert (out, err, server.returncode) == ("leaving\ndone\n", "", 0)


_SLOW = """
from pipeline.http.asgi import Response, Route, Starlette
from pipeline.http.server import address, listening, run
listens = listening("127.0.0.1", 0)
print(address(listens), flush=True)
run(Starlette(routes=[Route("/", lambda request: Response("here"))]), listens, patience=1)
"""


def test_slow_clients_are_hung_up_on() -> None:
    """Whoever sends the head of a request byte by byte, or none, is left after ten seconds; too long a head at once."""
    server = subprocess.Popen([sys.executable, "-c", _SLOW], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline().rpartition(b":")[2])
        kinds = {
            "silent": b"",
            "dripping": b"GET / HTTP/1.1\r\nHost: a\r\n",
            "again": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        }
        with contextlib.ExitStack() as stack:
            clients = {}
            for kind, begun in kinds.items():
                clients[kind] = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                clients[kind].sendall(begun)
            big = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            big.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000)
            assert big.recv(100).startswith(b"HTTP/1.1 400")
            assert clients["again"].recv(100).startswith(b"HTTP/1.1 200")
            began, ended = time.monotonic(), {}
            while len(ended) < len(clients) and time.monotonic() - began < 20:
                time.sleep(0.2)
                for kind, client in clients.items():
                    if kind not in ended and _hung_up(client, b"X: a\r\n" if kind != "silent" else b""):
                        ended[kind] = time.monotonic() - began
        assert ended.keys() == clients.keys()
        assert all(8 < seconds < 13 for seconds in ended.values()), ended
    finally:
        server.kill()
        server.communicate()


def _hung_up(client: socket.socket, more: bytes) -> bool:
    """Whether the other side has closed, seen by sending some more."""
    try:
        if more:
            client.sendall(more)
        client.settimeout(0.01)
        while client.recv(1000):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
