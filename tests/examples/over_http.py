"""A client of the web application that tests call without awaiting: the application runs on a loop in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from web_api.app import create_app

from salesflow import Deal
from salesflow.standard import StandardProcess
from salesflow.testing.builders import a_deal
from salesflow.testing.storage_contract import LoopThread


class Clock:
    """A clock that stands still until a test lets time pass."""

    def __init__(self) -> None:
        self.start_again()

    def start_again(self) -> None:
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


class Client:
    """Sends requests to the application, and waits for the answers."""

    def __init__(self, app: Any, http: httpx.AsyncClient, loop: LoopThread, clock: Clock) -> None:
        self.app, self.http, self.loop, self.clock = app, http, loop, clock

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.loop.run(self._sent(method, path, body, **options))

    def send_all(self, *requests: tuple[str, str, Any, dict[str, Any]]) -> list[httpx.Response]:
        """Send requests at the same time."""

        async def together() -> list[httpx.Response]:
            return await asyncio.gather(*(self._sent(*start, **options) for *start, options in requests))

        return self.loop.run(together())

    async def _sent(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | None = "noa",
        seen: int | str | None = None,
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        given = {"x-actor": by, "if-match": f'"{seen}"' if isinstance(seen, int) else seen, "idempotency-key": key}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, str):
            content: dict[str, Any] = {"content": body}
            given.setdefault("content-type", "application/json")
        else:
            content = {} if body is None else {"json": body}
        kept = {name: value for name, value in given.items() if value is not None}
        return await self.http.request(method, path, headers=kept, **content)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.send("POST", path, body, **options)

    def opened(self, id: str = "D-1", **fields: Any) -> Any:
        """Open a deal over HTTP; gives it as JSON."""
        answer = self.post("/deals", {"id": id, "name": "Order desk for Acme", **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    @property
    def storage(self) -> Any:
        return self.app.state.office.storage

    def stored(self, id: str = "D-1") -> Deal:
        found: Deal = self.loop.run(self.storage.get(Deal, id))
        return found

    def events(self, id: str = "D-1") -> list[str]:
        recorded = self.loop.run(self.storage.history(Deal, id))
        return [type(one.event).__name__ for one in recorded]

    def adopted(self, stage: str) -> None:
        """Take a deal over that has reached a stage elsewhere."""
        now = self.clock()
        sale = StandardProcess().adopt(a_deal(), stage=stage, origin="elsewhere", since=now, by="noa", at=now)
        self.loop.run(self.storage.commit(sale.changes))


@contextmanager
def serving(address: str, loop: LoopThread, *, policy: Any = None) -> Iterator[Client]:
    """The application on a database, with its start and its end."""
    clock, stack = Clock(), AsyncExitStack()

    async def begin() -> Client:
        app = create_app(address, process=StandardProcess(policy=policy), clock=clock)
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://deals"))
        return Client(app, http, loop, clock)

    client = loop.run(begin())
    try:
        yield client
    finally:
        loop.run(stack.aclose())
