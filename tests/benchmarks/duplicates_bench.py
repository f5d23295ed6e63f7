"""Duplicates among 100,000 contacts: through matching keys, and by comparing all pairs with rapidfuzz.

A program, not a test::

    uv run --group bench tests/benchmarks/duplicates_bench.py            # 100,000 contacts
    uv run --group bench tests/benchmarks/duplicates_bench.py --quick    # 5,000

What is compared: **ours** reads every contact, builds the index and finds all pairs, nearly equal names included. **All
pairs** is ``rapidfuzz.process.cdist`` on the names and on the e-mail addresses of a sample, in one thread, as ours is;
the time grows with the square of the number and is extrapolated so. It gets the better end: names and addresses are read for it
beforehand, in Latin letters and sorted, which ours has to do itself; phone numbers and organizations are given to it for
nothing; and the time of the decision does not count, only that of the two comparisons. ``token_set_ratio`` is the
cheapest of its scorers with which it finds as many of the seeded duplicates as ours (``ratio`` and ``token_sort_ratio``
stay below 0.94 and are two to ten times as fast; ``WRatio`` finds as many and takes 1.6 times as long).

The contacts are made up (``generated_contacts.py``), from a seed, and were not looked at when the keys were chosen other
than through the figures printed here. Precision counts all hits: how many are one person. Recall counts the seeded duplicates.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.generated_contacts import Population, population

from salesflow.leads.duplicates import DuplicateIndex
from salesflow.leads.matching.names import read_person_name
from salesflow.leads.matching.phones import read_phone
from salesflow.leads.matching_rules import MatchingRules
from salesflow.people.contact import Contact
from salesflow.values.contact_details import PhoneNumber

SEED = 20261102
ALIKE, SAME_NAME, SAME_MAILBOX = 80, 97, 97
"""From which similarity on all pairs takes two names for alike, two names alone for one, and two addresses for one."""

Pairs = frozenset[tuple[str, str]]


def timed(work: Callable[[], object]) -> float:
    """Seconds of the processor, so that a busy machine slows no side, with the collector off while it runs, for both."""
    gc.collect()
    gc.disable()
    try:
        begin = time.process_time()
        work()
        return time.process_time() - begin
    finally:
        gc.enable()


def by_keys(contacts: tuple[Contact, ...], found: set[tuple[str, str]]) -> None:
    """All likely pairs, through matching keys."""
    index = DuplicateIndex(contacts, rules=MatchingRules(is_fuzzy=True))
    for hit in index.pairs():
        if hit.is_likely:
            one, other = sorted((hit.entity.id, hit.other.id))
            found.add((one, other))


def a_sample(made: Population, size: int) -> list[Contact]:
    """Contacts of whom some are seeded duplicates: a tenth, as among all."""
    draw = random.Random(SEED)
    wanted = {id for pair in draw.sample(sorted(made.duplicates), size // 20) for id in pair}
    others = [contact.id for contact in made.contacts if contact.id not in wanted]
    wanted.update(draw.sample(others, size - len(wanted)))
    return [contact for contact in made.contacts if contact.id in wanted]


def all_pairs(sample: list[Contact]) -> tuple[float, Pairs]:
    """Seconds of comparing all pairs of names and of addresses with rapidfuzz, and the pairs taken for one person."""
    names = [form.key if (form := read_person_name(one.name)) else "" for one in sample]
    mailboxes = [one.email.matching_key if one.email else "" for one in sample]
    matrices: list[np.ndarray] = []

    def compare() -> None:
        matrices.append(process.cdist(names, names, scorer=fuzz.token_set_ratio, dtype=np.uint8, score_cutoff=ALIKE))
        matrices.append(
            process.cdist(mailboxes, mailboxes, scorer=fuzz.ratio, dtype=np.uint8, score_cutoff=SAME_MAILBOX)
        )

    seconds = timed(compare)
    by_name, by_mailbox = matrices
    known = np.array([bool(mailbox) for mailbox in mailboxes])
    same_mailbox = (by_mailbox > 0) & known[:, None] & known
    phones, mobiles = [_subscriber(one.phone) for one in sample], [_subscriber(one.mobile) for one in sample]
    numbers: dict[object, int] = {}
    lines = [_codes(phones, numbers), _codes(mobiles, numbers)]
    same_phone = np.logical_or.reduce([_equal(one, other) for one in lines for other in lines])
    employers = _codes([one.organization_id for one in sample], {})
    alike = (by_name > 0) & (same_mailbox | same_phone | _equal(employers, employers))
    taken = np.triu(alike | (by_name >= SAME_NAME) | (same_mailbox & (by_mailbox == 100)), 1)
    ids = [one.id for one in sample]
    pairs = ((ids[row], ids[column]) for row, column in zip(*np.nonzero(taken), strict=True))
    return seconds, frozenset((min(pair), max(pair)) for pair in pairs)


def _subscriber(phone: PhoneNumber | None) -> str | None:
    line = None if phone is None else read_phone(phone)
    return None if line is None else line.subscriber


def _codes(values: list[object], numbers: dict[object, int]) -> np.ndarray:
    """A number for each value, the same for the same; 0 for none."""
    return np.array([0 if value is None else numbers.setdefault(value, len(numbers) + 1) for value in values])


def _equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one[:, None] == other) & (one > 0)[:, None]


def measure(quick: bool) -> dict[str, float]:
    """The three ratios and the seconds behind them."""
    size, sample_size = (5_000, 1_000) if quick else (100_000, 4_000)
    made = population(size, seed=SEED)
    found: set[tuple[str, str]] = set()
    sample = a_sample(made, sample_size)
    before, taken = all_pairs(sample)
    ours = timed(lambda: by_keys(made.contacts, found))
    after, _taken = all_pairs(sample)
    extrapolated = (before + after) / 2 * (size / sample_size) ** 2 / 2
    inside = {contact.id for contact in sample}
    seeded = frozenset(pair for pair in made.duplicates if inside.issuperset(pair))
    return {
        "duplicates_speedup": extrapolated / ours,
        "duplicates_precision": len(found & made.one_person) / len(found),
        "duplicates_recall": len(found & made.duplicates) / len(made.duplicates),
        "duplicates_contacts": float(size),
        "duplicates_seeded": float(len(made.duplicates)),
        "duplicates_hits": float(len(found)),
        "duplicates_seconds": ours,
        "duplicates_all_pairs_seconds": extrapolated,
        "duplicates_all_pairs_recall_on_sample": len(taken & seeded) / len(seeded),
        "duplicates_all_pairs_precision_on_sample": len(taken & made.one_person) / len(taken),
        "duplicates_recall_on_sample": len(found & seeded) / len(seeded),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="5,000 contacts")
    print(json.dumps(measure(parser.parse_args().quick), indent=2))


if __name__ == "__main__":
    main()
