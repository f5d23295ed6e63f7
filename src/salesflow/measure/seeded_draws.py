"""Draws under a given seed: the same seed gives the same draws, on every machine and in every version.

The generator is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), in the
form published by Vigna: 64 bits of state, one addition and two multiplications a draw. It passes BigCrush; it is not for
secrets. Normal draws are made by the polar method of Marsaglia (1964), gamma draws by Marsaglia and Tsang (2000).
"""

from __future__ import annotations

from math import log, sqrt

from salesflow.errors import InvalidValue, WrongType

__all__ = ["SeededDraws"]

_MASK = 2**64 - 1
_STEP = 0x9E3779B97F4A7C15


class SeededDraws:
    """A sequence of draws.

    Args:
        seed: a whole number; its last 64 bits count.

    Raises:
        WrongType: the seed is no whole number.
    """

    __slots__ = ("_spare", "_state")

    def __init__(self, seed: int) -> None:
        if type(seed) is not int:
            raise WrongType("a seed is a whole number", field="seed", value=seed, way_out="give seed=7, say")
        self._state = seed & _MASK
        self._spare: float | None = None

    def bits(self) -> int:
        """The next 64 bits, as a number from 0 up."""
        self._state = (self._state + _STEP) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def unit(self) -> float:
        """A number from 0 up to and not including 1, one of 2**53 equally likely ones."""
        return (self.bits() >> 11) * 2.0**-53

    def normal(self) -> float:
        """A number of the standard normal distribution."""
        if self._spare is not None:
            spare, self._spare = self._spare, None
            return spare
        while True:
            first, second = 2 * self.unit() - 1, 2 * self.unit() - 1
            square = first * first + second * second
            if 0 < square < 1:
                factor = sqrt(-2 * log(square) / square)
                self._spare = second * factor
                return first * factor

    def gamma(self, shape: int) -> float:
        """A number of the gamma distribution with a scale of 1.

        Args:
            shape: a whole number from 1 up; also the mean.

        Raises:
            InvalidValue: it is below 1.
        """
        if shape < 1:
            raise InvalidValue("a shape is 1 or more", field="shape", value=shape)
        third = shape - 1 / 3
        narrow = 1 / sqrt(9 * third)
        while True:
            around = self.normal()
            root = 1 + narrow * around
            if root <= 0:
                continue
            cube = root * root * root
            chance = 1 - self.unit()
            if log(chance) < 0.5 * around * around + third * (1 - cube + log(cube)):
                return third * cube
