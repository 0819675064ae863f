"""`publish doctor`: every fault of DNS, server and unsubscribe page is told, and nothing is changed by asking."""

from __future__ import annotations

import contextlib
import datetime
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from deliveries import unused
from mail_keys import ED25519, RSA, kept, pem
from mail_servers import CA, SECRET, Kept, aiosmtpd
from name_server import NameServer, name_server
from publications import Ran, publish, written
from services import dumped, serving
from web_server import Reply, Server, html, raw, redirect, status
from web_server import serving as web_serving

from pipeline.deliver import subscribers
from pipeline.deliver.addresses import address
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys

TOKEN = Keys(keys=(b"which prove nothing",)).token(0, 0)
LEAVE = f"/leave?t={TOKEN}"
Zone = dict[str, Sequence[str]]

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the start on


@pytest.fixture(autouse=True)
def _trusted(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has this machine trust the tests' own authority."""
    path = tmp_path_factory.mktemp("trust") / "ca.pem"
    CA.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    monkeypatch.setenv("SMTP_PASSWORD", SECRET)


@contextlib.contextmanager
def page(*replies: Reply, click: Sequence[Reply] = ()) -> Iterator[Server]:
    """A page over TLS on which readers leave."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("127.0.0.1").configure_cert(context)
    with web_serving(context=context) as server:
        server.on(f"GET {LEAVE}", *(replies or (html(),)))
        server.on(f"POST {LEAVE}", *(click or (html(),)))
        yield server


class Patient:
    """A publication whose mail is well, until a test makes it ill."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.key = kept(root, RSA)
        self.lines = {
            "from": "Weekly <news@weekly.example>",
            "bounces": "bounces@weekly.example",
            "dkim": "{domain: weekly.example, selector: news, key: news.pem}",
        }
        self.smtp: dict[str, object] = {}
        self.zone: Zone = {
            "MX weekly.example": ["10 mx.weekly.example"],
            "A mx.weekly.example": ["192.0.2.7"],
            "TXT weekly.example": ["some=thing", "v=spf1 mx ip4:192.0.2.0/28 -all"],
            "TXT news._domainkey.weekly.example": [self.key.record],
            "TXT _dmarc.weekly.example": ["v=DMARC1; p=quarantine"],
        }
        self.asked: NameServer | None = None

    def seen(self, port: int, *words: str, code: int | None = None) -> Ran:
        """What the doctor says; `port` is that of the page."""
        lines = {**self.lines, "unsubscribe_url": f"https://127.0.0.1:{port}/leave"} if port else self.lines
        settings = "title: Weekly\nurl: https://weekly.example\nemail:\n" + "".join(
            f"  {name}: {value}\n" for name, value in lines.items()
        )
        if self.smtp:
            settings += "smtp:\n" + "".join(f"  {name}: {value}\n" for name, value in self.smtp.items())
        written(self.root, {"newsletter.yaml": settings})
        with name_server(self.zone) as self.asked:
            dns = f"127.0.0.1#{self.asked.port}"
            ran = publish("doctor", "-C", str(self.root), "--dns", dns, "--allow-network", "127.0.0.0/8", *words)
        assert ran.code == code or code is None, ran.out + ran.err
        return ran

    def told(self, port: int = 0) -> list[tuple[str, str]]:
        """Severity and rule of each finding, without the records, and without those of having no page and no server."""
        left_out = {"transport", "dns-record", *([] if port else ["unsubscribe"])}
        found = self.seen(port, "--format", "json").findings
        return [(str(one["severity"]), str(one["rule"])) for one in found if one["rule"] not in left_out]


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """A publication whose mail is well."""
    return Patient(tmp_path)


def test_all_is_well(patient: Patient) -> None:
    """With everything in place nothing is told, and the exit is 0; nobody but DNS, server and page is asked."""
    with page() as web, aiosmtpd("starttls") as (port, kept_mail):
        patient.smtp = {"host": "127.0.0.1", "port": port, "user": "news", "password_env": "SMTP_PASSWORD"}
        ran = patient.seen(web.port, code=0)
    assert (ran.out, ran.err) == ("all is well\n", "")
    assert kept_mail.messages == []
    assert web.paths() == [f"GET {LEAVE}", f"POST {LEAVE}"]


SPF_MANY = {f"TXT s{number}.example": ["v=spf1 -all"] for number in range(25)}
FAULTS: Mapping[str, tuple[Zone, list[tuple[str, str]]]] = {
    "no domain": (
        {"MX weekly.example": [], "A mx.weekly.example": [], "TXT weekly.example": ["v=spf1 -all"]},
        [("error", "domain")],
    ),
    "null MX": ({"MX weekly.example": ["0 "]}, [("error", "domain")]),
    "MX to nowhere": ({"MX weekly.example": ["10 gone.weekly.example"]}, [("error", "domain")]),
    "an address will do": ({"MX weekly.example": [], "A weekly.example": ["192.0.2.8"]}, []),
    "no SPF": ({"TXT weekly.example": []}, [("warning", "spf")]),
    "two SPF": ({"TXT weekly.example": ["v=spf1 -all", "v=spf1 mx -all"]}, [("error", "spf")]),
    "nearly SPF": ({"TXT weekly.example": ["v=spf10 -all", "v=spf1 mx -all"]}, []),
    "too many lookups": (
        {"TXT weekly.example": ["v=spf1 " + " ".join(f"include:s{n}.example" for n in range(11))], **SPF_MANY},
        [("error", "spf")],
    ),
    "just enough lookups": (
        {"TXT weekly.example": ["v=spf1 " + " ".join(f"include:s{n}.example" for n in range(10))], **SPF_MANY},
        [],
    ),
    "SPF in a circle": (
        {"TXT weekly.example": ["v=spf1 include:b.example"], "TXT b.example": ["v=spf1 include:weekly.example"]},
        [("error", "spf")],
    ),
    "SPF broken": ({"TXT weekly.example": ["v=spf1 ipv4:192.0.2.1 -all"]}, [("error", "spf")]),
    "SPF of no address": ({"TXT weekly.example": ["v=spf1 ip4:192.0.2.999 -all"]}, [("error", "spf")]),
    "SPF includes nothing": ({"TXT weekly.example": ["v=spf1 include:gone.example -all"]}, [("error", "spf")]),
    "SPF with void names": (
        {"TXT weekly.example": ["v=spf1 a:a.gone.example a:b.gone.example a:c.gone.example -all"]},
        [("error", "spf")],
    ),
    "SPF for everybody": ({"TXT weekly.example": ["v=spf1 +all"]}, [("warning", "spf")]),
    "no DKIM": ({"TXT news._domainkey.weekly.example": []}, [("error", "dkim")]),
    "another DKIM key": (
        {"TXT news._domainkey.weekly.example": ["v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB"]},
        [("error", "dkim")],
    ),
    "DKIM withdrawn": ({"TXT news._domainkey.weekly.example": ["v=DKIM1; p="]}, [("error", "dkim")]),
    "two DKIM": ({"TXT news._domainkey.weekly.example": ["v=DKIM1; p=", "v=DKIM1; p=A"]}, [("error", "dkim")]),
    "no DMARC": ({"TXT _dmarc.weekly.example": []}, [("warning", "dmarc")]),
    "two DMARC": ({"TXT _dmarc.weekly.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, [("error", "dmarc")]),
    "DMARC none": ({"TXT _dmarc.weekly.example": ["v=DMARC1; p=none"]}, [("note", "dmarc")]),
    "DMARC broken": ({"TXT _dmarc.weekly.example": ["v=DMARC1; rua=mailto:a@b.example"]}, [("error", "dmarc")]),
    "SERVFAIL": ({"TXT weekly.example": ["SERVFAIL"]}, [("error", "dns")]),
    "REFUSED": ({"TXT _dmarc.weekly.example": ["REFUSED"]}, [("error", "dns")]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_dns_is_told(name: str, patient: Patient) -> None:
    """Each fault by itself is told once, as bad as it is, and nothing else is."""
    zone, expected = FAULTS[name]
    patient.zone |= zone
    assert patient.told() == expected


def test_a_key_in_dns_may_be_written_as_it_comes(patient: Patient) -> None:
    """A key in several strings, cut in UDP and fetched anew by TCP, with blanks, without v=, is the key."""
    name = "TXT news._domainkey.weekly.example"
    public = patient.key.public
    patient.zone[name] = [f"k=rsa; t=s; n={'x' * 300}; p={public[:100]} {public[100:]}"]
    assert patient.told() == []
    assert patient.asked is not None
    assert [how for kind, asked, how in patient.asked.asked if f"{kind} {asked}" == name] == ["udp", "tcp"]
    patient.zone[name] = [f"v=DKIM1; t=y; p={public}"]
    assert patient.told() == [("note", "dkim")]


def test_what_belongs_into_dns_is_ready_to_paste(patient: Patient) -> None:
    """On an empty domain the three records are told as a zone file has them; once they are there, all is well."""
    patient.zone = {"MX weekly.example": ["10 mx.weekly.example"], "A mx.weekly.example": ["192.0.2.7"]}
    out = patient.seen(0).out
    lines = [line for line in out.splitlines() if " IN TXT " in line]
    assert lines[0] == 'weekly.example. IN TXT "v=spf1 a mx ~all"'
    assert lines[1].startswith('news._domainkey.weekly.example. IN TXT "v=DKIM1; k=rsa; p=MII')
    assert lines[2] == '_dmarc.weekly.example. IN TXT "v=DMARC1; p=none; rua=mailto:news@weekly.example"'
    for line in lines:
        name, _, strings = line.partition(". IN TXT ")
        assert all(len(string) <= 255 for string in strings.strip('"').split('" "'))
        patient.zone[f"TXT {name}"] = ["".join(strings.strip('"').split('" "'))]
    assert patient.told() == [("note", "dmarc")]
    assert " IN TXT " not in patient.seen(0).out


def test_a_findings_place_is_its_setting(patient: Patient) -> None:
    """What is wrong is told at the line of the setting that it is about."""
    patient.zone["TXT news._domainkey.weekly.example"] = []
    patient.zone["MX weekly.example"] = ["0 "]
    err = patient.seen(0).err
    assert "newsletter.yaml:4:3: error: weekly.example takes no mail" in err
    assert (
        "newsletter.yaml:6:3: error: news._domainkey.weekly.example is not in DNS: every signature fails [dkim]" in err
    )


def test_a_policy_above_the_domain_counts(patient: Patient) -> None:
    """A sender below the organisation's domain is under its policy; a key of the organisation's vouches for it."""
    patient.lines["from"] = "news@mail.weekly.example"
    patient.zone |= {"MX mail.weekly.example": ["10 mx.weekly.example"]}
    assert patient.told() == []
    patient.zone["TXT _dmarc.weekly.example"] = ["v=DMARC1; p=none; sp=reject; adkim=s; aspf=s"]
    assert patient.told() == [("error", "dmarc")]


def test_a_sender_whom_nobody_vouches_for_is_told(patient: Patient) -> None:
    """From a domain with a policy, signed by another and returned to another, fails; with p=none it is a warning."""
    patient.lines["from"] = "somebody@mailbox.example"
    patient.zone |= {
        "MX mailbox.example": ["10 mx.weekly.example"],
        "TXT _dmarc.mailbox.example": ["v=DMARC1; p=reject"],
    }
    assert patient.told() == [("error", "dmarc")]
    patient.zone["TXT _dmarc.mailbox.example"] = ["v=DMARC1; p=none"]
    assert patient.told() == [("note", "dmarc"), ("warning", "dmarc")]


def test_keys_are_looked_at(patient: Patient) -> None:
    """A short key, an Ed25519 key alone, and no key at all are told; two keys together are well."""
    short = generate_private_key(65537, 1024)  # noqa: S505
    (patient.root / "short.pem").touch(0o600)
    (patient.root / "short.pem").write_bytes(pem(short))
    patient.zone["TXT old._domainkey.weekly.example"] = [kept(patient.root, short, "old").record]
    patient.zone["TXT ed._domainkey.weekly.example"] = [kept(patient.root, ED25519, "ed").record]
    both = patient.lines["dkim"]
    patient.lines["dkim"] = "{domain: weekly.example, selector: old, key: short.pem}"
    assert patient.told() == [("warning", "dkim")]
    patient.lines["dkim"] = "{domain: weekly.example, selector: ed, key: ed.pem}"
    assert patient.told() == [("warning", "dkim")]
    patient.lines["dkim"] = f"[{both}, {{domain: weekly.example, selector: ed, key: ed.pem}}]"
    assert patient.told() == []
    del patient.lines["dkim"]
    assert patient.told() == [("warning", "dkim")]
    patient.zone["TXT weekly.example"] = []
    assert patient.told() == [("error", "spf"), ("error", "dkim"), ("error", "dmarc")]


def test_a_server_that_may_not_send_is_told(patient: Patient) -> None:
    """Where SPF leaves out the publication's server, that is said, with a record that lets it in."""
    patient.smtp = {"host": "relay.example", "port": unused(), "security": "none"}
    patient.zone["A relay.example"] = ["198.51.100.4"]
    ran = patient.seen(0)
    assert "relay.example (198.51.100.4) may not send for weekly.example" in ran.err
    assert 'weekly.example. IN TXT "v=spf1 a:relay.example mx ip4:192.0.2.0/28 -all"' in ran.out
    patient.zone["TXT weekly.example"] = ["v=spf1 a:relay.example/24 -all"]
    assert "may not send" not in patient.seen(0).err
    patient.zone["TXT weekly.example"] = ["v=spf1 exists:%{i}.weekly.example -all"]
    assert "may not send" not in patient.seen(0).err


def test_offline_it_says_what_it_could_not_ask(patient: Patient) -> None:
    """Where DNS is silent, nothing is called missing: that it was not asked is a note, within seconds."""
    patient.zone = {name: ["silence"] for name in patient.zone}
    began = time.monotonic()
    told = patient.told()
    assert time.monotonic() - began < 12
    assert set(told) == {("note", "not-asked")}
    assert publish("doctor", "-C", str(patient.root), "--dns", "nonsense").code == 2


def _server(name: str = "127.0.0.1", **given: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(name, **given).configure_cert(context)  # type: ignore[arg-type]
    return context


def _own() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


_NOW = datetime.datetime.now(datetime.UTC)
TLS = {
    "good": (_server, []),
    "expired": (lambda: _server(not_after=_NOW - datetime.timedelta(days=1)), [("error", "tls")]),
    "ends soon": (lambda: _server(not_after=_NOW + datetime.timedelta(days=3)), [("warning", "tls")]),
    "another name": (lambda: _server("mail.example"), [("error", "tls")]),
    "of nobody known": (_own, [("error", "tls")]),
}


@pytest.mark.parametrize("name", TLS)
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_servers_certificate_is_looked_at(name: str, security: str, patient: Patient) -> None:
    """Expired, soon to end, of another name, of an unknown authority: told, by STARTTLS and by TLS."""
    context, expected = TLS[name][0](), TLS[name][1]
    given = {"tls_context": context} if security == "starttls" else {"ssl_context": context}
    server = Controller(Kept(), hostname="127.0.0.1", port=unused(), **given)
    server.start()
    try:
        patient.smtp = {"host": "127.0.0.1", "port": server.port, "security": security}
        assert patient.told() == expected
    finally:
        server.stop()


def test_a_server_that_does_not_let_us_in_is_told(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password, no STARTTLS, no TLS, and a closed port are errors."""
    monkeypatch.setenv("SMTP_PASSWORD", "wrong")
    log_in = {"host": "127.0.0.1", "user": "news", "password_env": "SMTP_PASSWORD"}
    with aiosmtpd("starttls") as (port, _):
        patient.smtp = {**log_in, "port": port}
        assert patient.told() == [("error", "login")]
    with aiosmtpd("none") as (port, _):
        patient.smtp = {"host": "127.0.0.1", "port": port}
        assert patient.told() == [("error", "tls")]
        patient.smtp["security"] = "tls"
        assert patient.told() == [("error", "tls")]
        patient.smtp["security"] = "none"
        assert patient.told() == []
    assert patient.told() == [("error", "server")]


@pytest.mark.parametrize(
    ("answer", "click", "expected"),
    [
        (html(), html(), []),
        (status(404), status(404), [("note", "unsubscribe")]),
        (html(), status(405), [("error", "unsubscribe")]),
        (html(), status(403), [("error", "unsubscribe")]),
        (html(), redirect(302, "/left"), [("error", "unsubscribe")]),
        (status(500), html(), [("error", "unsubscribe")]),
        (html(), raw(b"nonsense\r\n\r\n"), [("error", "unsubscribe")]),
        (redirect(301, "/other"), html(), []),
    ],
    ids=["well", "knows nobody", "no POST", "forbidden", "redirect", "broken", "no HTTP", "page elsewhere"],
)
def test_the_way_to_leave_is_tried(
    answer: Reply, click: Reply, expected: list[tuple[str, str]], patient: Patient
) -> None:
    """The page must open, and the one click must be taken as RFC 8058 says, without a redirect."""
    with page(answer, click=[click]) as web:
        assert patient.told(web.port) == expected


def test_a_page_that_cannot_be_reached_is_told(patient: Patient) -> None:
    """An unsubscribe page without https, over a certificate that does not hold, or on a closed port, is told."""
    assert patient.told(unused()) == [("error", "unsubscribe")]
    patient.lines["unsubscribe_url"] = "http://weekly.example/leave"
    assert "an https address (RFC 8058)" in patient.seen(0).err
    context = _own()
    with web_serving(context=context) as web:
        assert patient.told(web.port) == [("error", "unsubscribe")]


def test_the_click_of_nobody_unsubscribes_nobody(tmp_path: Path) -> None:
    """Our own service takes the doctor's click with 200, and not a byte of the subscribers changes."""
    with serving(tmp_path) as site:
        with Store.opened(tmp_path, make=True) as store:
            found = address("a@b.example")
            assert found
            subscribers.add(store, "main", [subscribers.Member(address=found)], "2023-03-04T09:00:00+00:00")
        before = dumped(tmp_path)
        token = Keys.opened(tmp_path).token(0, 0)
        assert site.ask(f"/list/leave?t={token}").status == 200
        assert site.ask(f"/list/leave?t={token}", b"List-Unsubscribe=One-Click").status == 200
        assert dumped(tmp_path) == before


def test_a_secret_that_git_has_is_told(patient: Patient) -> None:
    """A key or a password within the folder that git has is an error, one that it would take in a warning."""

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(patient.root), *words], check=True, capture_output=True)

    patient.smtp = {"password_file": "var/password"}
    (patient.root / "var").mkdir()
    (patient.root / "var/password").write_text("x")
    assert patient.told() == []
    git("init")
    assert patient.told() == [("warning", "secret"), ("warning", "secret")]
    (patient.root / "var/.gitignore").write_text("*\n")
    assert patient.told() == [("warning", "secret")]
    git("add", "news.pem")
    assert patient.told() == [("error", "secret")]


def test_the_doctor_makes_no_keys(patient: Patient) -> None:
    """Examining a publication leaves every file as it was, and makes none."""
    patient.seen(0)
    before = {path: path.read_bytes() for path in patient.root.rglob("*") if path.is_file()}
    patient.seen(0)
    assert {path: path.read_bytes() for path in patient.root.rglob("*") if path.is_file()} == before
