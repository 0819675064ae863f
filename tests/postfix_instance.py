"""A Postfix of the tests' own: its queue, log and port in a folder, and everything that it takes goes to a sink."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from deliveries import postfix, unused

__all__ = ["Server", "delivered", "server"]

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {log}
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = smtp:[127.0.0.1]:{sink}
relay_transport = smtp:[127.0.0.1]:{sink}
smtp_tls_security_level = none
smtpd_tls_security_level = none
smtp_dns_support_level = disabled
smtputf8_enable = yes
smtpd_peername_lookup = no
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Server(NamedTuple):
    """Where it listens, and what it writes."""

    port: int
    log: Path


@contextlib.contextmanager
def server(sink: int) -> Iterator[Server]:
    """A Postfix that runs as long as this lasts; it is to be started by root, and its programs run as another."""
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        Path(name).chmod(0o755)
        yield from _running(Path(name), sink)


def _running(folder: Path, sink: int) -> Iterator[Server]:
    port, log = unused(), folder / "mail.log"
    config = folder / "config"
    for name in ("config", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (config / "main.cf").write_text(_MAIN.format(folder=folder, log=log, sink=sink))
    (config / "master.cf").write_text(_MASTER.format(port=port))
    command = [postfix("postfix"), "-c", str(config)]
    subprocess.run([*command, "start"], check=True, capture_output=True)
    try:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.01)
        yield Server(port, log)
    finally:
        subprocess.run([*command, "stop"], check=True, capture_output=True)


def delivered(server: Server) -> Counter[str]:
    """How many messages for each recipient Postfix took, when the last of them has left it."""
    for _ in range(600):
        log = server.log.read_text()
        queued = set(re.findall(r"qmgr\[\d+\]: (\w+): from=", log))
        if queued == set(re.findall(r"qmgr\[\d+\]: (\w+): removed", log)):
            break
        time.sleep(0.1)
    return Counter(re.findall(r"/smtp\[\d+\]: \w+: to=<([^>]*)>.* status=sent", log))
