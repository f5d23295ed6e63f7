"""The application: routes, problem documents, the storage, and OpenAPI with the schemas of ``Records``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from psycopg_pool import AsyncConnectionPool
from psycopg_storage import PsycopgStorage

from salesflow import Deal, SalesProcess
from salesflow.standard import StandardProcess

from . import deals, desks, problems, shapes
from .unit import REQUESTS, Clock, Office


def now() -> datetime:
    """The time of the application; the library has none."""
    return datetime.now(UTC)


def create_app(address: str, *, process: SalesProcess | None = None, clock: Clock = now) -> FastAPI:
    """An application on a database.

    Args:
        address: of the PostgreSQL database; tables that are missing are made.
        process: your own, or the standard one.
        clock: what time it is, aware; a test gives one that stands still.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        storage = await PsycopgStorage(address, records=shapes.RECORDS, indexed={Deal: deals.INDEXED}).open()
        pool: AsyncConnectionPool = AsyncConnectionPool(address, min_size=1, open=False, kwargs={"autocommit": True})
        async with pool:
            async with pool.connection() as connection:
                await connection.execute(REQUESTS)
            app.state.office = Office(process=process or StandardProcess(), storage=storage, pool=pool, clock=clock)
            yield
        await storage.close()

    app = FastAPI(title="Deals", version="1", lifespan=lifespan, generate_unique_id_function=lambda route: route.name)
    app.include_router(deals.routes)
    app.include_router(desks.routes)
    problems.report_problems(app)
    app.openapi = lambda: described(app)  # type: ignore[method-assign]  # as the documentation of FastAPI says
    return app


def described(app: FastAPI) -> dict[str, Any]:
    """OpenAPI of the application, made once."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, routes=app.routes)
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        schemas |= {**shapes.components(), "Problem": problems.SCHEMA}
        app.openapi_schema = found
    return app.openapi_schema
