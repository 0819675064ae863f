"""A Postfix of the tests' own, on a free port: it takes mail, delivers it or passes it on, and returns the rest."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from deliveries import postfix, unused

__all__ = ["OwnPostfix", "own_postfix"]

_NOBODY = 65534

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mx.weekly.example
mydestination =
recipient_delimiter = +
smtputf8_enable = yes
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
default_transport = {others}
smtpd_reject_unlisted_recipient = no
virtual_mailbox_domains = weekly.example, readers.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
smtp unix - - n - - smtp
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class OwnPostfix:
    """One that runs: `port` takes mail, `mail` holds a Maildir for each box by its address; `log` tells of it all."""

    port: int
    config: Path
    mail: Path
    log: Path

    def arrived(self, box: str, count: int) -> list[bytes]:
        """The messages in a box when there are so many, in CRLF; waits for them as long as mail may take."""
        new = self.mail / box / "new"
        for _ in range(400):
            if new.is_dir() and len(list(new.iterdir())) >= count:
                break
            time.sleep(0.05)
        return [path.read_bytes().replace(b"\n", b"\r\n") for path in sorted(new.iterdir())]

    def passed_on(self) -> Counter[str]:
        """How many messages for each recipient it took and passed on, when the last of them has left it."""
        log = ""
        for _ in range(600):
            log = self.log.read_text()
            if set(_QUEUED.findall(log)) == set(_REMOVED.findall(log)):
                break
            time.sleep(0.1)
        return Counter(_PASSED_ON.findall(log))


_QUEUED = re.compile(r"qmgr\[\d+\]: (\w+): from=")
_REMOVED = re.compile(r"qmgr\[\d+\]: (\w+): removed")
_PASSED_ON = re.compile(r"/smtp\[\d+\]: \w+: to=<([^>]*)>.* status=sent")


@contextlib.contextmanager
def own_postfix(*boxes: str, relay: int = 0) -> Iterator[OwnPostfix]:
    """A Postfix with these boxes in weekly.example and readers.example; mail for others there comes back.

    Mail for other domains goes to the port `relay`, where there is one.
    """
    if os.geteuid() != 0:
        pytest.skip("Postfix is started by root alone")
    with tempfile.TemporaryDirectory(prefix="postfix-") as made:
        folder, port = Path(made), unused()
        folder.chmod(0o755)  # its parts run as other users
        for name in ("config", "queue", "data", "mail"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        os.chown(folder / "mail", _NOBODY, _NOBODY)
        config = folder / "config"
        rows = ", ".join(f"{{ {box} = {box}/ }}" for box in boxes)
        others = f"smtp:[127.0.0.1]:{relay}" if relay else "error:nobody is reached from here"
        daemons = next(path for path in ("/usr/lib/postfix/sbin", "/usr/libexec/postfix") if Path(path).is_dir())
        (config / "main.cf").write_text(_MAIN.format(folder=folder, boxes=rows, daemons=daemons, others=others))
        (config / "master.cf").write_text(_MASTER.format(port=port))
        command = [postfix("postfix"), "-c", str(config)]
        subprocess.run([*command, "check"], check=True, capture_output=True)
        with subprocess.Popen([*command, "start-fg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            try:
                for _ in range(500):
                    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                        break
                    time.sleep(0.02)
                yield OwnPostfix(port, config, folder / "mail", folder / "log")
            finally:
                subprocess.run([*command, "abort"], check=False, capture_output=True)
