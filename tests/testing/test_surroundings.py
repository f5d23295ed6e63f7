"""What a function leaves behind is seen, whatever it is called by; and so are the values that it compares with."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache, partial, wraps
from itertools import count
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from salesflow import Money
from salesflow.testing.surroundings import changed_in, codes_of, constants_of, surroundings

_seen: list[int] = []
_long = [1] * 20_000
_bytes = bytearray()
_counted = Counter[str]()
_numbers = count()
_waiting = iter([1, 2, 3, 4, 5, 6, 7, 8])
_last = 0
_LIMIT = 41
_SOLD = ("team", "company")


class Stats:
    """Something that keeps a count."""

    calls: ClassVar[int] = 0

    def __init__(self) -> None:
        self.asked = 0


_stats = Stats()


class Keeper:
    kept: list[int] = []  # noqa: RUF012  # the mistake
    waiting: deque[int] = deque()  # noqa: RUF012  # the mistake
    calls = 0

    def keep(self) -> None:
        self.last = getattr(self, "last", 0) + 1

    def put(self) -> None:
        self.waiting.append(1)

    def count(self) -> None:
        type(self).calls += 1

    @classmethod
    def count_them(cls) -> None:
        cls.calls += 1

    def ask_another(self) -> None:
        self.note()

    def ask_what_belongs_to_the_class(self) -> object:
        self.note_for_all()
        return self.odd if hasattr(self, "nothing") else None

    @staticmethod
    def note_for_all() -> None:
        _seen.append(1)

    def note(self) -> None:
        _seen.append(1)


class Odd:
    """A descriptor that cannot be asked of a class."""

    def __get__(self, owner: object, cls: type) -> object:
        if owner is None:
            raise LookupError("ask an object")
        return 1


Keeper.odd = Odd()  # type: ignore[attr-defined]  # on purpose


class Slotted:
    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1

    def ask(self) -> None:
        self.calls += 1


def leave_in_a_list() -> None:
    _seen.append(1)


def leave_in_a_counter() -> None:
    _counted["calls"] += 1


def leave_in_a_global() -> None:
    global _last  # the mistake
    _last += 1


def leave_in_an_object() -> None:
    _stats.asked += 1


def leave_in_a_class() -> None:
    Stats.calls += 1


def take_the_next_number() -> int:
    return next(_numbers)


def take_what_is_next() -> int:
    return next(_waiting)


def through_another_function() -> None:
    leave_in_a_global()


def inside_of_a_comprehension() -> list[None]:
    return [_seen.append(number) for number in range(1)]


def in_its_default(kept: list[int] = []) -> None:  # noqa: B006  # the mistake
    kept.append(1)


def in_itself() -> None:
    in_itself.calls = getattr(in_itself, "calls", 0) + 1  # type: ignore[attr-defined]  # the mistake


def logged(function: Callable[[], object]) -> Callable[[], object]:
    @wraps(function)
    def inner() -> object:
        return function()

    return inner


@lru_cache(maxsize=1)
def cached(kept: tuple[()] = ()) -> None:
    _seen.append(1)


def closing_over() -> Callable[[], object]:
    calls = [0]

    def counts() -> None:
        calls[0] += 1

    return counts


def keep_in(kept: list[int]) -> None:
    kept.append(1)


LEAVING: dict[str, Callable[..., object]] = {
    "a list": leave_in_a_list,
    "a very long list": lambda: _long.append(1),
    "bytes": lambda: _bytes.append(1),
    "a counter": leave_in_a_counter,
    "a global": leave_in_a_global,
    "an object": leave_in_an_object,
    "a class": leave_in_a_class,
    "an endless iterator": take_the_next_number,
    "an iterator": take_what_is_next,
    "another function": through_another_function,
    "a comprehension": inside_of_a_comprehension,
    "its default": in_its_default,
    "itself": in_itself,
    "a closure": closing_over(),
    "a closure behind a decorator": logged(closing_over()),
    "two decorators": logged(logged(closing_over())),
    "a global behind a cache": cached,
    "an argument filled in": partial(keep_in, []),
    "an argument filled in by name": partial(keep_in, kept=[]),
    "a method": Keeper().keep,
    "the list of its class": Keeper().put,
    "the count of its class": Keeper().count,
    "the count of its class, as a method of that": Keeper.count_them,
    "another method": Keeper().ask_another,
    "a method of its class": Keeper().ask_what_belongs_to_the_class,
    "an object that is called": Slotted(),
    "a method of an object with slots": Slotted().ask,
    "a method filled in": partial(Slotted().ask),
}


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
def test_what_it_leaves_behind_is_seen(leave: Any) -> None:
    if leave is cached:
        cached.cache_clear()
    before = surroundings(leave)
    assert changed_in(before, leave) == [], "nothing changes by looking"
    leave()
    assert changed_in(before, leave) != []


@pytest.mark.parametrize(
    ("leave", "place"),
    [
        (LEAVING["a global"], "_last"),
        (LEAVING["a method"], "self.last"),
        (LEAVING["an object that is called"], "self.calls"),
        (LEAVING["an argument filled in"], "argument 1"),
        (LEAVING["an argument filled in by name"], "argument kept"),
        (LEAVING["its default"], "a default of in_its_default"),
        (LEAVING["itself"], "in_itself.calls"),
        (LEAVING["the count of its class"], "Keeper.calls"),
    ],
)
def test_the_place_is_named(leave: Any, place: str) -> None:
    before = surroundings(leave)
    leave()
    assert changed_in(before, leave) == [place]


def test_what_only_looks_leaves_nothing_behind() -> None:
    pattern, settings = re.compile("a"), SimpleNamespace(limit=5)

    def looks() -> object:
        return pattern.match("a"), settings.limit, _LIMIT, list(_SOLD), Stats.calls, sorted(_seen)

    before = surroundings(looks)
    looks()
    assert changed_in(before, looks) == []


def test_of_what_is_no_function_nothing_is_said() -> None:
    assert surroundings(len) == {}
    assert constants_of(len) == ()
    assert codes_of(len) == ()


def test_an_object_that_holds_itself_and_very_much_is_looked_at_to_a_depth() -> None:
    holder = Stats()
    holder.itself = holder  # type: ignore[attr-defined]  # on purpose
    holder.much = [list(range(100)) for _ in range(1000)]  # type: ignore[attr-defined]  # on purpose

    def holds() -> None:
        holder.asked += 1

    before = surroundings(holds)
    holds()
    assert changed_in(before, holds) == ["holder"]


def test_a_name_that_has_no_value_yet_is_no_place() -> None:
    def asks() -> object:
        return value

    assert surroundings(asks) == {}
    value = 1
    assert list(surroundings(asks)) == ["value"]


def test_the_values_that_it_compares_with_are_found_wherever_they_stand() -> None:
    fewest, amount = Decimal("0.25"), Money("5", "EUR")

    class Asks:
        most = 12

        def __init__(self) -> None:
            self.least = 7

        def asked(self, deal: Any) -> Iterator[bool]:
            yield deal.source in ("fair", "referral") and self.least < deal.seats < self.most and deal.seats > _LIMIT
            yield deal.plan in _SOLD and deal.share > fewest and deal.amount > amount

    def filled_in(least: int, deal: Any) -> bool:
        return bool(deal.seats > least)

    found = constants_of(Asks().asked)
    assert {"fair", "referral", "team", "company", 7, 12, 41, fewest, amount} <= set(found)
    assert 2_000 in constants_of(partial(filled_in, 2_000))
