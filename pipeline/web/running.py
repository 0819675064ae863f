"""The service of a publication, put together: settings, words, keys, the outbox."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import replace

from pipeline.cache.maker import maker
from pipeline.deliver.addresses import Address
from pipeline.deliver.letter import Letter
from pipeline.deliver.sending import transport
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys
from pipeline.deliver.transport import Envelope
from pipeline.errors import BadSource
from pipeline.http.asgi import ASGIApp
from pipeline.model import Location, Publication
from pipeline.project import SETTINGS, Project, labels
from pipeline.render.defaults import DEFAULTS
from pipeline.render.headers import ascii_url
from pipeline.render.labels import Labels, catalogues
from pipeline.render.templates import Templates
from pipeline.web.app import app
from pipeline.web.confirmation import confirmation
from pipeline.web.outbox import Outbox
from pipeline.web.pages import Pages
from pipeline.web.service import CONFIRM, Service

__all__ = ["service"]


@contextlib.contextmanager
def service(
    project: Project,
    publication: Publication,
    tell: Callable[[str], None],
    *,
    proxies: int = 0,
    signing: Callable[[Letter], Letter] = lambda plain: plain,
) -> Iterator[ASGIApp]:
    """The application of a publication, its confirmations going out as long as this lasts, each signed by `signing`.

    Raises PipelineError where it has no address, its keys prove nothing, subscribers cannot be read, a template has an
    error, or no mail could ever go out.
    """
    if not publication.web.url:
        message = "set web.url, where readers reach the service: https://… (http://localhost:8000 to try it out)"
        raise BadSource.at(Location(path=SETTINGS), "web-url", message)
    folders = project.template_folders(DEFAULTS)
    words = Labels(language=publication.language, words=labels(folders, catalogues(publication.language)))
    templates = Templates(folders, cache=project.cache, maker=maker())
    pages = Pages(publication=publication, labels=words, templates=templates)
    pages.form()
    with Store.opened(project.root, make=True):
        keys = Keys.opened(project.root)
    compose = functools.partial(_composed, pages, keys, signing)
    compose(0, (Address("nobody@localhost", ""), ""))
    with Outbox(project.root, compose, transport(publication, project.root), tell) as outbox:
        yield app(Service(root=project.root, pages=pages, keys=keys, outbox=outbox), tell, proxies=proxies)


def _composed(
    pages: Pages, keys: Keys, signing: Callable[[Letter], Letter], number: int, ask: tuple[Address, str]
) -> Envelope:
    """The message of a request, to an address with this Date; its link is made of the settings alone."""
    to, date = ask
    url = f"{ascii_url(pages.publication.web.url)}/confirm?t={keys.token(0, number, CONFIRM)}"
    made = confirmation(pages.publication, (pages.labels, pages.templates), to, url, date)
    letter = signing(
        Letter(
            pieces=(made.content,),
            name="confirm",
            sender=made.sender,
            domain=made.sender.rpartition("@")[2],
            date=date,
            list_id=0,
            keys=keys,
        )
    )
    return replace(made, parts=(letter.sign(made.content, {}), *made.parts)) if letter.sign else made
