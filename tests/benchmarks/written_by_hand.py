"""What somebody writes by hand with ``json`` for a deal and an event, who knows the fields and wants it to be fast."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import attrs

from salesflow import Deal, Money, Outcome
from salesflow.deal.event import StageChanged
from salesflow.storage.records import Records

SCHEMA = Records().dump(Deal(id="D-1", name="Order desk"))["schema"]
WRITTEN = frozenset(
    [
        "id",
        "version",
        "changed_at",
        "name",
        "organization_id",
        "contact_id",
        "lead_id",
        "owner",
        "team",
        "source",
        "amount",
        "expected_close",
        "forecast_category",
        "probability",
        "predicted_probability",
        "process",
        "process_version",
        "stage",
        "outcome",
        "opened_at",
        "entered_at",
        "closed_at",
        "win_reason",
    ]
)
EMPTY = {field.name: [] if field.default == () else None for field in attrs.fields(Deal) if field.name not in WRITTEN}
"""The records that are kept by desks; the deal that is measured has none."""


def moment_out(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def moment_in(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def deal_out(deal: Deal) -> bytes:
    """What somebody writes for a deal without records of a desk."""
    data = {
        "type": "Deal",
        "schema": SCHEMA,
        "id": deal.id,
        "version": deal.version,
        "changed_at": moment_out(deal.changed_at),
        "name": deal.name,
        "organization_id": deal.organization_id,
        "contact_id": deal.contact_id,
        "lead_id": deal.lead_id,
        "owner": deal.owner,
        "team": deal.team,
        "source": deal.source,
        "amount": deal.amount
        if deal.amount is None
        else {"amount": str(deal.amount.amount), "currency": deal.amount.currency},
        "expected_close": None if deal.expected_close is None else deal.expected_close.isoformat(),
        "forecast_category": deal.forecast_category,
        "probability": None if deal.probability is None else str(deal.probability),
        "predicted_probability": None if deal.predicted_probability is None else str(deal.predicted_probability),
        "process": deal.process,
        "process_version": deal.process_version,
        "stage": deal.stage,
        "outcome": deal.outcome.value,
        "opened_at": moment_out(deal.opened_at),
        "entered_at": moment_out(deal.entered_at),
        "closed_at": moment_out(deal.closed_at),
        "win_reason": deal.win_reason,
        **EMPTY,
    }
    return json.dumps(data).encode()


def deal_in(raw: bytes) -> Deal:
    data = json.loads(raw)
    amount, close = data["amount"], data["expected_close"]
    return Deal(
        id=data["id"],
        version=data["version"],
        changed_at=moment_in(data["changed_at"]),
        name=data["name"],
        organization_id=data["organization_id"],
        contact_id=data["contact_id"],
        lead_id=data["lead_id"],
        owner=data["owner"],
        team=data["team"],
        source=data["source"],
        amount=None if amount is None else Money(amount["amount"], amount["currency"]),
        expected_close=None if close is None else date.fromisoformat(close),
        forecast_category=data["forecast_category"],
        probability=None if data["probability"] is None else Decimal(data["probability"]),
        predicted_probability=None if data["predicted_probability"] is None else Decimal(data["predicted_probability"]),
        process=data["process"],
        process_version=data["process_version"],
        stage=data["stage"],
        outcome=Outcome(data["outcome"]),
        opened_at=moment_in(data["opened_at"]),
        entered_at=moment_in(data["entered_at"]),
        closed_at=moment_in(data["closed_at"]),
        win_reason=data["win_reason"],
    )


def event_out(event: StageChanged) -> bytes:
    data = {
        "type": "StageChanged",
        "schema": 1,
        "at": event.at.isoformat(),
        "by": event.by,
        "move": event.move,
        "source": event.source,
        "target": event.target,
        "entered_at": moment_out(event.entered_at),
        "outcome": event.outcome.value,
        "reason": event.reason,
        "note": event.note,
    }
    return json.dumps(data).encode()


def event_in(raw: bytes) -> StageChanged:
    data = json.loads(raw)
    return StageChanged(
        at=datetime.fromisoformat(data["at"]),
        by=data["by"],
        move=data["move"],
        source=data["source"],
        target=data["target"],
        entered_at=moment_in(data["entered_at"]),
        outcome=Outcome(data["outcome"]),
        reason=data["reason"],
        note=data["note"],
    )
