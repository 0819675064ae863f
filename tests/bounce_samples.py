"""Messages as mail servers and services return them: in their shapes, in words of our own."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SAMPLES", "filled"]

READER = "reader@readers.example"

_RETURNED = """\
Return-Path: <{return_path}>
From: Weekly <news@weekly.example>
To: {reader}
Subject: One
Message-ID: <1234@weekly.example>
List-Unsubscribe: <https://weekly.example/leave?t={leave}>,
 <mailto:news@weekly.example?subject=unsubscribe>

Text.
"""


def _report(server: str, words: str, status: str, returned: str = "message/rfc822", **more: str) -> str:
    """A report of RFC 3464."""
    fields = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in more.items())
    return f"""\
Return-Path: <>
Delivered-To: {{return_path}}
Received: by mx.weekly.example; Sat, 04 Mar 2023 10:00:00 +0000
Date: Sat, 04 Mar 2023 10:00:00 +0000
From: Mail Delivery System <MAILER-DAEMON@{server}>
To: {{return_path}}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{{number}}@{server}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="==next/{server}"

--==next/{server}
Content-Type: text/plain; charset=utf-8

{words}

--==next/{server}
Content-Type: message/delivery-status

Reporting-MTA: dns; {server}
Arrival-Date: Sat, 04 Mar 2023 09:00:00 +0000

Final-Recipient: rfc822; {{reader}}
{fields}{status}

--==next/{server}
Content-Type: {returned}

{_RETURNED}
--==next/{server}--
"""


def _plain(fields: str, body: str) -> str:
    return f"Delivered-To: {{return_path}}\nTo: {{return_path}}\nMessage-ID: <{{number}}@x>\n{fields}\n{body}"


_ARF = """\
From: complaints@{server}
To: abuse@weekly.example
Subject: A reader's report
Message-ID: <{{number}}@{server}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A reader has marked this message.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: loop/1
Version: 1
Original-Mail-From: <news@weekly.example>
Original-Rcpt-To: {{reader}}

--b
Content-Type: {returned}

{inner}
--b--
"""


def _complaint(server: str, kind: str, returned: str, inner: str = _RETURNED) -> str:
    return _ARF.format(server=server, kind=kind, returned=returned, inner=inner)


SAMPLES: Mapping[str, tuple[str, str]] = {
    "postfix, nobody there": (
        "hard",
        _report(
            "mx.weekly.example",
            "Your message came no further.\n<{reader}>: host mx.readers.example said: 550 5.1.1 no such box",
            "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <{reader}>: Recipient address rejected: "
            "User unknown",
            Original_Recipient="rfc822;{reader}",
        ),
    ),
    "postfix, header alone": (
        "hard",
        _report(
            "mx.weekly.example",
            "No.",
            "Action: failed\nStatus: 5.4.4\nDiagnostic-Code: X-Postfix; Host or domain name not found",
            returned="text/rfc822-headers",
        ),
    ),
    "postfix, full": (
        "soft",
        _report(
            "mx.weekly.example",
            "No.",
            "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 The mailbox is over its quota",
        ),
    ),
    "postfix, given up": (
        "soft",
        _report(
            "mx.weekly.example",
            "No.",
            "Action: failed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.readers.example: timed out",
        ),
    ),
    "postfix, still trying": (
        "delayed",
        _report(
            "mx.weekly.example",
            "Not yet.",
            "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; timed out\nWill-Retry-Until: Mon",
        ),
    ),
    "gmail, nobody there": (
        "hard",
        _report(
            "mail-x.google.example",
            "No such address.",
            "Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; x\nDiagnostic-Code: smtp; 550-5.1.1 The email account "
            "that you tried to reach does not exist.\n 550 5.1.1 https://support.google.example/mail/?p=NoSuchUser",
        ),
    ),
    "gmail, policy": (
        "blocked",
        _report(
            "mail-x.google.example",
            "No.",
            "Action: failed\nStatus: 5.7.26\nDiagnostic-Code: smtp; 550-5.7.26 This mail is unauthenticated, which "
            "poses a risk",
        ),
    ),
    "gmail, too fast": (
        "soft",
        _report(
            "mail-x.google.example",
            "No.",
            "Action: failed\nStatus: 5.2.1\nDiagnostic-Code: smtp; 550-5.2.1 The user is receiving mail at a rate that "
            "prevents more",
        ),
    ),
    "exchange, nobody there": (
        "hard",
        _report(
            "mail.protection.outlook.example",
            "<html><p>could not be delivered</p></html>",
            "Action: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; "
            "Recipient not found by SMTP address lookup",
            X_Display_Name="Reader",
        ),
    ),
    "exchange, edge": (
        "hard",
        _report(
            "mail.protection.outlook.example",
            "No.",
            "Action: failed\nStatus: 5.4.1\nDiagnostic-Code: smtp;550 5.4.1 Recipient address rejected: Access denied",
        ),
    ),
    "exchange, spam": (
        "blocked",
        _report(
            "mail.protection.outlook.example",
            "No.",
            "Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp;550 5.7.1 blocked using a list of spam sources",
        ),
    ),
    "a status that says nothing": (
        "hard",
        _report(
            "mx.other.example",
            "No.",
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Requested action not taken: mailbox unavailable",
        ),
    ),
    "nothing but a refusal": (
        "soft",
        _report("mx.other.example", "No.", "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 554 no"),
    ),
    "too large": (
        "blocked",
        _report(
            "mx.other.example",
            "No.",
            "Action: failed\nStatus: 5.3.4\nDiagnostic-Code: smtp; 552 5.3.4 message size exceeds the limit",
        ),
    ),
    "delivered": ("other", _report("mx.other.example", "Done.", "Action: delivered\nStatus: 2.0.0")),
    "exim": (
        "hard",
        _plain(
            "From: Mail Delivery System <Mailer-Daemon@exim.example>\nX-Failed-Recipients: {reader}\n"
            "Auto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender\n",
            "This message was created automatically by mail delivery software.\n\nNobody got it:\n\n"
            "  {reader}\n    host mx.readers.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT "
            "TO:<{reader}>:\n    550 5.1.1 user unknown\n\n"
            "------ This is a copy of the message, including all the headers. ------\n\n" + _RETURNED,
        ),
    ),
    "exim, unrouteable": (
        "hard",
        _plain(
            "From: Mail Delivery System <Mailer-Daemon@exim.example>\nX-Failed-Recipients: {reader}\n"
            "Subject: Mail delivery failed\n",
            "This message was created automatically by mail delivery software.\n\n  {reader}\n"
            "    Unrouteable address\n\n------ This is a copy of the message. ------\n\n" + _RETURNED,
        ),
    ),
    "exim, still trying": (
        "delayed",
        _plain(
            "From: Mail Delivery System <Mailer-Daemon@exim.example>\nAuto-Submitted: auto-replied\n"
            "Subject: Warning: message 1abc delayed 24 hours\n",
            "This message was created automatically by mail delivery software.\nA message of yours has not been "
            "delivered after 24 hours. No action is required.\n\n  {reader}\n",
        ),
    ),
    "qmail": (
        "hard",
        _plain(
            "Return-Path: <>\nFrom: MAILER-DAEMON@qmail.example\nSubject: failure notice\n",
            "Hi. This is the qmail-send program at qmail.example.\nIt did not work.\n\n<{reader}>:\n"
            "192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 unknown user\nGiving up on 192.0.2.1.\n\n"
            "--- Below this line is a copy of the message.\n\n" + _RETURNED,
        ),
    ),
    "qmail, local": (
        "hard",
        _plain(
            "Return-Path: <>\nFrom: MAILER-DAEMON@qmail.example\nSubject: failure notice\n",
            "Hi. This is the qmail-send program at qmail.example.\nIt did not work.\n\n<{reader}>:\n"
            "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
            + _RETURNED,
        ),
    ),
    "qmail, full": (
        "soft",
        _plain(
            "Return-Path: <>\nFrom: MAILER-DAEMON@qmail.example\nSubject: failure notice\n",
            "Hi. This is the qmail-send program at qmail.example.\nIt did not work.\n\n<{reader}>:\n"
            "The user is over quota. (#5.2.2)\n\n--- Below this line is a copy of the message.\n\n" + _RETURNED,
        ),
    ),
    "a report without its middle": (
        "hard",
        _plain(
            "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nSubject: Undelivered Mail Returned to Sender\n"
            'Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n',
            "--b\nContent-Type: text/plain\n\n<{reader}>: host mx.readers.example: 550 5.1.1 no such user\n--b--\n",
        ),
    ),
    "sendmail of old": (
        "hard",
        _plain(
            "From: Mail Delivery Subsystem <MAILER-DAEMON@old.example>\nSubject: Returned mail: see transcript\n",
            "The message came in at 10:00\n\n   ----- The following addresses had permanent fatal errors -----\n"
            "<{reader}>\n    (reason: 550 5.1.1 <{reader}>... User unknown)\n\n"
            "   ----- Transcript of session follows -----\n550 5.1.1 <{reader}>... User unknown\n\n"
            "   ----- Original message follows -----\n\n" + _RETURNED,
        ),
    ),
    "exchange of old": (
        "hard",
        _plain(
            "From: System Administrator <postmaster@exchange.example>\nSubject: Undeliverable: One\n",
            "Your message\n  Subject: One\ndid not reach these people:\n\n{reader} on 04.03.2023 10:00\n"
            "  The account does not exist at this organization.\n  < exchange.example #5.1.1>\n",
        ),
    ),
    "yahoo, complaint": ("complaint", _complaint("yahoo.example", "abuse", "message/rfc822")),
    "complaint with the header alone": ("complaint", _complaint("loop.example", "abuse", "text/rfc822-headers")),
    "not spam after all": ("other", _complaint("loop.example", "not-spam", "message/rfc822")),
    "dmarc report": ("other", _complaint("loop.example", "auth-failure", "message/rfc822")),
    "out of office": (
        "reply",
        _plain(
            "From: {reader}\nAuto-Submitted: auto-replied (vacation)\nSubject: Re: One\n",
            "I am away. For what is urgent: user unknown 550 5.1.1\n",
        ),
    ),
    "out of office, in words": (
        "reply",
        _plain("From: {reader}\nSubject: =?utf-8?b?6Ieq5Yqo5Zue5aSNOiBPbmU=?=\n", "我在休假，邮箱不可用。\n"),
    ),
    "read receipt": (
        "reply",
        _plain(
            "From: {reader}\nSubject: Read: One\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n',
            "--b\nContent-Type: text/plain\n\nIt was read.\n--b\nContent-Type: message/disposition-notification\n\n"
            "Disposition: manual-action; displayed\n--b--\n",
        ),
    ),
    "a person": (
        "other",
        _plain("From: {reader}\nSubject: undeliverable promises\n", "Mailbox full of joy: user unknown to fame.\n"),
    ),
}
"""By name: what it turns out to be, and the message with `return_path`, `reader`, `leave` and `number` to be filled."""


def filled(sample: str, *, return_path: str, leave: str, number: int = 1, reader: str = READER) -> bytes:
    """A sample as it comes in, in CRLF."""
    values = {"return_path": return_path, "leave": leave, "number": str(number), "reader": reader}
    for name, value in values.items():
        sample = sample.replace(f"{{{name}}}", value)
    return sample.replace("\n", "\r\n").encode()
