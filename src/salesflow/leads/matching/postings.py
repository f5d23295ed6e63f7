"""Which records have a key: an index in memory, built for millions of keys of which most belong to one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["Postings"]


class Postings:
    """The numbers of records by key; where only one record has a key, its number is kept bare, which saves memory."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: dict[str, int | list[int]] = {}

    def of(self, key: str) -> Iterable[int]:
        """The records that have a key, in the order in which they were added."""
        numbers = self._numbers.get(key, ())
        return (numbers,) if isinstance(numbers, int) else numbers

    def count(self, key: str) -> int:
        """How many records have a key."""
        numbers = self._numbers.get(key)
        return 0 if numbers is None else 1 if isinstance(numbers, int) else len(numbers)

    def add(self, number: int, keys: Iterable[str]) -> None:
        """Note that a record has these keys, each named once."""
        known = self._numbers
        for key in keys:
            numbers = known.setdefault(key, number)
            if numbers == number:
                continue
            if isinstance(numbers, int):
                known[key] = [numbers, number]
            else:
                numbers.append(number)

    def remove(self, number: int, keys: Iterable[str]) -> None:
        """Forget a record, which has these keys."""
        for key in keys:
            numbers = self._numbers[key]
            if isinstance(numbers, int):
                del self._numbers[key]
            else:
                numbers.remove(number)
                if len(numbers) == 1:
                    self._numbers[key] = numbers[0]

    def shared(self, keys: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
        """Of these keys those that several records have, with these records in the order in which they were added."""
        known = self._numbers.get
        for key in keys:
            numbers = known(key)
            if type(numbers) is list:
                yield key, numbers

    def above(self, most: int) -> Iterator[tuple[str, int]]:
        """The keys that more records have than that, and how many have each."""
        for key, numbers in self._numbers.items():
            if not isinstance(numbers, int) and len(numbers) > most:
                yield key, len(numbers)
