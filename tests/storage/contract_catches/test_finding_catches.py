"""Queries and pages: storages that count instead of comparing."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from storage.contract_catches.small import Defects, Rows, Small, named

from salesflow import Deal
from salesflow.storage import Page, Query

DEFECTS = Defects()


@DEFECTS.caught_by(
    "test_pages_pass_over_nothing_when_others_come_in_before_them",
    "test_pages_under_writers_give_everything_that_was_there_exactly_once",
)
class OffsetPages(Small):
    def __init__(self, rows: Rows | None = None, tenant: str = "") -> None:
        super().__init__(rows, tenant)
        self.offsets: dict[str, int] = {}

    def find(self, query: Query[Any], /) -> Page[Any]:
        with self.lock():
            start = self.offsets[query.cursor] if query.cursor else 0
            found = attrs.evolve(query, cursor=None, limit=1000).page(self.mine()).items[start:]
            page = Page(items=found[: query.limit], cursor=None)
            if len(found) > query.limit:
                page = attrs.evolve(page, cursor=query.cursor_after(page.items[-1]))
                self.offsets[page.cursor] = start + query.limit
            return page


@DEFECTS.caught_by("test_the_last_page_has_no_cursor_even_when_it_is_full")
class CursorAtTheEnd(Small):
    def find(self, query: Query[Any], /) -> Page[Any]:
        page = super().find(query)
        full = len(page.items) == query.limit
        return attrs.evolve(page, cursor=query.cursor_after(page.items[-1])) if full else page


@DEFECTS.caught_by("test_text_equals_no_text_in_another_case")
class TextIgnoresCase(Small):
    def find(self, query: Query[Any], /) -> Page[Any]:
        lowered = [
            attrs.evolve(one, values=tuple(value.lower() if type(value) is str else value for value in one.values))
            for one in query.where
        ]
        return super().find(attrs.evolve(query, where=lowered, cursor=None))


@DEFECTS.caught_by("test_what_is_found_is_what_was_written")
class FindsASummary(Small):
    def find(self, query: Query[Any], /) -> Page[Any]:
        page = super().find(query)
        summaries = (attrs.evolve(one, needs=()) if isinstance(one, Deal) else one for one in page.items)
        return attrs.evolve(page, items=tuple(summaries))


@DEFECTS.caught_by("test_a_value_that_cannot_be_stored_is_found_nowhere")
class OverflowsInAQuery(Small):
    def find(self, query: Query[Any], /) -> Page[Any]:
        for one in query.where:
            for value in one.values:
                if type(value) is int and value >= 2**63:
                    raise OverflowError("Python int too large to convert to SQLite INTEGER")
        return super().find(query)


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
