"""Distributions: exact, of few different values, or as a sketch; merged in any order."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow import InvalidValue
from salesflow.measure.distribution import Distribution, Histogram, Kept, Quantile, Sketch, Stored, distribution

whole_numbers = st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=30)
LOWER = "lower"


def of(kind, values):
    made = kind()
    made.add_all(values)
    return made


@given(whole_numbers, st.sampled_from(["0", "0.25", "0.5", "1"]))
def test_both_exact_ways_say_the_same(values, at):
    wanted = Quantile(at)
    assert of(Histogram, values).quantile(wanted) == of(Stored, values).quantile(wanted)


@given(whole_numbers, whole_numbers, st.sampled_from([Histogram, Sketch, Stored]))
def test_two_merged_are_one_of_both(some, others, kind):
    merged, both = of(kind, some), of(kind, [*some, *others])
    merged.quantile(Quantile("0.5"))
    merged.merge(of(kind, others))
    assert [merged.quantile(Quantile(at)) for at in ("0", "0.3", "1")] == [
        both.quantile(Quantile(at)) for at in ("0", "0.3", "1")
    ]
    assert (merged.count, merged.total, merged.least, merged.most) == (
        len(some) + len(others),
        sum(some) + sum(others),
        min(*some, *others),
        max(*some, *others),
    )


@given(whole_numbers, st.sampled_from(["0", "0.4", "0.5", "0.9", "1"]))
def test_a_sketch_is_at_most_a_64th_off_below_zero_too(values, at):
    exact = of(Histogram, values).quantile(Quantile(at, LOWER))
    assert abs(of(Sketch, values).quantile(Quantile(at, LOWER)) - exact) <= abs(exact) / 64


@given(st.integers(1, 10**15))
def test_a_sketch_of_one_value_is_exact(value):
    assert of(Sketch, [value]).quantile(Quantile("0.5")) == value


def test_the_nearest_rank_is_always_one_of_the_values():
    nearest = "nearest rank"
    values = of(Histogram, [10, 20, 30, 40])
    found = [values.quantile(Quantile(at, nearest)) for at in ("0", "0.25", "0.26", "0.5", "1")]
    assert found == [10, 10, 20, 20, 40]


def test_interpolation_is_exact():
    assert of(Stored, [1, 2]).quantile(Quantile("0.1")) == Fraction(11, 10)


def test_nothing_was_kept_where_nothing_was_asked_for():
    with pytest.raises(InvalidValue, match="the values were not kept"):
        of(Distribution, [1, 2]).quantile(Quantile("0.5"))
    with pytest.raises(InvalidValue, match="there is no value"):
        Histogram().quantile(Quantile("0.5"))


@pytest.mark.parametrize(
    ("kept", "repeats", "kind"),
    [
        (None, True, Distribution),
        (Kept.SKETCH, True, Sketch),
        (Kept.EXACT, True, Histogram),
        (Kept.EXACT, False, Stored),
    ],
)
def test_what_is_kept_depends_on_what_was_asked_for(kept, repeats, kind):
    assert type(distribution(kept=kept, repeats=repeats)) is kind


def test_adding_nothing_changes_nothing():
    values = of(Stored, [])
    values.merge(of(Stored, []))
    assert (values.count, values.least, values.most) == (0, None, None)
