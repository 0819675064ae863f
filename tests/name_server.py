"""A name server of the tests' own, on loopback, over UDP and TCP: it tells what it is given, or fails as it is told."""

from __future__ import annotations

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence

from dnslib import AAAA, MX, QTYPE, RCODE, RR, TXT, A, DNSRecord

__all__ = ["NameServer", "name_server"]

Zone = Mapping[str, Sequence[str]]
"""By `TYPE name` the data of the records, or one word of SERVFAIL, REFUSED and silence."""


class NameServer:
    """What it tells; `asked` are the questions in their order, and over which protocol they came."""

    def __init__(self, zone: Zone) -> None:
        self.zone, self.port = zone, 0
        self.asked: list[tuple[str, str, str]] = []
        self.known = {key.split()[1] for key in zone}

    def answer(self, data: bytes, protocol: str) -> bytes | None:
        """The reply to a question, None for silence; over UDP what is too long is cut, and says so."""
        request = DNSRecord.parse(data)
        name, kind = str(request.q.qname).removesuffix(".").lower(), QTYPE[request.q.qtype]
        self.asked.append((kind, name, protocol))
        reply = request.reply()
        found = self.zone.get(f"{kind} {name}", ())
        if "silence" in found:
            return None
        for text in found:
            if text in ("SERVFAIL", "REFUSED"):
                reply.header.rcode = getattr(RCODE, text)
            else:
                reply.add_answer(_record(name, kind, text))
        if name not in self.known:
            reply.header.rcode = RCODE.NXDOMAIN
        packed = reply.pack()
        if protocol == "udp" and len(packed) > 512:
            cut = request.reply()
            cut.header.tc = 1
            packed = cut.pack()
        return bytes(packed)


def _record(name: str, kind: str, text: str) -> RR:
    if kind == "TXT":
        raw = text.encode()
        data = TXT([raw[at : at + 255] for at in range(0, max(len(raw), 1), 255)])
    elif kind == "MX":
        priority, _, host = text.partition(" ")
        data = MX(host or ".", int(priority))
    else:
        data = A(text) if kind == "A" else AAAA(text)
    return RR(name, getattr(QTYPE, kind), rdata=data, ttl=60)


class _Udp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, connection = self.request
        reply = self.server.names.answer(data, "udp")  # type: ignore[attr-defined]
        if reply:
            connection.sendto(reply, self.client_address)


class _Tcp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        (length,) = struct.unpack("!H", self.rfile.read(2))
        reply = self.server.names.answer(self.rfile.read(length), "tcp")  # type: ignore[attr-defined]
        if reply:
            self.wfile.write(struct.pack("!H", len(reply)) + reply)


class _UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address = True, True


@contextlib.contextmanager
def name_server(zone: Zone) -> Iterator[NameServer]:
    """One that runs, on a free port for both protocols."""
    made = NameServer(zone)
    with _TcpServer(("127.0.0.1", 0), _Tcp) as tcp, _UdpServer(tcp.server_address[:2], _Udp) as udp:  # type: ignore[arg-type]
        made.port = tcp.server_address[1]
        servers = (tcp, udp)
        for server in servers:
            server.names = made  # type: ignore[attr-defined]
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield made
        finally:
            for server in servers:
                server.shutdown()
