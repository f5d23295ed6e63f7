"""What stands around every change: who makes it, when, on which version of the deal, and whether it was asked before.

A client says which version it has seen (``If-Match``), so that nobody overwrites what he has not seen. It may say by which
key the request is known (``Idempotency-Key``), so that it can be sent again when no answer came. A request that is repeated is
not looked up, it is decided again: on the same version and at the same moment as the first time, which gives the same
changes, and the storage writes those once. All that is kept of a request is its key, its fingerprint, and these two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final, LiteralString, cast
from urllib.parse import quote

import attrs
from fastapi import Depends, Header, HTTPException, Request, Response
from psycopg_pool import AsyncConnectionPool

from salesflow import ChangeSet, Deal, Sale, SalesProcess, fold
from salesflow.errors import KeyReused
from salesflow.storage import AsyncStorage

from .shapes import RECORDS
from .speaking import RawBody, said

Clock = Callable[[], datetime]

REQUESTS: Final = """
create table if not exists asked_requests (
    key text primary key, fingerprint text not null, version bigint not null, at text not null)
"""
KEEP: Final[LiteralString] = "insert into asked_requests values (%s, %s, %s, %s) on conflict do nothing"
KEPT: Final[LiteralString] = "select fingerprint, version, at from asked_requests where key = %s"


@attrs.frozen(kw_only=True)
class Office:
    """What the application works with; one for each process of the server.

    Attributes:
        process: the rules.
        storage: where deals are kept.
        pool: connections for the application's own table.
        clock: what time it is; the library asks for moments, and the application has them.
    """

    process: SalesProcess
    storage: AsyncStorage
    pool: AsyncConnectionPool
    clock: Clock

    async def asked(self, key: str, fingerprint: str, version: int) -> tuple[int, datetime]:
        """On which version and at which moment a request is decided: those of the first time that it was asked.

        Raises:
            KeyReused: the key came with another request.
        """
        async with self.pool.connection() as connection:
            await connection.execute(KEEP, (key, fingerprint, version, self.clock().isoformat()))
            found = await (await connection.execute(KEPT, (key,))).fetchone()
        assert found is not None
        if found[0] != fingerprint:
            raise KeyReused(key)
        return found[1], datetime.fromisoformat(found[2])


def office(request: Request) -> Office:
    """The office that the application was made with."""
    found: Office = request.app.state.office
    return found


async def actor(x_actor: Annotated[str | None, Header()] = None) -> str:
    """Who asks. REPLACE THIS by the authentication of your application: here everybody is who he says he is."""
    if not x_actor:
        raise HTTPException(401, "say who you are", {"WWW-Authenticate": "X-Actor"})
    return x_actor


@attrs.frozen(kw_only=True)
class Asker:
    """Who asks for a change, and how: a dependency that routes share.

    Attributes:
        office: what the application works with.
        by: who asks.
        if_match: the entity tags of which one must be that of the deal.
        key: the idempotency key; each actor has keys of his own.
        fingerprint: what the request is known by.
    """

    office: Office
    by: str
    if_match: str | None
    key: str | None
    fingerprint: str

    async def opens(self, draft: Deal) -> Unit:
        """Begin with a new deal."""
        _, at = await self._when(0)
        return Unit(sale=self.office.process.open(draft, by=self.by, at=at), asker=self)

    async def works_on(self, id: str) -> Unit:
        """Begin with a deal, as it was when this was first asked.

        Raises:
            NotFound: there is no such deal.
            HTTPException: it is not the version that was seen, or none was named.
        """
        deal = await self.office.storage.get(self.office.process.deal_type, id)
        version, at = await self._when(deal.version)
        if version != deal.version:
            recorded = await self.office.storage.history(type(deal), id)
            deal = cast("Deal", fold([one.event for one in recorded[:version]]))
        check_seen(deal, self.if_match)
        return Unit(sale=self.office.process.work_on(deal, by=self.by, at=at), asker=self)

    async def _when(self, version: int) -> tuple[int, datetime]:
        if self.key is None:
            return version, self.office.clock()
        return await self.office.asked(self.key, self.fingerprint, version)


async def asker(
    request: Request,
    by: Annotated[str, Depends(actor)],
    raw: RawBody,
    if_match: Annotated[str | None, Header()] = None,
    idempotency_key: Annotated[str | None, Header(max_length=100)] = None,
) -> Asker:
    """Who asks for a change, and how."""
    key = None if idempotency_key is None else f"{by}:{idempotency_key}"
    content = "\n".join((request.method, request.url.path, if_match or "", "")).encode() + raw
    fingerprint = hashlib.sha256(content).hexdigest()
    return Asker(office=office(request), by=by, if_match=if_match, key=key, fingerprint=fingerprint)


Works = Annotated[Office, Depends(office)]
Asks = Annotated[Asker, Depends(asker)]


@attrs.frozen(kw_only=True)
class Unit:
    """A sale, and how it ends."""

    sale: Sale[Deal]
    asker: Asker

    async def done(self, *, status: int = 200) -> Response:
        """Commit, and answer with the deal as it is then.

        Raises:
            StaleVersion: somebody else was faster.
        """
        changes: ChangeSet = self.sale.changes
        await self.asker.office.storage.commit(changes.with_key(self.asker.key) if self.asker.key else changes)
        deal = self.sale.deal
        headers = {"ETag": etag(deal)}
        if status == 201:
            headers["Location"] = f"/deals/{quote(deal.id, safe='')}"
        return said(deal, RECORDS, status=status, headers=headers)


def etag(deal: Deal) -> str:
    """The entity tag of a deal: its version, which every event raises."""
    return f'"{deal.version}"'


def is_among(deal: Deal, tags: str) -> bool:
    """Whether the entity tag of a deal is among those of a header."""
    return tags.strip() == "*" or etag(deal) in (tag.strip() for tag in tags.split(","))


def check_seen(deal: Deal, if_match: str | None) -> None:
    """Refuse to change what was not seen.

    Raises:
        HTTPException: 428 where nothing is said, 412 where something else was seen.
    """
    if if_match is None:
        raise HTTPException(428, "say which version you have seen: If-Match, with the ETag of the deal")
    if not is_among(deal, if_match):
        raise HTTPException(412, "the deal has changed since you read it; read it again, and decide again")
