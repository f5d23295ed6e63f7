"""The routes of the desks, one for each act, and all alike: begin a sale, do it, commit."""

# No annotations from the future: what a route depends on is known only as it is made.
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from salesflow import Deal, Sale

from .acts import Act
from .problems import RESPONSES
from .shapes import ACTS, DEAL
from .speaking import answers
from .unit import Asks, actor

routes = APIRouter(prefix="/deals/{id}", responses=RESPONSES, dependencies=[Depends(actor)])


def route_of(act: Act) -> Callable[..., Coroutine[Any, Any, Response]]:
    """What is done when an act is asked for."""

    async def route(asks: Asks, id: str, do: Annotated[Callable[[Sale[Deal]], None], Depends(act)]) -> Response:
        unit = await asks.works_on(id)
        do(unit.sale)
        return await unit.done()

    return route


for act in ACTS:
    routes.add_api_route(
        act.path,
        route_of(act),
        methods=["POST"],
        tags=[act.at or "deals"],
        name=act.name,
        summary=act.summary,
        description=act.description,
        openapi_extra=act.openapi,
        responses=answers(DEAL, has_version=True),
    )
