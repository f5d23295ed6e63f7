"""Where deals change: the one place of this project that writes. Everything else reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.utils import timezone
from django_storage.storage import DjangoStorage

from salesflow import Deal, Sale
from salesflow.standard import StandardProcess
from salesflow.storage import Query

PROCESS: Final = StandardProcess()
STORAGE: Final = DjangoStorage(indexed={Deal: ("stage", "owner", "amount", "expected_close")})


def opened(draft: Deal, *, by: str) -> Deal:
    """Open a deal, and keep it.

    Raises:
        InvalidValue: a value breaks the rule of its field.
        DuplicateKey: there is a deal with this id.
    """
    sale = PROCESS.open(draft, by=by, at=timezone.now())
    STORAGE.commit(sale.changes)
    return sale.deal


def changed(id: str, action: Callable[[Sale[Deal]], object], *, by: str) -> Deal:
    """Do something with a deal, and keep what came of it.

    Example:
        ``changed("D-1", lambda sale: sale.advance(), by=request.user.get_username())``

    Raises:
        Refused: the rules say no; nothing has changed.
        StaleVersion: somebody else was faster.
    """
    sale = sale_of(id, by=by)
    action(sale)
    STORAGE.commit(sale.changes)
    return sale.deal


def sale_of(id: str, *, by: str) -> Sale[Deal]:
    """A unit of work on a deal, of which nothing is kept unless somebody commits it; to ask what is missing, say."""
    return PROCESS.work_on(STORAGE.get(Deal, id), by=by, at=timezone.now())


def all_deals() -> Iterator[Deal]:
    """Every deal, page by page."""
    query = Query(Deal, limit=1000)
    while True:
        page = STORAGE.find(query)
        yield from page.items
        if page.cursor is None:
            return
        query = query.next(page.cursor)
