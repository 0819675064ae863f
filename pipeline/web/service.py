"""What the service does with each request: subscribe, confirm, choose, leave. Only POST changes anything."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.deliver import requests, statements, subscribers
from pipeline.deliver.addresses import Address, address
from pipeline.deliver.requests import Ask, Request
from pipeline.deliver.store import Store
from pipeline.deliver.subscribers import MAIN, STANDINGS
from pipeline.deliver.tokens import Keys
from pipeline.http.asgi import Response
from pipeline.render.headers import sender
from pipeline.web.outbox import Outbox
from pipeline.web.pages import HEADERS, Pages

__all__ = ["CHOOSE", "CONFIRM", "Asked", "Service", "offered"]

CONFIRM, CHOOSE = "confirm", "choose"
"""What tokens of requests are for; those of readers are for leaving."""

_PATIENCE = 20.0
"""Seconds for the commits of those who send or import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: the token of its address, the fields of its form, None for a GET; where from, and when."""

    token: str
    fields: Mapping[str, str] | None
    network: str
    now: float


def offered(pages: Pages) -> tuple[tuple[str, str], ...]:
    """The lists that readers may choose, each with what it is called."""
    return pages.publication.web.lists or ((MAIN, pages.publication.title),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The pages' doings; each method takes a request and gives its answer. They raise PipelineError."""

    root: Path
    pages: Pages
    keys: Keys
    outbox: Outbox

    def subscribe(self, asked: Asked) -> Response:
        """The form, and what it sends: the same answer whatever is known of the address."""
        fields = asked.fields
        if fields is None:
            return self.pages.form()
        change = bool(fields.get("change"))
        who = address(fields.get("address", "")[:1000])
        names = tuple(name for name, _ in offered(self.pages))
        lists = () if change else names if len(names) == 1 else self._ticked(fields, names)
        if who is None or not (lists or change):
            error = self.pages.labels("join_bad" if who is None else "join_none")
            return self.pages.form(error, change=change, status=400)
        if not fields.get("topic"):
            wanted = Ask(address=who, lists=lists, network=asked.network)
            with self._store() as store:
                taken = requests.ask(store, wanted, asked.now, hourly=self.pages.publication.web.hourly)
            if not taken:
                return self._said("many", status=429)
            self.outbox.wake()
        return self._said("join_sent")

    def confirm(self, asked: Asked) -> Response:
        """The page that a confirmation leads to, and its button."""
        token, number = self._request(asked, CONFIRM)
        with self._store() as store:
            found = requests.request(store, number, asked.now)
            if found and not found.lists:
                return self._choices(store, found, "choices")
            if found and asked.fields is not None:
                found = requests.confirm(store, number, asked.network, asked.now)
            if found is None:
                return self._expired()
            blocked = self._blocked(store, found.address)
        shown = _masked(found.address.text)
        if blocked:
            return blocked
        other = self.keys.token(0, number, CHOOSE)
        if asked.fields is not None or found.confirmed:
            return self.pages(
                "confirmed", "confirmed", text=self.pages.labels("confirmed_text", address=shown), other=other
            )
        titles = dict(offered(self.pages))
        lists = " · ".join(titles.get(name, name) for name in found.lists)
        text = self.pages.labels("confirm_what", lists=lists, address=shown)
        return self.pages("confirm", "confirm", text=text, token=token, other=other)

    def choices(self, asked: Asked) -> Response:
        """The page on which readers say what they get, or that nothing shall be known of them."""
        _, number = self._request(asked, CHOOSE)
        with self._store() as store:
            found = requests.request(store, number, asked.now)
            if found is None:
                return self._expired()
            if asked.fields is None:
                return self._choices(store, found, "choices")
            if asked.fields.get("do") == "erase":
                subscribers.erase(store, found.address)
                return self._said("erased")
            wanted = self._ticked(asked.fields, [name for name, *_ in self._lists(store, found)])
            found = requests.choose(store, number, wanted, asked.network, asked.now)
            if found is None:
                return self._expired()
            if not wanted:
                text = self.pages.labels("choices_nothing", address=_masked(found.address.text))
                return self.pages("choices_saved", "left", text=text)
            return self._choices(store, found, "choices_saved")

    def leave(self, asked: Asked) -> Response:
        """The page that unsubscribes by its button, and the one click of a mail program (RFC 8058).

        A POST with the token in its address is that click: it is answered in plain words, without a redirect.
        """
        token = asked.token or (asked.fields or {}).get("t", "")
        if not token:
            return self.pages.form(change=True)
        bearer = self.keys.bearer(token)
        if bearer is None:
            return self._expired()
        with self._store() as store:
            rows = store.rows(statements.ASSIGNED, list=bearer.list_id, subscriber=bearer.subscriber)
            row = next(rows, None)
            if row is None:
                return self._said("erased")
            who, name = Address(row[0], row[1]), row[2]
            on = [each for each, state in requests.lists_of(store, who).items() if state == "active"]
            if asked.fields is not None:
                now = datetime.datetime.fromtimestamp(asked.now, datetime.UTC).isoformat(timespec="seconds")
                for each in {name, *(on if asked.fields.get("all") else ())}:
                    subscribers.leave(store, each, who, now)
        shown = _masked(who.text)
        if asked.fields is not None and asked.token:
            return Response(f"{self.pages.labels('left')}\n", media_type="text/plain", headers=HEADERS)
        if asked.fields is not None or name not in on:
            return self.pages("left", "left", text=self.pages.labels("left_text", address=shown))
        title = dict(offered(self.pages)).get(name, name if name != MAIN else self.pages.publication.title)
        text = self.pages.labels("leave_what", list=title, address=shown)
        return self.pages("leave", "leave", text=text, token=token, address=shown, several=len(on) > 1)

    def health(self, asked: Asked) -> Response:
        """Whether subscribers can be read and confirmations go out."""
        with self._store() as store:
            store.number(statements.EPOCH)
        well = self.outbox.alive
        return Response("ok\n" if well else "no mail goes out\n", 200 if well else 503, HEADERS, "text/plain")

    def _store(self) -> contextlib.AbstractContextManager[Store]:
        return Store.opened(self.root, patience=_PATIENCE)

    def _request(self, asked: Asked, purpose: str) -> tuple[str, int]:
        """The token and the number of the request that it is for; 0, which none has, where it proves nothing."""
        token = asked.token or (asked.fields or {}).get("t", "")
        bearer = self.keys.bearer(token, purpose)
        return token, bearer.subscriber if bearer else 0

    def _ticked(self, fields: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if fields.get(f"list-{name}"))

    def _lists(self, store: Store, found: Request) -> list[tuple[str, str, bool]]:
        """Name, title and whether it comes: of what is offered, and of what comes though it is not."""
        states = requests.lists_of(store, found.address)
        titles = dict(offered(self.pages))
        names = [*titles, *(name for name, state in states.items() if state == "active" and name not in titles)]
        return [(name, titles.get(name, name), states.get(name) == "active") for name in names]

    def _choices(self, store: Store, found: Request, heading: str) -> Response:
        blocked = self._blocked(store, found.address)
        return blocked or self.pages(
            heading,
            "choices",
            token=self.keys.token(0, found.id, CHOOSE),
            address=_masked(found.address.text),
            lists=self._lists(store, found),
        )

    def _blocked(self, store: Store, who: Address) -> Response | None:
        """What is said to those who bounced or complained, None to all others."""
        if not set(requests.lists_of(store, who).values()) & set(STANDINGS):
            return None
        values = {"address": _masked(who.text), "sender": sender(self.pages.publication).address}
        return self.pages("failed", text=self.pages.labels("confirmed_blocked", **values))

    def _expired(self) -> Response:
        return self.pages.form(name="expired", status=404, text=self.pages.labels("expired_text"), change=True)

    def _said(self, name: str, *, status: int = 200) -> Response:
        answer = self.pages(name, status=status, text=self.pages.labels(f"{name}_text"))
        if status == 429:
            answer.headers["retry-after"] = "3600"
        return answer


def _masked(text: str) -> str:
    """An address as its owner knows it again, and nobody else."""
    local, _, domain = text.rpartition("@")
    return f"{local[:1]}…@{domain}"
