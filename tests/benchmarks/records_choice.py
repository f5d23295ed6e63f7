"""Which library should turn records into plain data: cattrs, msgspec, or functions generated here. With figures.

A program, not a test; it needs ``cattrs`` and ``msgspec`` installed::

    uv run --with cattrs --with msgspec tests/benchmarks/records_choice.py          # two tables
    uv run --with cattrs --with msgspec tests/benchmarks/records_choice.py --json

It measures a deal that walked the standard process, and each of its events, to JSON bytes and back. The sides take turns
within a round, their order changes from round to round, the collector is off, and a figure is the median over the rounds.

- **ours**: ``Records.to_json`` and ``from_json``.
- **json alone**: ``json.dumps`` and ``json.loads`` of the same plain data: no object is taken apart or built, so it does
  less than any code written by hand could.
- **by hand** (one event only): functions written for that one class, with ``json``.
- **cattrs**: a ``Converter`` that refuses unknown fields, and ``json``. What it would take loosely (text, numbers, moments,
  amounts) is left to our own functions, as its hooks.
- **msgspec**: ``msgspec.json`` on the attrs classes themselves, as it understands them.

The second table shows what each does with data that must be refused, and what it says.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import cattrs
import msgspec

from salesflow import Deal, Entity, Event, Money, Sale
from salesflow.deal.event import StageChanged
from salesflow.outcome import Outcome
from salesflow.standard import StandardProcess
from salesflow.storage.plain.values import LEAVES
from salesflow.storage.records import Records

AT = datetime(2026, 11, 2, 9, 0, 0, 1, tzinfo=UTC)


def walked() -> Sale[Deal]:
    """A sale in which a deal walked from its opening to the follow-up."""
    sale = StandardProcess().open(
        id="D-1",
        name="Order desk for Acme",
        organization_id="O-1",
        contact_id="C-1",
        amount=Money("48000", "EUR"),
        by="noa",
        at=AT,
    )
    sale.qualification.record(need="one place for all orders", budget=Money("50000", "EUR"))
    sale.advance()
    sale.briefing.add_product("Order desk: all shops in one inbox")
    sale.briefing.set_pricing("48,000 a year")
    sale.briefing.note_no_competition()
    sale.briefing.set_pitch("One place for everything")
    sale.advance()
    sale.meetings.record("first meeting", summary="They want one place")
    need = sale.needs.record("one place for all orders")
    sale.advance()
    sale.presentation.show(need, how="The desk collects all orders")
    objection = sale.objections.raise_("too dear", kind="price")
    sale.advance()
    sale.objections.answer(objection, "pays back in a year")
    sale.objections.resolve(objection)
    sale.advance()
    sale.committee.add("C-1", "decision maker", may_sign=True)
    sale.terms.propose(price=Money("48000", "EUR"), discount=Decimal("0.05"))
    sale.terms.accept()
    sale.terms.sign("C-1")
    sale.advance()
    return sale


# The sides --------------------------------------------------------------------------------------------------------


def by_hand_out(event: StageChanged) -> bytes:
    data = {
        "type": "StageChanged",
        "schema": 1,
        "at": event.at.isoformat(),
        "by": event.by,
        "move": event.move,
        "source": event.source,
        "target": event.target,
        "entered_at": None if event.entered_at is None else event.entered_at.isoformat(),
        "outcome": event.outcome.value,
        "reason": event.reason,
        "note": event.note,
    }
    return json.dumps(data).encode()


def by_hand_in(raw: bytes) -> StageChanged:
    data = json.loads(raw)
    return StageChanged(
        at=datetime.fromisoformat(data["at"]),
        by=data["by"],
        move=data["move"],
        source=data["source"],
        target=data["target"],
        entered_at=None if data["entered_at"] is None else datetime.fromisoformat(data["entered_at"]),
        outcome=Outcome(data["outcome"]),
        reason=data["reason"],
        note=data["note"],
    )


def as_ours(kind: type) -> Callable[[object, type], object]:
    """A hook for cattrs that is as strict as ours, because it is ours. A hook for ``str`` is asked for ``StrEnum`` too."""
    read = LEAVES[kind].read

    def hook(data: object, type_: type) -> object:
        return read(data, "") if type_ is kind else type_(data)

    return hook


def configured_cattrs() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    for kind in (str, int, bool, Decimal, datetime, date, Money):
        converter.register_structure_hook(kind, as_ours(kind))
    converter.register_structure_hook(Decimal | Money | None, lambda data, _type: data and Decimal(data))
    converter.register_unstructure_hook(Decimal, str)
    converter.register_unstructure_hook(datetime, lambda at: LEAVES[datetime].write(at, ""))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_unstructure_hook(Money, lambda money: {"amount": str(money.amount), "currency": money.currency})
    return converter


Side = tuple[Callable[[object], bytes], Callable[[bytes, type], object]]


def sides() -> dict[str, Side]:
    records, converter = Records(), configured_cattrs()

    def cattrs_out(value: object) -> bytes:
        return json.dumps({"type": type(value).__name__, "schema": 1, **converter.unstructure(value)}).encode()

    def cattrs_in(raw: bytes, cls: type) -> object:
        data = json.loads(raw)
        del data["type"], data["schema"]
        return converter.structure(data, cls)

    return {
        "ours": (records.to_json, lambda raw, cls: records.from_json(raw, expect=cls)),
        "cattrs": (cattrs_out, cattrs_in),
        "msgspec": (msgspec.json.encode, lambda raw, cls: msgspec.json.decode(raw, type=cls)),
    }


# Speed ------------------------------------------------------------------------------------------------------------


def measured(jobs: dict[str, Callable[[], object]], *, rounds: int, repeats: int) -> dict[str, float]:
    """Microseconds per job, the median over the rounds."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    names = list(jobs)
    for job in jobs.values():
        job()
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            job = jobs[name]
            gc.collect()
            gc.disable()
            start = perf_counter()
            for _ in range(repeats):
                job()
            times[name].append((perf_counter() - start) / repeats * 1e6)
            gc.enable()
    return {name: median(found) for name, found in times.items()}


def speed(*, rounds: int, repeats: int) -> dict[str, float]:
    """Microseconds for a finished deal and all of its events, and for one event, to JSON bytes and back."""
    sale, every = walked(), sides()
    values: list[Entity | Event] = [sale.deal, *sale.events]
    plain = [Records().dump(value) for value in values]
    lines = [json.dumps(one) for one in plain]
    jobs: dict[str, Callable[[], object]] = {
        "json alone, out": lambda: [json.dumps(one).encode() for one in plain],
        "json alone, in": lambda: [json.loads(one) for one in lines],
    }
    event = next(one for one in sale.events if type(one) is StageChanged)
    jobs["one event: by hand"] = lambda: by_hand_in(by_hand_out(event))
    for name, (out, back) in every.items():
        written = [(out(value), type(value)) for value in values]
        assert [back(raw, cls) for raw, cls in written] == values, name
        jobs[f"{name}, out"] = lambda out=out: [out(value) for value in values]
        jobs[f"{name}, in"] = lambda back=back, written=written: [back(raw, cls) for raw, cls in written]
        jobs[f"one event: {name}"] = lambda out=out, back=back: back(out(event), StageChanged)
    return measured(jobs, rounds=rounds, repeats=repeats)


def ratios(times: dict[str, float]) -> dict[str, float]:
    """Ours by theirs, for both ways together."""

    def both(name: str) -> float:
        return times[f"{name}, out"] + times[f"{name}, in"]

    return {
        "records_vs_json_alone": both("ours") / both("json alone"),
        "records_vs_cattrs": both("ours") / both("cattrs"),
        "records_vs_msgspec": both("ours") / both("msgspec"),
        "event_vs_by_hand": times["one event: ours"] / times["one event: by hand"],
    }


# Strictness -------------------------------------------------------------------------------------------------------

_SPOILS: dict[str, tuple[str, object]] = {
    "a field that is not known": ("mood", "good"),
    "text for a whole number": ("version", "23"),
    "true for a whole number": ("version", True),
    "a whole number of 70 bits": ("process_version", 2**70),
    "a binary fraction for a Decimal": ("probability", 0.1),
    "NaN for a Decimal": ("probability", "NaN"),
    "more than 34 digits": ("probability", "0." + "1" * 50),
    "an Arabic digit in a Decimal": ("probability", "٠.٥"),
    "a moment without offset": ("opened_at", "2026-11-02T09:00:00"),
    "a moment as a week date": ("opened_at", "2026-W45-1T09:00:00+00:00"),
    "NUL in text without validator": ("win_reason", "a\x00b"),
    "half of a surrogate pair": ("win_reason", "\ud800"),
    "a blank name (a validator's rule)": ("name", " "),
    "an amount with a wrong currency": ("amount", {"amount": "48000.00", "currency": "EURO"}),
    "a field of the last task missing": ("tasks", [{"id": 1, "title": "call"}]),
}


def strictness() -> dict[str, dict[str, str]]:
    """What each side says of data that must be refused; empty where it takes it."""
    deal = walked().deal
    found: dict[str, dict[str, str]] = {}
    for name, (out, back) in sides().items():
        for what, (field, value) in _SPOILS.items():
            data = json.loads(out(deal)) | {field: value}
            try:
                back(json.dumps(data).encode(), Deal)
                said = ""
            except Exception as error:
                parts = getattr(error, "exceptions", None)
                said = f"{type(error).__name__}: {'; '.join(cattrs.transform_error(error)) if parts else error}"
            found.setdefault(what, {})[name] = said
    at = datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Asia/Jerusalem"))
    event = StageChanged(at=at, by="noa", move="advance", source="a", target="b")
    for name, (out, back) in sides().items():
        read = back(out(event), StageChanged)
        assert isinstance(read, StageChanged)
        said = "kept" if str(read.at.tzinfo) == "Asia/Jerusalem" else ""
        found.setdefault("the zone Asia/Jerusalem is kept", {})[name] = said
    return found


def main(arguments: list[str]) -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--repeats", type=int, default=40)
    given = parser.parse_args(arguments)
    times = speed(rounds=given.rounds, repeats=given.repeats)
    said = strictness()
    if given.json:
        print(json.dumps({"ratios": ratios(times), "microseconds": times, "refusals": said}, indent=1))
        return
    print(f"Python {sys.version.split()[0]}, cattrs and msgspec as installed; a deal and its events\n")
    for name, time in times.items():
        print(f"{name:32} {time:9.1f} us")
    for name, ratio in ratios(times).items():
        print(f"{name:32} {ratio:9.2f}")
    for what, by_side in said.items():
        print(f"\n{what}")
        for name, text in by_side.items():
            print(f"    {name:8} {text[:200] or 'TAKEN'}")


if __name__ == "__main__":
    main(sys.argv[1:])
