"""What is read is what was written: storages that lose a digit, a letter, a zone or a kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from storage.contract_catches.small import Defects, Small, named

from salesflow import Contact, Deal, Money
from salesflow.entity import Entity
from salesflow.event import Recorded
from salesflow.storage.audit import ChainLink

DEFECTS = Defects()


class Lossy(Small):
    """Keeps something else than what was written, and has no audit chain that would refuse what cannot be written."""

    def link(self, recorded: Recorded, number: int) -> ChainLink:
        return ChainLink(content="", redacted="", hash="")

    def kept(self, value: Any) -> Any:
        if attrs.has(type(value)):
            fields = {one.name: getattr(value, one.name) for one in attrs.fields(type(value)) if one.init}
            if isinstance(value, Money):
                return self.part(value)
            changed = {name: self.kept(part) for name, part in fields.items()}
            return attrs.evolve(value, **{name: new for name, new in changed.items() if new is not fields[name]})
        if type(value) is tuple:
            return tuple(self.kept(part) for part in value)
        return self.part(value)

    def part(self, value: Any) -> Any:
        raise NotImplementedError


@DEFECTS.caught_by("test_every_digit_of_a_large_amount_is_kept")
class AmountsAsFloats(Lossy):
    def part(self, value: Any) -> Any:
        if not isinstance(value, Money):
            return value
        return Money.rounded(Decimal(f"{float(value.amount):.2f}"), value.currency)


@DEFECTS.caught_by("test_the_zeros_at_the_end_of_a_probability_are_kept")
class DigitsNormalized(Lossy):
    def part(self, value: Any) -> Any:
        return value.normalize() if isinstance(value, Decimal) else value


@DEFECTS.caught_by("test_thirty_four_digits_of_a_probability_are_kept")
class TwentyEightDigits(Lossy):
    def part(self, value: Any) -> Any:
        return +value if isinstance(value, Decimal) else value


@DEFECTS.caught_by("test_an_amount_of_zero_is_not_an_amount_that_is_not_known")
class ZeroIsUnknown(Lossy):
    def part(self, value: Any) -> Any:
        return None if isinstance(value, Money) and value.is_zero else value


@DEFECTS.caught_by("test_no_employees_is_not_an_unknown_number_of_them")
class UnknownIsZero(Small):
    def kept(self, value: Any) -> Any:
        return attrs.evolve(value, employees=value.employees or 0) if hasattr(value, "employees") else value


@DEFECTS.caught_by("test_a_microsecond_is_kept", "test_a_microsecond_decides_whether_a_moment_lies_in_a_range")
class MicrosecondsDropped(Lossy):
    def part(self, value: Any) -> Any:
        return value.replace(microsecond=0) if isinstance(value, datetime) else value


@DEFECTS.caught_by("test_the_last_microsecond_of_a_second_is_kept")
class MomentsAsFloats(Lossy):
    def part(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        return value.replace(microsecond=value.microsecond // 1000 * 1000)


@DEFECTS.caught_by("test_the_offset_of_a_moment_is_kept")
class MomentsInUtc(Lossy):
    def part(self, value: Any) -> Any:
        return value.astimezone(UTC) if isinstance(value, datetime) and value.year > 1 else value


@DEFECTS.caught_by("test_the_named_zone_of_a_moment_is_kept")
class ZonesAsOffsets(Lossy):
    def part(self, value: Any) -> Any:
        return datetime.fromisoformat(value.isoformat()) if isinstance(value, datetime) else value


@DEFECTS.caught_by("test_the_hour_that_comes_twice_when_summer_time_ends_is_kept_apart")
class FoldForgotten(Lossy):
    def part(self, value: Any) -> Any:
        return value.replace(fold=0) if isinstance(value, datetime) else value


@DEFECTS.caught_by("test_space_around_text_is_kept")
class TextStripped(Lossy):
    def part(self, value: Any) -> Any:
        return value.strip() if type(value) is str else value


@DEFECTS.caught_by("test_hebrew_and_emoji_are_kept")
class ThreeBytesACharacter(Lossy):
    def part(self, value: Any) -> Any:
        return "".join(char for char in value if ord(char) < 0x10000) or "?" if type(value) is str and value else value


@DEFECTS.caught_by("test_two_ways_to_write_a_letter_stay_two")
class TextNormalized(Lossy):
    def part(self, value: Any) -> Any:
        import unicodedata

        return unicodedata.normalize("NFC", value) if type(value) is str else value


@DEFECTS.caught_by("test_text_that_looks_like_a_number_stays_text", "test_ids_that_are_equal_as_numbers_are_two")
class NumberAffinity(Lossy):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return super().key(kind, str(int(id)) if id.isdecimal() else id)

    def part(self, value: Any) -> Any:
        return str(int(value)) if type(value) is str and value.isdecimal() else value


@DEFECTS.caught_by("test_a_deal_that_went_through_every_stage_is_read_as_it_was_written")
class HistoryOfMovesAlone(Small):
    def history(self, kind: type[Entity], id: str, /) -> Sequence[Recorded]:
        return [one for one in super().history(kind, id) if hasattr(one.event, "target") or one.version == 1]


@DEFECTS.caught_by("test_ids_that_differ_in_one_letters_case_are_two")
class IdsIgnoreCase(Small):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return super().key(kind, id.lower())


@DEFECTS.caught_by("test_kinds_do_not_share_their_ids")
class OneTableForAllKinds(Small):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return self.tenant, Entity, id


@DEFECTS.caught_by("test_a_plain_deal_is_no_deal_of_an_own_class")
class AnyClassWillDo(Small):
    def get(self, kind: type[Any], id: str, /) -> Any:
        return super().get(kind.root(), id)


@DEFECTS.caught_by("test_more_than_thirty_four_digits_are_kept_or_refused")
class FortyDigits(Lossy):
    def part(self, value: Any) -> Any:
        return Decimal(str(value)[:42]) if isinstance(value, Decimal) else value


@DEFECTS.caught_by("test_the_largest_whole_number_of_64_bits_is_kept")
class WholeNumbersAsFloats(Lossy):
    def part(self, value: Any) -> Any:
        return int(float(value)) if type(value) is int and value > 2**53 else value


@DEFECTS.caught_by("test_whole_numbers_beyond_64_bits_are_kept_or_refused")
class WholeNumbersWrapAround(Lossy):
    def part(self, value: Any) -> Any:
        return value % 2**64 if type(value) is int else value


@DEFECTS.caught_by("test_a_text_with_a_nul_is_kept_or_refused", "test_an_id_that_cannot_be_stored_is_not_found")
class TextEndsAtTheNul(Lossy):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return super().key(kind, id.split("\x00", maxsplit=1)[0])

    def part(self, value: Any) -> Any:
        return value.split("\x00")[0] if type(value) is str else value


@DEFECTS.caught_by("test_half_of_a_surrogate_pair_is_kept_or_refused")
class QuestionMarksForSurrogates(Lossy):
    def part(self, value: Any) -> Any:
        return value.encode("utf-8", "replace").decode() if type(value) is str else value


@DEFECTS.caught_by("test_a_text_with_a_nul_is_kept_or_refused")
class RefusesAfterItWrote(Small):
    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock():
            yield


@DEFECTS.caught_by("test_an_id_that_cannot_be_stored_is_not_found")
class FailsOnAStrangeId(Small):
    def get(self, kind: type[Any], id: str, /) -> Any:
        id.encode()
        return super().get(kind, id)


@DEFECTS.caught_by("test_a_text_that_is_empty_is_not_one_that_is_not_known")
class EmptyIsUnknown(Small):
    def kept(self, value: Any) -> Any:
        if isinstance(value, Contact) and value.notes == "":
            return attrs.evolve(value, notes="unknown")
        return value


@DEFECTS.caught_by("test_lines_keep_their_order_and_come_as_often_as_they_were_written")
class LinesAsASet(Small):
    def kept(self, value: Any) -> Any:
        return attrs.evolve(value, likes=sorted(set(value.likes))) if isinstance(value, Contact) else value


@DEFECTS.caught_by("test_tuples_within_records_within_tuples_are_kept")
class OneLevelOfTuples(Small):
    def kept(self, value: Any) -> Any:
        if not isinstance(value, Deal) or not value.objections:
            return value
        flat = [
            attrs.evolve(
                one, answers=tuple(attrs.evolve(answer, evidence=answer.evidence[:1]) for answer in one.answers)
            )
            for one in value.objections
        ]
        return attrs.evolve(value, objections=tuple(flat))


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
