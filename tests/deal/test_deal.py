"""A deal: what is kept in it, before anything was decided."""

from __future__ import annotations

import pytest

from salesflow.deal.deal import Deal, ForecastCategory
from salesflow.errors import UnknownName


@pytest.mark.parametrize("category", ForecastCategory)
def test_what_the_seller_says_of_the_chance_is_meant_by_its_text_too(category: ForecastCategory) -> None:
    said = Deal(id="D-1", name="Order desk", forecast_category=category.value)
    assert said.forecast_category is category
    assert Deal(id="D-1", name="Order desk", forecast_category=category) == said


def test_nothing_may_be_said_of_the_chance_but_nothing_that_is_not_known() -> None:
    assert Deal(id="D-1", name="Order desk").forecast_category is None
    with pytest.raises(UnknownName) as refused:
        Deal(id="D-1", name="Order desk", forecast_category="best")
    assert (refused.value.kind, refused.value.nearest) == ("forecast category", ("best case",))
