"""The frameworks that sellers know by name, and the one that the standard process asks for.

The questions are those that each framework is known for, in our own words.
"""

from __future__ import annotations

from typing import ClassVar

from salesflow.leads.framework import Criterion, Framework
from salesflow.values.money import Money

__all__ = ["BANT", "CHAMP", "MEDDPICC", "SPIN", "NeedAndMeans"]


class NeedAndMeans(Framework):
    """The standard: a need or a want that we can meet, and the means to pay for it."""

    title = "Need and means"

    need: ClassVar[Criterion[str]] = Criterion(
        "What do they need or want that we can meet?", kind=str, hint="Ask what they need."
    )
    can_afford: ClassVar[Criterion[bool]] = Criterion("Can they afford it?", kind=bool, hint="Ask what they can spend.")


class BANT(Framework):
    """Budget, authority, need, timing: short, for many leads."""

    title = "BANT"

    budget: ClassVar[Criterion[Money]] = Criterion(
        "What can they spend?", kind=Money, hint="Ask what was set aside for it."
    )
    authority: ClassVar[Criterion[str]] = Criterion("Who decides?", kind=str, hint="Ask who signs.")
    need: ClassVar[Criterion[str]] = Criterion(
        "What do they need it for?", kind=str, hint="Ask what happens if nothing changes."
    )
    timing: ClassVar[Criterion[str]] = Criterion(
        "When do they want to have it?", kind=str, hint="Ask what has to be ready by when."
    )


class CHAMP(Framework):
    """Challenges, authority, money, priority: the need comes first."""

    title = "CHAMP"

    challenges: ClassVar[Criterion[str]] = Criterion(
        "What keeps them from their goals?", kind=str, hint="Ask what they have tried."
    )
    authority: ClassVar[Criterion[str]] = Criterion(
        "Who takes part in the decision?", kind=str, hint="Ask how the last one was made."
    )
    money: ClassVar[Criterion[Money]] = Criterion(
        "What is it worth to them, and what can they spend?", kind=Money, hint="Work it out with them."
    )
    prioritization: ClassVar[Criterion[str]] = Criterion(
        "How urgent is it among their plans?", kind=str, hint="Ask what comes before it."
    )


class SPIN(Framework):
    """Situation, problem, implication, need-payoff: the order of a conversation."""

    title = "SPIN"

    situation: ClassVar[Criterion[str]] = Criterion(
        "How do they work today?", kind=str, hint="Prepare, and ask only what cannot be looked up."
    )
    problem: ClassVar[Criterion[str]] = Criterion(
        "What does not work?", kind=str, hint="Ask what is slow, dear or wrong about it."
    )
    implication: ClassVar[Criterion[str]] = Criterion(
        "What does that lead to?", kind=str, hint="Ask what it costs, and whom."
    )
    need_payoff: ClassVar[Criterion[str]] = Criterion(
        "What would it be worth to have it solved?", kind=str, hint="Let them say it."
    )


class MEDDPICC(Framework):
    """Metrics, economic buyer, decision criteria and process, paper process, pain, champion, competition.

    For few and large sales, with many who decide.
    """

    title = "MEDDPICC"

    metrics: ClassVar[Criterion[str]] = Criterion(
        "What will they measure the success by?", kind=str, hint="Ask for figures before and after."
    )
    economic_buyer: ClassVar[Criterion[str]] = Criterion(
        "Who can spend the money?", kind=str, hint="Meet them, or find out how to."
    )
    decision_criteria: ClassVar[Criterion[str]] = Criterion(
        "What do they compare by?", kind=str, hint="Ask for the list, or write it with them."
    )
    decision_process: ClassVar[Criterion[str]] = Criterion(
        "How do they decide, step by step?", kind=str, hint="Ask for every step and its date."
    )
    paper_process: ClassVar[Criterion[str]] = Criterion(
        "What has to be signed by whom?", kind=str, hint="Ask for purchasing, legal, security."
    )
    identified_pain: ClassVar[Criterion[str]] = Criterion(
        "What hurts, and whom?", kind=str, hint="Ask what made them look now."
    )
    champion: ClassVar[Criterion[str]] = Criterion(
        "Who sells it on the inside?", kind=str, hint="Test them: ask for something that costs effort."
    )
    competition: ClassVar[Criterion[str]] = Criterion(
        "Whom else do they look at, doing nothing included?", kind=str, hint="Ask."
    )
