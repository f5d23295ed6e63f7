"""The routes. Each that changes something begins a sale, does one thing, and commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Response

from salesflow import Deal, InvalidValue, UnknownName
from salesflow import storage as stored

from . import shapes
from .problems import RESPONSES
from .shapes import DEAL, RECORDS, DealPage, Explanation, History, MoveAsked
from .speaking import answers, said
from .unit import Asks, Works, actor, etag, is_among

INDEXED: Final = ("stage", "owner", "amount", "expected_close", "opened_at")
"""What deals are narrowed down and ordered by."""

Day = Annotated[str, Query(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"})]

routes = APIRouter(prefix="/deals", tags=["deals"], responses=RESPONSES, dependencies=[Depends(actor)])


# Reading


def day(given: str | None, *, field: str) -> date | None:
    """The day that a query names. It is not left to the framework, which takes a number for seconds since 1970."""
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError:
        raise InvalidValue("is a day of the calendar", field=field) from None


@routes.get("", responses=answers(DealPage))
async def find_deals(
    works: Works,
    stage: Annotated[tuple[str, ...], Query()] = (),
    owner: Annotated[tuple[str, ...], Query()] = (),
    expected_from: Day | None = None,
    expected_before: Day | None = None,
    order: Annotated[tuple[str, ...], Query(description="a leading - turns it around")] = ("expected_close",),
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Response:
    """A page of deals; its cursor asks for the next one."""
    for name in order:
        if name.removeprefix("-") not in INDEXED:
            raise UnknownName("order", name, INDEXED)
    where = []
    if stage:
        where.append(stored.one_of("stage", [works.process.stage(key).key for key in stage]))
    if owner:
        where.append(stored.one_of("owner", owner))
    if expected_from or expected_before:
        first, before = day(expected_from, field="expected_from"), day(expected_before, field="expected_before")
        where.append(stored.between("expected_close", first, before))
    query = stored.Query(works.process.deal_type, where=where, order=order, limit=limit, cursor=cursor)
    page = await works.storage.find(query)
    return said(DealPage(items=page.items, cursor=page.cursor), RECORDS)


@routes.get("/{id}", responses={**answers(DEAL, has_version=True), 304: {"description": "Not modified"}})
async def read_deal(works: Works, id: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """A deal, with the entity tag that changes ask for."""
    deal = await works.storage.get(works.process.deal_type, id)
    headers = {"ETag": etag(deal)}
    if if_none_match is not None and is_among(deal, if_none_match.replace("W/", "")):
        return Response(status_code=304, headers=headers)
    return said(deal, RECORDS, headers=headers)


@routes.get("/{id}/explanation", responses=answers(Explanation))
async def explain_deal(works: Works, by: Annotated[str, Depends(actor)], id: str) -> Response:
    """What is missing to go on, every move that the deal has, and what to do next. Nothing is tried."""
    deal = await works.storage.get(works.process.deal_type, id)
    sale = works.process.work_on(deal, by=by, at=works.clock())
    explanation = Explanation(
        stage=deal.stage, blockers=sale.blockers(), next_moves=sale.next_moves(), next_steps=sale.next_steps()
    )
    return said(explanation, RECORDS, headers={"ETag": etag(deal)})


@routes.get("/{id}/history", responses=answers(History))
async def read_history(works: Works, id: str) -> Response:
    """Everything that happened to a deal."""
    return said(History(events=tuple(await works.storage.history(works.process.deal_type, id))), RECORDS)


# Changing


@routes.post(
    "", status_code=201, openapi_extra=shapes.NEW_DEAL.openapi, responses=answers(DEAL, status=201, has_version=True)
)
async def open_deal(asks: Asks, draft: Annotated[Deal, Depends(shapes.NEW_DEAL)]) -> Response:
    """Open a deal at the first stage."""
    if "/" in draft.id or draft.id in (".", ".."):
        raise InvalidValue("is a part of addresses: it has no slash, and is not . or ..", field="id")
    unit = await asks.opens(draft)
    return await unit.done(status=201)


@routes.patch("/{id}", openapi_extra=shapes.DEAL_PATCH.openapi, responses=answers(DEAL, has_version=True))
async def change_deal(
    asks: Asks, id: str, changed: Annotated[Callable[[Deal], Deal], Depends(shapes.DEAL_PATCH)]
) -> Response:
    """Change plain fields, those that are given. Stages change by moves, and records at their desks."""
    unit = await asks.works_on(id)
    unit.sale.update(changed(unit.sale.deal))
    return await unit.done()


@routes.post("/{id}/moves", openapi_extra=shapes.MOVE.openapi, responses=answers(DEAL, has_version=True))
async def move_deal(asks: Asks, id: str, asked: Annotated[MoveAsked, Depends(shapes.MOVE)]) -> Response:
    """Move a deal: advance, win, lose, go back, reopen, or a move that the process names."""
    unit = await asks.works_on(id)
    sale = unit.sale
    if asked.move == "advance":
        sale.advance()
    else:
        sale.move(asked.move, to=asked.to, reason=asked.reason, note=asked.note, competitor=asked.competitor)
    return await unit.done()
