"""How alike two names are, word by word."""

from __future__ import annotations

import pytest

from salesflow.leads.matching.evidence import Likeness
from salesflow.leads.matching.name_likeness import are_one_look, likeness_of_names, slips_counter
from salesflow.leads.matching.names import read_person_name


def likeness(one, other, slips=None):
    left, right = read_person_name(one), read_person_name(other)
    said = likeness_of_names(left, right, slips)
    assert likeness_of_names(right, left, slips) is said, "it does not matter which comes first"
    return said


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("Noa Levi", "Levi Noa", Likeness.SAME_NAME),
        ("Jean-Paul Meyer", "Jeanpaul Meyer", Likeness.SAME_NAME),
        ("Cher", "CHER", Likeness.SAME_SHORT_NAME),
        ("李明", "李明", Likeness.SAME_NAME),
        ("Noa Levi", "Noa Rachel Levi", Likeness.NAME_WITHIN_NAME),
        ("N. Levi", "Noa Levi", Likeness.INITIALS),
        ("N. R. Levi", "Noa Rachel Levi", Likeness.INITIALS),
        ("Н. Петров", "Nikolai Petrov", Likeness.INITIALS),
        ("N. L.", "Noa Levi", Likeness.PART_OF_NAME),
        ("Levi", "Noa Levi", Likeness.PART_OF_NAME),
        ("N", "Noa", Likeness.PART_OF_NAME),
        ("M. Levi", "Noa Levi", Likeness.SHARES_PART_OF_NAME),
        ("Dan Levi", "Noa Levi", Likeness.SHARES_PART_OF_NAME),
        ("Dan Cohen", "Noa Levi", Likeness.DIFFERENT_NAME),
        ("Duran Duran", "Duran Simon", Likeness.SHARES_PART_OF_NAME),
        ("נועה לוי", "Noa Levi", Likeness.SOUNDS_ALIKE),
        ("נועה לוי", "Dan Levi", Likeness.DIFFERENT_NAME),
        ("Jonathan Smithson", "Jonathon Smithson", Likeness.SHARES_PART_OF_NAME),
    ],
)
def test_what_is_the_same_counts(one, other, said):
    assert likeness(one, other) is said


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("Jonathan Smithson", "Jonathon Smithson", Likeness.NEARLY_SAME_NAME),
        ("Jonathan Smithson", "Jonahtan Smihtson", Likeness.NEARLY_SAME_NAME),
        ("Jonathan Smithson", "Jonxxxan Smithson", Likeness.SHARES_PART_OF_NAME),
        ("Zoonoodle", "Zoonodle", Likeness.NEARLY_SAME_NAME),
        ("Noa Levi", "Nao Levi", Likeness.SLIP_IN_SHORT_NAME),
        ("Noa Levi", "Dan Levi", Likeness.SHARES_PART_OF_NAME),
        ("Noa Rachel Levi", "Noa Rahcel Levy", Likeness.NEARLY_SAME_NAME),
        ("Rachel Levi", "Rahcel Levi Cohen", Likeness.NAME_WITHIN_NAME),
        ("Dan Cohen", "Noa Levi", Likeness.DIFFERENT_NAME),
        ("a b c d e f g h", "i j k l m n o p", Likeness.DIFFERENT_NAME),
    ],
)
def test_what_is_nearly_the_same_counts_with_the_extra_fuzzy(one, other, said):
    assert likeness(one, other, slips_counter()) is said


def test_two_names_look_alike_only_where_letters_of_another_alphabet_stand_in_one():
    latin, mixed = read_person_name("Noa Levi"), read_person_name("Nоa Levi")
    assert are_one_look(latin, mixed)
    assert are_one_look(mixed, latin)
    assert not are_one_look(latin, latin)
    assert not are_one_look(mixed, mixed)
    assert not are_one_look(read_person_name("Иван Петров"), read_person_name("Ivan Petrov"))
