"""Every error names the rule, what was tried and the way out, keeps its facts, and tells nothing personal."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from walks import NOW, a_sale

from salesflow import Contact, Deal, EmailAddress, Lead, Organization, PhoneNumber, PostalAddress, errors
from salesflow.errors import (
    CurrencyMismatch,
    DuplicateKey,
    EngineOwned,
    InvalidValue,
    KeyReused,
    MissingExtra,
    MoveNotAllowed,
    MoveRefused,
    NotFound,
    NotNow,
    OutOfOrder,
    PolicyRefused,
    ProcessDefinitionError,
    ProcessMismatch,
    Refused,
    SalesflowError,
    StaleVersion,
    StorageClosed,
    StorageError,
    UnknownName,
    WrongType,
    one_of,
)
from salesflow.process.requirement import RequirementKind, Unmet

UNMET = Unmet(requirement="has_owner", text="somebody is responsible", stage="first", kind=RequirementKind.EXIT)

EXAMPLES: list[tuple[SalesflowError, tuple[str, ...]]] = [
    (SalesflowError("something"), ("something",)),
    (
        ProcessDefinitionError("OurProcess", ["no stage 'x'", "no move 'y'"]),
        ("OurProcess", "no stage 'x'", "no move 'y'"),
    ),
    (
        InvalidValue("must not be blank", field="name", value="", way_out="give a name"),
        ("name", "must not be blank", "''", "give a name"),
    ),
    (WrongType("an amount is Money", field="amount", value=1.5, way_out="give Money('1.5', 'EUR')"), ("1.5", "Money(")),
    (CurrencyMismatch("EUR", "USD", doing="added"), ("EUR and USD", "within one currency", "convert")),
    (UnknownName("stage", "closng", ["closing", "approach"]), ("no stage 'closng'", "did you mean 'closing'?")),
    (Refused("no", tried="advance", id="D-1"), ("no",)),
    (
        MoveRefused(id="D-1", move="go_back", source="a", target="b", unmet=[UNMET]),
        ("deal D-1 cannot go back from a to b yet", "somebody is responsible"),
    ),
    (
        MoveNotAllowed(id="D-1", move="win", source="a", target="w", allowed=["advance -> b"]),
        ("cannot win to w from a", "advance -> b"),
    ),
    (
        PolicyRefused(id="D-1", by="noa", event="DealWon", reason="not yours"),
        ("noa may not record DealWon on deal D-1", "not yours"),
    ),
    (
        NotNow(id="D-1", tried="hold", because="it is on hold", way_out="resume it first"),
        ("deal D-1", "cannot hold", "it is on hold", "resume it first"),
    ),
    (
        EngineOwned(id="D-1", fields=["stage", "version"], way_out="use a move"),
        ("stage, version", "changed by the engine alone", "use a move"),
    ),
    (
        OutOfOrder(id="D-1", at="2026-01-01", last="2026-01-02"),
        ("2026-01-01 lies before the last event at 2026-01-02", "at or after it"),
    ),
    (
        ProcessMismatch(id="D-1", runs_under="a 1", process="a 2", way_out="declare a Migration"),
        ("runs under process a 1", "under a 2", "declare a Migration"),
    ),
    (StorageError("no"), ("no",)),
    (NotFound("Deal", "D-1"), ("no Deal with id 'D-1' is stored",)),
    (StaleVersion("Deal", "D-1", expected=3, found=4), ("from version 3", "version 4 is stored", "read it again")),
    (StaleVersion("Deal", "D-1", expected=3), ("another is stored",)),
    (DuplicateKey("Lead", "email"), ("its email must be unique and is taken",)),
    (KeyReused("request-7"), ("'request-7'", "use a new key")),
    (StorageClosed("it is closed"), ("closed",)),
    (MissingExtra("fuzzy", needed_for="matching names"), ("matching names", "salesflow[fuzzy]")),
]


@pytest.mark.parametrize(("error", "parts"), EXAMPLES, ids=lambda value: type(value).__name__)
def test_a_message_carries_the_rule_what_was_tried_and_the_way_out(
    error: SalesflowError, parts: tuple[str, ...]
) -> None:
    for part in parts:
        assert part in str(error)


@pytest.mark.parametrize("error", [error for error, _ in EXAMPLES], ids=lambda value: type(value).__name__)
def test_an_error_is_pickled_with_its_facts(error: SalesflowError) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        loaded = pickle.loads(pickle.dumps(error, protocol))
        assert type(loaded) is type(error)
        assert str(loaded) == str(error)
        assert loaded.args == error.args
        assert vars(loaded) == vars(error)
    assert vars(copy.copy(error)) == vars(copy.deepcopy(error)) == vars(error)


def test_every_error_of_the_tree_is_shown_here_and_drawn_in_its_docstring() -> None:
    tree = {getattr(errors, name) for name in errors.__all__}
    assert {type(error) for error, _ in EXAMPLES} == tree
    for name in errors.__all__:
        assert name in (errors.__doc__ or "")
        assert issubclass(getattr(errors, name), SalesflowError)


def test_all_facts_are_attributes() -> None:
    facts: dict[type[SalesflowError], set[str]] = {
        ProcessDefinitionError: {"process", "faults"},
        InvalidValue: {"field", "rule", "value", "way_out"},
        CurrencyMismatch: {"left", "right", "field", "rule", "value", "way_out"},
        UnknownName: {"kind", "name", "known", "nearest"},
        MoveRefused: {"move", "source", "target", "unmet", "tried", "id"},
        MoveNotAllowed: {"move", "source", "target", "allowed", "tried", "id"},
        PolicyRefused: {"by", "event", "reason", "tried", "id"},
        NotNow: {"because", "way_out", "tried", "id"},
        EngineOwned: {"fields", "tried", "id"},
        OutOfOrder: {"at", "last", "tried", "id"},
        ProcessMismatch: {"runs_under", "process", "tried", "id"},
        NotFound: {"kind", "id"},
        StaleVersion: {"kind", "id", "expected", "found"},
        DuplicateKey: {"kind", "key"},
        KeyReused: {"key"},
        MissingExtra: {"extra"},
    }
    for error, _ in EXAMPLES:
        assert facts.get(type(error), set()) <= set(vars(error))


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (ProcessDefinitionError, TypeError),
        (InvalidValue, ValueError),
        (WrongType, TypeError),
        (UnknownName, LookupError),
        (NotFound, LookupError),
        (MissingExtra, ImportError),
    ],
)
def test_an_error_is_also_the_builtin_that_fits(kind: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(kind, builtin)


def test_an_error_says_where_there_is_nothing_to_choose_from() -> None:
    assert "from there it can: nothing" in str(MoveNotAllowed(id="D-1", move="win", source="lost", allowed=()))
    assert "there is nothing" in str(UnknownName("stage", "x", []))
    assert "in process standard" in str(UnknownName("stage", "x", ["y"], where="process standard"))
    assert str(NotNow(id=None, tried="hold", because="b", way_out="w")) == "cannot hold: b; w"


def test_allowed_names_are_listed_up_to_twenty() -> None:
    assert one_of(["a", "b", "c"]) == "'a', 'b' or 'c'"
    assert one_of(["a"]) == "'a'"
    assert one_of([]) == "nothing"
    assert one_of(map(str, range(25))).endswith("'19' or 5 more")


def test_a_long_value_is_shortened() -> None:
    error = InvalidValue("too long", field="name", value="x" * 5000)
    assert len(str(error)) < 200
    assert "(5000 characters)" in str(error)
    assert len(str(InvalidValue("too long", field="items", value=list(range(5000))))) < 200
    assert len(str(UnknownName("stage", "x" * 100_000, ["y" * 10] * 100))) < 2000
    assert len(str(NotFound("Deal", "x" * 100_000))) < 200


def test_a_value_that_cannot_be_shown_is_named_by_its_class() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert "<Broken>" in str(InvalidValue("odd", field="x", value=Broken()))


def test_a_name_that_is_no_text_is_shown_as_one() -> None:
    assert UnknownName("objection", 7, [1, 2]).name == "7"


SECRET = "dana.secret"


@pytest.mark.parametrize(
    "make",
    [
        lambda: EmailAddress(f"{SECRET}@@example"),
        lambda: EmailAddress(f"{SECRET}\n@example.org"),
        lambda: PhoneNumber(f"{SECRET}"),
        lambda: PostalAddress(country_code=SECRET, city="x"),  # type: ignore[call-arg]  # whatever it takes
        lambda: Contact(id="C-1", name=f"{SECRET}\x00"),
        lambda: Contact(id="C-1", name=[SECRET]),  # type: ignore[arg-type]  # the mistake
        lambda: Lead(id="L-1", name=f"{SECRET}\u202e"),
        lambda: Organization(id="O-1", name=f"{SECRET}\r\n"),
        lambda: a_sale().lose(reason="price", note=f"{SECRET}\x00"),
        lambda: a_sale().lose(reason="price", note=[SECRET]),  # type: ignore[arg-type]  # the mistake
    ],
)
def test_a_personal_value_is_never_repeated(make: Any) -> None:
    with pytest.raises((SalesflowError, TypeError)) as raised:
        make()
    assert SECRET not in str(raised.value)
    assert SECRET not in repr(vars(raised.value))


def test_a_refusal_of_the_rules_is_one_class_to_catch() -> None:
    with pytest.raises(Refused) as refused:
        a_sale().advance()
    assert (refused.value.deal_id, refused.value.tried) == ("D-1", "advance")


def test_an_error_raised_in_another_process_still_holds_what_is_unmet() -> None:
    with pytest.raises(MoveRefused) as refused:
        a_sale().advance()
    loaded = pickle.loads(pickle.dumps(refused.value))
    assert loaded.unmet == refused.value.unmet
    assert isinstance(loaded, MoveRefused)


def test_a_draft_is_told_apart_from_a_deal() -> None:
    assert Deal(id="D-1", name="x").version == 0
    assert a_sale().at == NOW
