"""How alike two names are, word by word.

The words of the two are paired: first those that are the same, then initials with what they may stand for, then (with
the extra ``fuzzy``) those that are nearly the same. What is left over decides: nothing on either side is one name; words
left over on one side only are parts that the other one lacks; on both sides they are different names. So a short name
does not "match" a long one that begins with it, and the answer is the same whichever of the two comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from salesflow.errors import MissingExtra
from salesflow.leads.matching.evidence import Likeness
from salesflow.leads.matching.names import NameForm

__all__ = ["Slips", "are_one_look", "likeness_of_names", "slips_counter"]

Slips = Callable[[str, str, int], int]
"""How many slips of the keyboard lie between two words: letters left out, added, changed, or two swapped. Where there are
more than the third argument says, any larger number."""

_LONG_ENOUGH = 6
_MOST_WORDS = 6


def slips_counter() -> Slips:
    """The counter of slips of rapidfuzz (optimal string alignment).

    Raises:
        MissingExtra: rapidfuzz is not installed.
    """
    try:
        from rapidfuzz.distance import OSA
    except ImportError:
        raise MissingExtra("fuzzy", needed_for="finding names that are nearly the same") from None
    distance = OSA.distance

    def slips(one: str, other: str, most: int) -> int:
        return distance(one, other, score_cutoff=most)

    return slips


def are_one_look(one: NameForm, other: NameForm) -> bool:
    """Whether two names that are not spelled alike look alike, because letters of one are of another alphabet."""
    if one.looks is None and other.looks is None:
        return False
    return (one.looks or one.key) == (other.looks or other.key) and one.plain != other.plain


def likeness_of_names(one: NameForm, other: NameForm, slips: Slips | None) -> Likeness:
    """How alike two names are.

    Args:
        one: a name.
        other: another one.
        slips: what counts slips, or ``None`` where only what is the same counts.
    """
    if one.key == other.key or one.joined == other.joined:
        return Likeness.SAME_NAME if min(one.letters, other.letters) >= _LONG_ENOUGH else Likeness.SAME_SHORT_NAME
    if (one.is_foreign or other.is_foreign) and _sound_alike(one, other):
        return Likeness.SOUNDS_ALIKE
    left, right = _both_left_over(one.words, other.words)
    shared = len(one.words) - len(left)
    initials = _drop_initials(left, right) if one.has_initial or other.has_initial else 0
    near = _drop_near(left, right, slips) if slips is not None and left and right else 0
    if slips is not None and shared and len(left) == len(right) == 1 and _is_short_slip(left[0], right[0], slips):
        return Likeness.SLIP_IN_SHORT_NAME
    if left and right:
        return Likeness.SHARES_PART_OF_NAME if shared or near else Likeness.DIFFERENT_NAME
    return _without_conflict(shared, initials, near, is_whole=not left and not right)


def _without_conflict(shared: int, initials: int, near: int, *, is_whole: bool) -> Likeness:
    """The likeness of two names of which no word stands against another."""
    if shared + near + initials < 2 and not (near and is_whole):
        return Likeness.PART_OF_NAME
    if initials:
        return Likeness.INITIALS if shared or near else Likeness.PART_OF_NAME
    return Likeness.NEARLY_SAME_NAME if is_whole else Likeness.NAME_WITHIN_NAME


def _sound_alike(one: NameForm, other: NameForm) -> bool:
    return len(one.words) == len(other.words) and not set(one.sounds).isdisjoint(other.sounds)


def _both_left_over(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The words of each that do not stand in the other."""
    left, right = [word for word in words if word not in others], [word for word in others if word not in words]
    if (left or right) and len(words) - len(left) == len(others) - len(right):
        return left, right
    return _left_over(words, others), _left_over(others, words)


def _left_over(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """The words that do not stand among the others, where a word may come twice and counts as often."""
    unused = list(others)
    left = []
    for word in words:
        if word in unused:
            unused.remove(word)
        else:
            left.append(word)
    return left


def _drop_initials(left: list[str], right: list[str]) -> int:
    """Take initials and the words that they may stand for off both lists; how many there were."""
    found = 0
    for some, others in ((left, right), (right, left)):
        for initial in [word for word in some if len(word) == 1]:
            meant = next((word for word in others if len(word) > 1 and word[0] == initial), None)
            if meant is not None:
                some.remove(initial)
                others.remove(meant)
                found += 1
    return found


def _drop_near(left: list[str], right: list[str], slips: Slips) -> int:
    """Take pairs of words that are nearly the same off both lists, the nearest first; how many there were."""
    if len(left) == len(right) == 1:
        return _drop_only_pair(left, right, slips)
    if len(left) > _MOST_WORDS or len(right) > _MOST_WORDS:
        return 0
    pairs = [
        (apart, min(one, other), max(one, other), one, other)
        for one in left
        for other in right
        if (most := _most_slips(one, other)) and (apart := slips(one, other, most)) <= most
    ]
    found = 0
    for *_order, one, other in sorted(pairs):
        if one in left and other in right:
            left.remove(one)
            right.remove(other)
            found += 1
    return found


def _drop_only_pair(left: list[str], right: list[str], slips: Slips) -> int:
    most = _most_slips(left[0], right[0])
    if not most or slips(left[0], right[0], most) > most:
        return 0
    left.clear()
    right.clear()
    return 1


def _is_short_slip(one: str, other: str, slips: Slips) -> bool:
    """Whether two words that are too short for that say little lie one slip apart: ``noa`` and ``nao``."""
    return min(len(one), len(other)) in (2, 3) and slips(one, other, 1) <= 1


def _most_slips(one: str, other: str) -> int:
    """How many slips two words may lie apart: none below four letters, one from four, two from eight; our own choice."""
    first, second = len(one), len(other)
    shorter = min(first, second)
    most = 2 if shorter >= 8 else int(shorter >= 4)
    return most if abs(first - second) <= most else 0
