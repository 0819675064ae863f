"""No private network is ever asked: host forms by routes, beside servers on loopback that must see nothing."""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from web_server import Server, html, redirect, serving

from pipeline.fetch import Answer, Failure, Policy, ask, fetch
from pipeline.fetch.networks import DENIED, is_open
from pipeline.patrol import Memory, look

FRONT = "127.0.0.2"
"""The one address of these tests that may be asked, as if it were public."""

POLICY = Policy(agent="x", seconds=1, allowed=(ipaddress.ip_network(FRONT),))

HOSTS = """
    127.0.0.1  127.0.0.1.  127.1  127.0.1  127.0.0.3  127.255.255.254  0  0.0.0.0  0.0.0.0.
    2130706433  017700000001  0x7f000001  0x7F.0.0.1  0177.0.0.1  0x7f.1  127.0.0.0x1
    %31%32%37.0.0.1  127%2E0%2E0%2E1  ①②⑦.⓪.⓪.①  １２７.０.０.１  127。0。0。1  127．0．0．1  𝟏𝟐𝟕.𝟎.𝟎.𝟏
    localhost  LOCALHOST  localhost.  LocalHost  loc%61lhost  ⓛⓞⓒⓐⓛⓗⓞⓢⓣ  localhost.localdomain
    user@127.0.0.1  127.0.0.2@127.0.0.1  user:pass@localhost  127.0.0.2:80@127.0.0.1  127.0.0.2\\@127.0.0.1
    127.0.0.2%40@127.0.0.1  127.0.0.2#@127.0.0.1  127.0.0.2%23@127.0.0.1  127.0.0.1%00  127.0.0.1%20
    [::1]  [::]  [0:0:0:0:0:0:0:1]  [0000::0001]  [::ffff:127.0.0.1]  [::ffff:7f00:1]  [::127.0.0.1]
    [::ffff:0:127.0.0.1]
    [64:ff9b::127.0.0.1]  [64:ff9b::7f00:1]  [64:ff9b:1::7f00:1]  [2002:7f00:1::]  [2001:0:7f00:1::1]  [::1%25lo]
    [fe80::1]  [fe80::1%25lo]  [fc00::1]  [fd00:ec2::254]  [fec0::1]  [ff02::1]  [2001:db8::1]  [100::1]  [3fff::1]
    10.0.0.1  172.16.0.1  172.31.255.255  192.168.1.1  169.254.169.254  100.64.0.1  100.127.255.254  192.0.0.192
    198.18.0.1  192.0.2.1  198.51.100.1  203.0.113.1  224.0.0.1  239.255.255.250  240.0.0.1  255.255.255.255
    0xa9fea9fe  2852039166  0251.0376.0251.0376  0x0a000001
""".split()

CONNECTED: list[object] = []
"""Every address that this process connects a socket to while a test watches."""

_WATCHING = False


def _audit(event: str, given: tuple[object, ...]) -> None:
    if _WATCHING and event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        CONNECTED.append(given[1])


sys.addaudithook(_audit)


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Proves that nothing within connects to anything but the front server."""
    global _WATCHING  # noqa: PLW0603 - an audit hook stays for good
    CONNECTED.clear()
    _WATCHING = True
    try:
        yield
    finally:
        _WATCHING = False
    assert [address for address in CONNECTED if not isinstance(address, tuple) or address[0] != FRONT] == []


@pytest.fixture
def trap() -> Iterator[Server]:
    """A server on every address of this machine, IPv4 and IPv6, at a port of its own, that nothing may reach."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listening:
        listening.settimeout(0)
        yield Server(listening.getsockname()[1], "trap")
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.fixture
def front() -> Iterator[Server]:
    """A server that stands for one of the open web's."""
    with serving(FRONT) as one:
        yield one


Route = Callable[[str, Server], list[object]]


def _redirected(code: int, form: str) -> Route:
    return lambda url, front: [fetch(front.on("/", redirect(code, form.format(url.partition(":")[2]))), POLICY)]


ROUTES: dict[str, Route] = {
    "HEAD": lambda url, _: [ask("HEAD", url, POLICY)],
    "GET": lambda url, _: [fetch(url, POLICY)],
    "TLS": lambda url, _: [ask("GET", url.replace("http:", "https:"), POLICY)],
    "redirect": _redirected(302, "http:{}"),
    "redirect for good, without a scheme": _redirected(308, "{}"),
}


@pytest.mark.parametrize("route", ROUTES)
def test_no_way_to_write_a_private_host_leads_there(route: str, front: Server, trap: Server) -> None:
    """However a private host is written, and however one comes to it: no connection, and a reason."""
    assert len(HOSTS) * len(ROUTES) >= 300
    with watched():
        for host in HOSTS:
            for outcome in ROUTES[route](f"http://{host}:{trap.port}/", front):
                # All but a host that is cut by the fragment, which leads to port 80 of the front, where nobody is.
                assert isinstance(outcome, Failure), host


def test_a_check_of_links_goes_to_none_of_them(front: Server, trap: Server, tmp_path: Path) -> None:
    """The check of links asks none of the private hosts, neither by address nor by redirect."""
    urls = [f"http://{host}:{trap.port}/" for host in HOSTS if "#" not in host]
    for number, url in enumerate(urls):
        front.on(f"/{number}", redirect(301, url))
    vias = [f"{front.url}/{number}" for number in range(len(urls))]
    with watched(), Memory.opened(tmp_path / "links.sqlite") as memory:
        looked = look([*urls, *vias], memory, POLICY, lambda *_: None, pause=0)
    assert looked.records.keys() >= set(vias)
    assert [record for record in looked.records.values() if record.alive] == []


def _edges() -> Iterator[str]:
    for network in DENIED:
        yield str(network[0])
        yield str(network[-1])
        yield str(network[network.num_addresses // 2])


def test_names_that_resolve_to_private_addresses_are_not_asked(front: Server, trap: Server) -> None:
    """A name is judged by the addresses that it has: each end and the middle of every denied network."""
    with watched():
        for address in _edges():
            policy = Policy(agent="x", allowed=POLICY.allowed, resolve=lambda _, address=address: [address])
            outcome = ask("GET", f"http://name.example:{trap.port}/", policy)
            assert isinstance(outcome, Failure)
            assert outcome.trouble == "excluded", address
            assert address.split("%")[0] in outcome.reason


def test_a_name_that_is_rebound_is_asked_at_the_address_that_was_checked(front: Server) -> None:
    """A name server that answers first so, then otherwise, is asked once a request; what it said is what is used."""
    answers = itertools.cycle([[FRONT], ["127.0.0.1"], [FRONT, "127.0.0.1"], ["127.0.0.1", FRONT], ["::1", "10.0.0.1"]])
    asked: list[str] = []

    def rebinding(host: str) -> list[str]:
        asked.append(host)
        return next(answers)

    front.on("/", html())
    policy = Policy(agent="x", allowed=POLICY.allowed, resolve=rebinding)
    with watched():
        outcomes = [ask("GET", f"http://name.example:{front.port}/", policy) for _ in range(10)]
    assert [isinstance(outcome, Answer) for outcome in outcomes] == [True, False, True, True, False] * 2
    assert asked == ["name.example"] * 10


OPEN = """
    1.1.1.1  9.255.255.255  11.0.0.0  100.63.255.255  100.128.0.0  172.15.255.255  172.32.0.0  192.0.1.0  198.17.255.255
    198.20.0.0  223.255.255.255  2606:4700::1111  2001:200::1  2a00::1  3fff:1000::1
""".split()


@pytest.mark.parametrize("address", OPEN)
def test_the_open_web_is_open(address: str) -> None:
    """What borders on a denied network is not denied with it."""
    assert is_open(ipaddress.ip_address(address))


def test_an_allowed_network_is_allowed_alone() -> None:
    """What is allowed by name opens itself, and nothing beside it."""
    allowed = [ipaddress.ip_network("10.1.0.0/16")]
    assert is_open(ipaddress.ip_address("10.1.2.3"), allowed)
    assert not is_open(ipaddress.ip_address("10.2.0.1"), allowed)
    assert not is_open(ipaddress.ip_address("::ffff:10.1.2.3"), allowed)
