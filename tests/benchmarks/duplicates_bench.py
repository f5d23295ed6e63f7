"""Duplicates among 100,000 contacts: through matching keys, and by comparing all pairs with rapidfuzz.

A program, not a test::

    uv run --group bench tests/benchmarks/duplicates_bench.py            # 100,000 contacts
    uv run --group bench tests/benchmarks/duplicates_bench.py --quick    # 5,000

**Ours** reads every contact, builds the index and finds all pairs, nearly equal names included. **All pairs** is
``rapidfuzz.process.cdist`` on what ours compares too, the names, the e-mail addresses and the phone and mobile numbers (each of
two with each of two), of a sample, in one thread, as ours is; the time grows with the square of the number and is
extrapolated so. Organizations are given to it for nothing, phone numbers are read for it, and the time of its decision does not
count. Which names it compares decides, so there are two figures:

- ``duplicates_speedup``: the names as they are written (rapidfuzz's ``default_process``), with ``token_sort_ratio`` from 60 on: the
  cheapest of its scorers with which it finds as many of the seeded duplicates as ours (``ratio`` takes a third of the
  time and stays at 0.85 to 0.94, ``token_set_ratio`` takes twice the time and finds no more).
- ``duplicates_speedup_on_read_names``: the names as ours has read them, in Latin letters and sorted, the reading not
  counted. Then plain ``ratio`` finds as many. This is the harder comparison, and **it stays at about 50**.

Either way all pairs takes more people for one who are not (see the ``precision`` figures); no threshold of one scorer changes that.

The contacts are made up from a seed (``generated_contacts.py``). The points that likenesses are worth, and what counts as a
seeded duplicate, were settled while looking at what was missed and what was wrong in other seeds of the same generator; so
precision and recall say how well keys and points fit people like these, not people in general. Precision counts all
hits: how many are one person. Recall counts the seeded duplicates.
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
from rapidfuzz.utils import default_process

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.generated_contacts import Population, population

from salesflow.leads.duplicates import DuplicateIndex
from salesflow.leads.matching.names import read_person_name
from salesflow.leads.matching.phones import read_phone
from salesflow.leads.matching_rules import MatchingRules
from salesflow.people.contact import Contact
from salesflow.values.contact_details import PhoneNumber

SEED = 20261102
ALIKE, SAME_NAME, SAME = 60, 97, 97
"""From which similarity on all pairs takes two names for alike, two names alone for one, and two addresses or numbers for one."""

Pairs = frozenset[tuple[str, str]]
Scorer = Callable[..., float]


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


def as_written(contact: Contact) -> str:
    """A name as rapidfuzz prepares it."""
    return str(default_process(contact.name))


def as_read(contact: Contact) -> str:
    """A name as ours reads it."""
    form = read_person_name(contact.name)
    return "" if form is None else form.key


def all_pairs(sample: list[Contact], name_of: Callable[[Contact], str], scorer: Scorer) -> tuple[float, Pairs]:
    """Seconds of comparing all pairs of names, of addresses and of numbers with rapidfuzz, and the pairs taken for one person."""
    names = [name_of(one) for one in sample]
    mailboxes = [one.email.matching_key if one.email else "" for one in sample]
    phones, mobiles = [_subscriber(one.phone) for one in sample], [_subscriber(one.mobile) for one in sample]
    numbers = [(one, other) for one in (phones, mobiles) for other in (phones, mobiles)]
    matrices: list[np.ndarray] = []

    def compare() -> None:
        matrices.append(process.cdist(names, names, scorer=scorer, dtype=np.uint8, score_cutoff=ALIKE))
        for one, other in ((mailboxes, mailboxes), *numbers):
            matrices.append(process.cdist(one, other, scorer=fuzz.ratio, dtype=np.uint8, score_cutoff=SAME))

    seconds = timed(compare)
    by_name, by_mailbox, *by_number = matrices
    same_mailbox = (by_mailbox > 0) & _known(mailboxes, mailboxes)
    same_phone = np.logical_or.reduce(
        [(score == 100) & _known(*pair) for score, pair in zip(by_number, numbers, strict=True)]
    )
    employers = _codes([one.organization_id for one in sample], {})
    alike = (by_name > 0) & (same_mailbox | same_phone | _equal(employers, employers))
    taken = np.triu(alike | (by_name >= SAME_NAME) | (same_mailbox & (by_mailbox == 100)), 1)
    ids = [one.id for one in sample]
    pairs = ((ids[row], ids[column]) for row, column in zip(*np.nonzero(taken), strict=True))
    return seconds, frozenset((min(pair), max(pair)) for pair in pairs)


def _subscriber(phone: PhoneNumber | None) -> str:
    line = None if phone is None else read_phone(phone)
    return "" if line is None else line.subscriber


def _known(one: list[str], other: list[str]) -> np.ndarray:
    """Where both texts are known."""
    return np.array([bool(text) for text in one])[:, None] & np.array([bool(text) for text in other])


def _codes(values: list[str | None], numbers: dict[object, int]) -> np.ndarray:
    """A number for each value, the same for the same; 0 for none."""
    return np.array([0 if value is None else numbers.setdefault(value, len(numbers) + 1) for value in values])


def _equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one[:, None] == other) & (one > 0)[:, None]


def measure(quick: bool) -> dict[str, float]:
    """The ratios, and the seconds and hits behind them."""
    size, sample_size = (5_000, 1_000) if quick else (100_000, 4_000)
    made = population(size, seed=SEED)
    found: set[tuple[str, str]] = set()
    sample = a_sample(made, sample_size)
    written, by_written = all_pairs(sample, as_written, fuzz.token_sort_ratio)
    ours = timed(lambda: by_keys(made.contacts, found))
    read, by_read = all_pairs(sample, as_read, fuzz.ratio)
    growth = (size / sample_size) ** 2 / 2
    inside = {contact.id for contact in sample}
    seeded = frozenset(pair for pair in made.duplicates if inside.issuperset(pair))
    return {
        "duplicates_speedup": written * growth / ours,
        "duplicates_speedup_on_read_names": read * growth / ours,
        "duplicates_precision": len(found & made.one_person) / len(found),
        "duplicates_recall": len(found & made.duplicates) / len(made.duplicates),
        "duplicates_contacts": float(size),
        "duplicates_seeded": float(len(made.duplicates)),
        "duplicates_hits": float(len(found)),
        "duplicates_seconds": ours,
        "duplicates_recall_on_sample": len(found & seeded) / len(seeded),
        "all_pairs_as_written_seconds": written * growth,
        "all_pairs_as_written_recall_on_sample": len(by_written & seeded) / len(seeded),
        "all_pairs_as_written_precision_on_sample": len(by_written & made.one_person) / len(by_written),
        "all_pairs_as_read_seconds": read * growth,
        "all_pairs_as_read_recall_on_sample": len(by_read & seeded) / len(seeded),
        "all_pairs_as_read_precision_on_sample": len(by_read & made.one_person) / len(by_read),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="5,000 contacts")
    print(json.dumps(measure(parser.parse_args().quick), indent=2))


if __name__ == "__main__":
    main()
