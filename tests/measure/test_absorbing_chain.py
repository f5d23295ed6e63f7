"""Absorbing chains against their closed forms."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.measure.absorbing_chain import AbsorbingChain

NOTHING = Fraction(0)


def ruin(states: int, up: Fraction) -> tuple[AbsorbingChain[Fraction], list[Fraction]]:
    """The gambler's ruin: from each of the states up or down by one; ruined below the first, rich above the last."""
    moves = [
        {place: chance for place, chance in ((state - 1, 1 - up), (state + 1, up)) if 0 <= place < states}
        for state in range(states)
    ]
    rich = [up if state == states - 1 else NOTHING for state in range(states)]
    ruined = [1 - up if state == 0 else NOTHING for state in range(states)]
    return AbsorbingChain(moves, [one + other for one, other in zip(rich, ruined, strict=True)]), rich


@pytest.mark.parametrize("states", [1, 2, 7, 40])
@pytest.mark.parametrize("up", [Fraction(1, 2), Fraction(3, 5), Fraction(1, 10)])
def test_the_gamblers_ruin_has_its_closed_form(states, up):
    chain, rich = ruin(states, up)
    ratio, goal = (1 - up) / up, states + 1
    fair = ratio == 1
    chances = [Fraction(n, goal) if fair else (1 - ratio**n) / (1 - ratio**goal) for n in range(1, goal)]
    assert chain.solved(rich) == chances
    steps = [
        Fraction(n * (goal - n)) if fair else (n - goal * chance) / (1 - 2 * up)
        for n, chance in zip(range(1, goal), chances, strict=True)
    ]
    assert chain.solved([Fraction(1)] * states) == steps
    assert chain.never(NOTHING) == [0] * states


@pytest.mark.parametrize("chance", [Fraction(1), Fraction(1, 3), Fraction(1, 1000)])
def test_a_stage_that_is_tried_again_takes_the_inverse_of_its_chance(chance):
    chain = AbsorbingChain([{0: 1 - chance}], [chance])
    assert chain.solved([Fraction(1)]) == [1 / chance]
    assert chain.solved([chance]) == [1]


def test_a_circle_without_a_way_out_is_a_trap():
    half = Fraction(1, 2)
    chain = AbsorbingChain([{1: half}, {2: Fraction(1)}, {1: Fraction(1)}], [half, NOTHING, NOTHING])
    assert chain.traps == (1,)
    assert chain.never(NOTHING) == [half, 1, 1]


def test_a_state_without_a_move_is_a_trap_and_no_chain_is_none():
    assert AbsorbingChain([{}], [NOTHING]).traps == (0,)
    assert AbsorbingChain[Fraction]([], []).solved([]) == []


counts = st.integers(0, 9)


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(counts, min_size=n + 2, max_size=n + 2), min_size=n, max_size=n)
    )
)
def test_solutions_solve_their_equations_and_the_ends_make_one(table):
    states = len(table)
    shares = [[Fraction(one, sum(row) or 1) for one in row] for row in table]
    chain = AbsorbingChain(
        [{place: row[place] for place in range(states) if row[place]} for row in shares],
        [row[states] + row[states + 1] for row in shares],
    )
    win, lose = (chain.solved([row[states + end] for row in shares]) for end in (0, 1))
    never = chain.never(NOTHING)
    assert [one + other + last for one, other, last in zip(win, lose, never, strict=True)] == [1] * states
    for state, row in enumerate(shares):
        if never[state] == 0:
            assert win[state] == row[states] + sum(row[place] * win[place] for place in range(states))
    floats = AbsorbingChain(
        [{place: float(row[place]) for place in range(states) if row[place]} for row in shares],
        [float(row[states] + row[states + 1]) for row in shares],
    )
    assert floats.solved([float(row[states]) for row in shares]) == pytest.approx([float(one) for one in win])
    assert floats.traps == chain.traps
