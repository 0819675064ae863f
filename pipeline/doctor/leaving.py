"""The way to leave: whether the page opens and the one click of mail programs works, for nobody at all."""

from __future__ import annotations

from pipeline.doctor.diagnosis import Diagnosis
from pipeline.fetch import Answer, Failure, Outcome, Policy, Trouble, ask

__all__ = ["leaving"]

_SETTING = "email.unsubscribe_url"
_CLICK = b"List-Unsubscribe=One-Click"
_KNOWS_NOBODY = (400, 404, 410, 422)


def leaving(url: str, token: str, policy: Policy, told: Diagnosis) -> None:
    """Tells what readers would meet who want to leave; `token` is one of nobody, so that none does."""
    if not url.startswith("https://"):
        setting = "email.unsubscribe_url or web.url"
        message = f"readers must be able to leave by one click: set {setting} to an https address (RFC 8058)"
        told.error("unsubscribe", _SETTING if url else "email", message)
        return
    whole = f"{url}{'&' if '?' in url else '?'}t={token}"
    page = ask("GET", whole, policy)
    if isinstance(page, Failure):
        _unreachable(page, told)
        return
    if page.status >= 400 and page.status not in _KNOWS_NOBODY:
        told.error("unsubscribe", _SETTING, f"the page on which readers leave answers {page.status}")
    _click(ask("POST", whole, policy, {"Content-Type": "application/x-www-form-urlencoded"}, _CLICK), told)


def _unreachable(failure: Failure, told: Diagnosis) -> None:
    silent = failure.trouble is Trouble.TIMEOUT or "no address" in failure.reason
    if silent and not told.online:
        told.note("not-asked", _SETTING, f"the page on which readers leave {failure.reason}: is this machine online?")
    else:
        told.error("unsubscribe", _SETTING, f"the page on which readers leave {failure.reason}")


def _click(answer: Outcome, told: Diagnosis) -> None:
    """Tells what became of a mail program's click, which follows no redirect and has no cookie (RFC 8058)."""
    what = "the one click of mail programs (POST) "
    match answer:
        case Failure():
            told.error("unsubscribe", _SETTING, f"{what}{answer.reason}")
        case Answer(status=status) if status in _KNOWS_NOBODY:
            told.note("unsubscribe", _SETTING, f"{what}is answered {status} for a reader who does not exist")
        case Answer(status=status) if status >= 300:
            told.error("unsubscribe", _SETTING, f"{what}is answered {status}, and must be with 200")
        case _:
            pass
