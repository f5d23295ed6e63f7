"""The benchmark of finding duplicates runs, and its made-up contacts are what it says. No time is asserted here."""

from __future__ import annotations

import pytest
from benchmarks.generated_contacts import population

from salesflow.leads.duplicates import DuplicateIndex
from salesflow.leads.matching_rules import MatchingRules


def found_in(made, **rules):
    hits = DuplicateIndex(made.contacts, rules=MatchingRules(**rules)).pairs()
    return {tuple(sorted((hit.entity.id, hit.other.id))) for hit in hits if hit.is_likely}


def test_the_same_seed_gives_the_same_contacts():
    assert population(300, seed=7) == population(300, seed=7)
    assert population(300, seed=7) != population(300, seed=8)


def test_a_tenth_is_seeded_duplicates_of_every_kind():
    made = population(3000, seed=7)
    assert len(made.contacts) == 3000
    assert len(made.duplicates) == 300
    assert made.duplicates <= made.one_person
    said = " ".join(made.how.values())
    for way in (
        "a slip",
        "family name first",
        "another alphabet",
        "full width",
        "with an initial",
        "e-mail lost",
        "phone lost",
    ):
        assert way in said
    assert not all(contact.name.isascii() for contact in made.contacts)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nearly_all_seeded_duplicates_are_found_and_hardly_anybody_else(seed):
    made = population(3000, seed=seed)
    found = found_in(made, is_fuzzy=True)
    assert len(found & made.duplicates) / len(made.duplicates) >= 0.95
    assert len(found & made.one_person) / len(found) >= 0.95


def test_without_nearly_equal_names_fewer_are_found_and_nobody_else():
    made = population(3000, seed=1)
    found = found_in(made)
    assert found < found_in(made, is_fuzzy=True)
    assert len(found & made.one_person) / len(found) >= 0.95


def test_the_benchmark_gives_its_three_ratios_and_what_they_are_made_of():
    pytest.importorskip("numpy")
    from benchmarks.duplicates_bench import measure

    measured = measure(quick=True)
    assert {"duplicates_speedup", "duplicates_precision", "duplicates_recall"} <= set(measured)
    assert all(value > 0 for value in measured.values())
