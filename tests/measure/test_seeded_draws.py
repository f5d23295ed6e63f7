"""Draws under a seed: the published vectors of the generator, and the moments of its distributions."""

from __future__ import annotations

from statistics import fmean, pvariance

import pytest

from salesflow import InvalidValue, WrongType
from salesflow.measure.seeded_draws import SeededDraws

PUBLISHED = {
    1234567: (
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ),
    0: (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F),
}
"""Of splitmix64.c: for the seed 1234567 as listed at Rosetta Code, for 0 as in the tests of the JDK and of numpy."""


@pytest.mark.parametrize(("seed", "expected"), PUBLISHED.items())
def test_the_generator_gives_the_published_numbers(seed, expected):
    draws = SeededDraws(seed)
    assert tuple(draws.bits() for _ in expected) == expected


def test_the_same_seed_gives_the_same_draws_and_another_one_others():
    first, again, other = (SeededDraws(seed) for seed in (7, 7, 8))
    drawn = [first.gamma(2) for _ in range(20)]
    assert [again.gamma(2) for _ in range(20)] == drawn
    assert [other.gamma(2) for _ in range(20)] != drawn


def test_unit_and_normal_draws_are_spread_as_they_should_be():
    draws = SeededDraws(7)
    units = [draws.unit() for _ in range(20_000)]
    assert min(units) >= 0
    assert max(units) < 1
    assert fmean(units) == pytest.approx(0.5, abs=0.01)
    normal = [draws.normal() for _ in range(20_000)]
    assert (fmean(normal), pvariance(normal)) == (pytest.approx(0, abs=0.03), pytest.approx(1, abs=0.03))


@pytest.mark.parametrize("shape", [1, 2, 40])
def test_gamma_draws_have_their_shape_as_mean_and_variance(shape):
    draws = SeededDraws(7)
    drawn = [draws.gamma(shape) for _ in range(20_000)]
    assert fmean(drawn) == pytest.approx(shape, rel=0.03)
    assert pvariance(drawn) == pytest.approx(shape, rel=0.06)
    assert min(drawn) > 0


def test_a_seed_is_a_whole_number_and_a_shape_is_one_or_more():
    for seed in (None, 0.5, "7", True):
        with pytest.raises(WrongType, match="a seed is a whole number"):
            SeededDraws(seed)
    with pytest.raises(InvalidValue, match="a shape is 1 or more"):
        SeededDraws(7).gamma(0)
