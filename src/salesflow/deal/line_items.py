"""Line items: what would be sold, how much of it, at which price.

They are the seller's calculation. They do not change the amount of the deal: that one is what the seller
expects, and the two are compared, not silently made equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from salesflow.deal.children import as_it_is, find, is_a, next_id, nothing_given, replaced
from salesflow.deal.desk import D, Desk
from salesflow.errors import CurrencyMismatch, InvalidValue
from salesflow.event import Event
from salesflow.values.decimals import HALF_UP, exact_decimal, exponent_of
from salesflow.values.money import Money
from salesflow.values.personal import personal
from salesflow.values.text import is_line, is_prose

if TYPE_CHECKING:
    from salesflow.deal.deal import Deal

__all__ = ["LineItem", "LineItemAdded", "LineItemChanged", "LineItemRemoved", "LineItemsDesk", "total"]

_ONE = Decimal(1)
_MOST = Decimal(10**12)
_QUANTITY_PLACES = 6
_DISCOUNT_PLACES = 8
_PRICE = "give Money('1200', 'EUR')"


@attrs.frozen(kw_only=True)
class LineItem:
    """One product or service in a deal.

    Attributes:
        id: its number within the deal, from 1.
        product: what it is, a line.
        quantity: how much of it; more than 0, below a trillion, with up to six decimal places.
        unit_price: the price of one, before the discount.
        discount: the part taken off, a fraction from 0 to 1 (``Decimal("0.1")`` is ten percent).
        note: what else there is to say; up to 10,000 characters.
    """

    id: int
    product: str
    quantity: Decimal
    unit_price: Money
    discount: Decimal = Decimal(0)
    note: str = attrs.field(default="", metadata=personal())

    @property
    def total(self) -> Money:
        """Quantity times unit price less the discount, rounded half up, once, at the end.

        Raises:
            InvalidValue: it has more digits than an amount may have.
        """
        part = HALF_UP.subtract(_ONE, self.discount)
        return self.unit_price.times(HALF_UP.multiply(self.quantity, part))


def total(line_items: Iterable[LineItem]) -> Money | None:
    """The sum of the rounded totals of these line items; of none it is not known, so ``None``.

    Raises:
        CurrencyMismatch: they are not all in one currency.

    Example:
        ``total(deal.line_items)``
    """
    totals = [item.total for item in line_items]
    return Money.total(totals, currency=totals[0].currency) if totals else None


def _quantity(value: Decimal | int | str) -> Decimal:
    number = exact_decimal(value, field="quantity")
    if not 0 < number < _MOST:
        raise InvalidValue(
            "a quantity is more than 0 and less than a trillion",
            field="quantity",
            value=value,
            way_out="remove the line item if there is none",
        )
    _check_places(number, _QUANTITY_PLACES, field="quantity")
    return number


def _discount(value: Decimal | int | str) -> Decimal:
    number = exact_decimal(value, field="discount")
    if not 0 <= number <= 1:
        raise InvalidValue(
            "a discount is a fraction from 0 to 1",
            field="discount",
            value=value,
            way_out="give Decimal('0.1') for ten percent",
        )
    _check_places(number, _DISCOUNT_PLACES, field="discount")
    return number


def _check_places(number: Decimal, most: int, *, field: str) -> None:
    if -exponent_of(number) > most:
        raise InvalidValue(
            f"must have at most {most} decimal places", field=field, value=number, way_out="round it first"
        )


@attrs.frozen(kw_only=True)
class _LineItemSet(Event["Deal"]):
    line_item_id: int
    product: str = attrs.field(validator=is_line())
    quantity: Decimal = attrs.field(converter=_quantity)
    unit_price: Money = attrs.field(validator=is_a(Money, way_out=_PRICE))
    discount: Decimal = attrs.field(default=Decimal(0), converter=_discount)
    note: str = attrs.field(default="", validator=is_prose(), metadata=personal())

    def line_item(self) -> LineItem:
        """The line item as it is after this event."""
        return LineItem(
            id=self.line_item_id,
            product=self.product,
            quantity=self.quantity,
            unit_price=self.unit_price,
            discount=self.discount,
            note=self.note,
        )


@attrs.frozen(kw_only=True)
class LineItemAdded(_LineItemSet):
    """A product or service was added to what would be sold."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with one more line item."""
        return deal.changed_by(self, line_items=(*deal.line_items, self.line_item()))


@attrs.frozen(kw_only=True)
class LineItemChanged(_LineItemSet):
    """The product, quantity, price or discount of a line item changed; this is what it is now."""

    def apply(self, deal: Deal, /) -> Deal:
        """The deal with this line item as it is now."""
        find(deal.line_items, self.line_item_id, kind="line item")
        return deal.changed_by(self, line_items=replaced(deal.line_items, self.line_item()))


@attrs.frozen(kw_only=True)
class LineItemRemoved(Event["Deal"]):
    """A product or service would not be sold after all."""

    line_item_id: int

    def apply(self, deal: Deal, /) -> Deal:
        """The deal without this line item."""
        gone = find(deal.line_items, self.line_item_id, kind="line item")
        return deal.changed_by(self, line_items=tuple(item for item in deal.line_items if item is not gone))


class LineItemsDesk(Desk[D]):
    """Where it is kept what would be sold: ``sale.line_items``."""

    __slots__ = ()

    @property
    def total(self) -> Money | None:
        """The sum of the rounded totals of all line items; ``None`` where there are none."""
        return total(self.deal.line_items)

    def add(
        self,
        product: str,
        *,
        unit_price: Money,
        quantity: Decimal | int | str = 1,
        discount: Decimal | int | str = 0,
        note: str = "",
    ) -> LineItem:
        """Add a product or service to what would be sold. The amount of the deal stays as it is.

        Args:
            product: what it is; up to 200 characters.
            unit_price: the price of one, in the currency of the other line items.
            quantity: how much of it, with up to six decimal places; more than 0, and never a ``float``.
            discount: the part taken off, a fraction from 0 to 1.
            note: what else there is to say; up to 10,000 characters.

        Returns:
            The line item, with its number.

        Raises:
            CurrencyMismatch: other line items are in another currency.
            WrongType: the price is no ``Money``, or a number is a ``float``.
            InvalidValue: a value breaks the rule of its field, or the total has too many digits.
            NotNow: the deal is closed.

        Example:
            ``sale.line_items.add("seat", quantity=40, unit_price=Money("1200", "EUR"))``
        """
        self._check_open("add a line item")
        event = LineItemAdded(
            at=self._sale.at,
            by=self._sale.by,
            line_item_id=next_id(self.deal.line_items),
            product=product,
            quantity=quantity,
            unit_price=unit_price,
            discount=discount,
            note=note,
        )
        self._check_total(event.line_item())
        self._record(event)
        return self.deal.line_items[-1]

    def change(
        self,
        item: LineItem | int,
        *,
        product: str | None = None,
        unit_price: Money | None = None,
        quantity: Decimal | int | str | None = None,
        discount: Decimal | int | str | None = None,
        note: str | None = None,
    ) -> LineItem:
        """Change a line item. What is not given stays; a discount of 0 takes the discount away.

        Args:
            item: the line item, or its number.
            product: what it is; up to 200 characters.
            unit_price: the price of one, in the currency of the other line items.
            quantity: how much of it, more than 0.
            discount: the part taken off, a fraction from 0 to 1.
            note: replaces the note before.

        Raises:
            UnknownName: the deal has no such line item.
            CurrencyMismatch: other line items are in another currency.
            WrongType: the price is no ``Money``, or a number is a ``float``.
            InvalidValue: nothing is given, a value breaks the rule of its field, or the total has too many
                digits.
            NotNow: the deal is closed.
        """
        self._check_open("change a line item")
        found = find(self.deal.line_items, item, kind="line item")
        if product is None and unit_price is None and quantity is None and discount is None and note is None:
            raise nothing_given("line item", "product", "unit_price", "quantity", "discount", "note")
        event = LineItemChanged(
            at=self._sale.at,
            by=self._sale.by,
            line_item_id=found.id,
            product=found.product if product is None else product,
            quantity=found.quantity if quantity is None else quantity,
            unit_price=found.unit_price if unit_price is None else unit_price,
            discount=found.discount if discount is None else discount,
            note=found.note if note is None else note,
        )
        self._check_total(event.line_item())
        self._record(event)
        return as_it_is(self.deal.line_items, found)

    def remove(self, item: LineItem | int) -> None:
        """Take a line item out. Its number may be given again when it was the last one.

        Raises:
            UnknownName: the deal has no such line item.
            NotNow: the deal is closed.
        """
        self._check_open("remove a line item")
        found = find(self.deal.line_items, item, kind="line item")
        self._record(LineItemRemoved(at=self._sale.at, by=self._sale.by, line_item_id=found.id))

    def _check_total(self, item: LineItem) -> None:
        """Refuse a line item that cannot be summed with the others: another currency, or too many digits."""
        others = [other for other in self.deal.line_items if other.id != item.id]
        if others and others[0].unit_price.currency != item.unit_price.currency:
            raise CurrencyMismatch(others[0].unit_price.currency, item.unit_price.currency, doing="added")
        total([*others, item])
