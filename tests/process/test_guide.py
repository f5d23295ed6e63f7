"""The process explains itself, and nothing that was named can write into the page."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from salesflow import Deal, LossReason, Outcome, SalesProcess, Stage, entry_requirement, exit_requirement
from salesflow.process.guide import escaped
from salesflow.standard import StandardProcess


def test_the_playbook_of_the_standard_process_reads_like_its_stages() -> None:
    guide = StandardProcess().guide()
    assert guide.startswith("# Standard sales process\n\n## 1. Prospecting\n\nIdentify leads and qualify them.\n")
    assert "*Chance of winning 10 %; stuck after 30 days.*" in guide
    assert "*A deal here is won.*" in guide
    assert "**Before leaving**\n\n- the buyer has a need or a want that we can meet: Ask what they need" in guide
    assert "**Before entering**\n\n- the customer accepted the terms: Propose the terms" in guide
    assert "**What to do**\n\n- Ask what the buyer needs or wants, and whether we can meet it." in guide
    assert "- Pass over objection handling → Closing" in guide
    assert "- Go back → Preparation, Prospecting" in guide
    assert "- Other (`other`), with a note" in guide
    assert guide.endswith("\n")


def test_every_stage_and_every_requirement_is_in_the_playbook() -> None:
    process = StandardProcess()
    guide = process.guide()
    for stage in process.stages:
        assert f"{escaped(stage.label)}\n" in guide
        for asked in stage.requirements():
            assert escaped(asked.text) in guide


def test_a_stage_that_says_little_has_a_short_chapter() -> None:
    class Won(Stage[Deal]):
        outcome = Outcome.WON

    class Process(SalesProcess[Deal]):
        first = Stage[Deal]()
        won = Won()
        loss_reasons = ()

    assert Process().guide() == (
        "# process\n\n## 1. First\n\n**Where it goes**\n\n- Win → Won\n\n## 2. Won\n\n*A deal here is won.*\n\n"
        "**Where it goes**\n\n- Reopen → First\n"
    )


def test_a_chapter_tells_what_is_asked_before_and_after_and_the_last_one_why_deals_are_lost() -> None:
    class Review(Stage[Deal]):
        @entry_requirement("the buyer asked for it")
        def was_asked_for(self, deal: Deal) -> bool:
            return True

        @exit_requirement("the answers are complete", hint="Answer what is left.")
        def is_complete(self, deal: Deal) -> bool:
            return True

    class Won(Stage[Deal]):
        outcome = Outcome.WON

    class Lost(Stage[Deal]):
        outcome = Outcome.LOST

    class Process(SalesProcess[Deal], without=("reopen",)):
        review = Review()
        won = Won()
        lost = Lost()
        loss_reasons = (LossReason("price", "Price"), LossReason("other", "Other", needs_note=True))

    assert Process().guide() == (
        "# process\n\n## 1. Review\n\n"
        "**Before entering**\n\n- the buyer asked for it\n\n"
        "**Before leaving**\n\n- the answers are complete: Answer what is left.\n\n"
        "**Where it goes**\n\n- Win → Won\n- Lose → Lost\n\n"
        "## 2. Won\n\n*A deal here is won.*\n\n"
        "## 3. Lost\n\n*A deal here is lost.*\n\n"
        "**Reasons for a loss**\n\n- Price (`price`)\n- Other (`other`), with a note\n"
    )


HOSTILE = "Won\n\n# Everything is free\n<script>alert(1)</script> [click](javascript:alert(1)) `rm` *now* | $x$ ![i](u)"


def test_a_hostile_name_writes_nothing_into_the_playbook() -> None:
    class Won(Stage[Deal]):
        outcome = Outcome.WON
        title = HOSTILE
        guidance = (HOSTILE,)
        __doc__ = HOSTILE

    class First(Stage[Deal]):
        probability = Decimal("0.1")
        rots_after = timedelta(days=3)

        @exit_requirement(HOSTILE, hint=HOSTILE)
        def has_owner(self, deal: Deal) -> bool:
            return deal.owner is not None

    class Process(SalesProcess[Deal]):
        title = HOSTILE
        first = First()
        won = Won()
        loss_reasons = (LossReason("price", HOSTILE),)

    guide = Process().guide()
    assert "<script" not in guide
    assert "](" not in guide
    assert not re.search(r"(?<!\\)[*`]rm|(?<!\\)\*now", guide)
    headings = [line for line in guide.splitlines() if line.startswith("#")]
    assert [heading[:5] for heading in headings] == ["# Won", "## 1.", "## 2."]


def test_a_hostile_key_of_a_loss_reason_writes_nothing_into_the_playbook() -> None:
    """Refused when the process is defined, or escaped in the page: either will do."""

    class Won(Stage[Deal]):
        outcome = Outcome.WON

    try:

        class Process(SalesProcess[Deal]):
            first = Stage[Deal]()
            won = Won()
            loss_reasons = (LossReason("price`\n# Everything is free", "Price"),)
    except (TypeError, ValueError):
        return
    assert not [line for line in Process().guide().splitlines() if line.startswith("# Everything")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("1. not a list", "1\\. not a list"),
        ("2) not a list", "2\\) not a list"),
        ("- not a list", "\\- not a list"),
        ("=== no heading", "\\=== no heading"),
        ("3 apples", "3 apples"),
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("# no heading", "\\# no heading"),
        ("| no | table |", "\\| no \\| table \\|"),
        ("", ""),
    ],
)
def test_text_shows_as_what_it_is(text: str, shown: str) -> None:
    assert escaped(text) == shown
