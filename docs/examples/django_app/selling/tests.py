"""What the app promises: deals are seen everywhere, and change in one place. Run with ``manage.py test selling``."""

# ruff: noqa: PT009, PT027  # run by Django's own runner

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.test import TestCase
from django.urls import reverse

from salesflow import Deal, Money, StaleVersion

from . import desk
from .models import DealRow

LIST = "/admin/selling/dealrow/"
FIRST, SECOND = (stage.key for stage in desk.PROCESS.stages[:2])


class Selling(TestCase):
    """Three deals, of which one can advance, and somebody who may move deals."""

    def setUp(self) -> None:
        """Open the deals, and log in."""
        for number in range(1, 4):
            draft = desk.PROCESS.deal_type(id=f"D-{number}", name=f"Desk {number}", amount=Money("48000", "EUR"))
            desk.opened(draft, by="noa")
        desk.changed("D-2", lambda sale: sale.qualification.record(need="one place", can_afford=True), by="noa")
        self.dan = User.objects.create_user("dan", is_staff=True)
        self.dan.user_permissions.set(Permission.objects.filter(content_type__app_label="selling"))
        self.root = User.objects.create_superuser("root")
        self.client.force_login(self.dan)

    def act(self, action: str, *ids: str, **facts: str) -> list[str]:
        """Run an action of the admin on some deals; gives what was said."""
        posted = {"action": action, "_selected_action": list(ids), **facts}
        return [str(one) for one in get_messages(self.client.post(LIST, posted).wsgi_request)]

    def stages(self) -> list[str]:
        """The stages of all deals, as they are stored."""
        return [deal.stage for deal in desk.all_deals()]


class Actions(Selling):
    """Actions of the admin go through a sale."""

    def test_each_of_many_advances_or_says_everything_that_is_missing(self) -> None:
        said = self.act("advance", "D-1", "D-2", "D-3")
        self.assertEqual(self.stages(), [FIRST, SECOND, FIRST])
        self.assertEqual([one[:5] for one in said], ["D-1: ", "D-2: ", "D-3: "])
        for missing in ("a need or a want that we can meet", "the buyer can afford it"):
            self.assertIn(missing, said[0])

    def test_a_deal_is_lost_with_a_reason_by_whoever_is_logged_in(self) -> None:
        self.act("lose", "D-1", "D-3", reason="price", note="far too much")
        lost = desk.STORAGE.get(Deal, "D-1")
        self.assertEqual((lost.stage, lost.loss and lost.loss.reason), ("lost", "price"))
        self.assertEqual(desk.STORAGE.history(Deal, "D-1")[-1].event.by, "dan")
        self.assertEqual(self.stages(), ["lost", FIRST, "lost"])

    def test_no_deal_is_lost_without_a_reason_that_the_process_knows(self) -> None:
        for reason in ("", "prize", "other"):  # "other" needs a note
            self.assertTrue(self.act("lose", "D-1", reason=reason))
        self.assertEqual(self.stages(), [FIRST] * 3)

    def test_a_closed_deal_is_not_moved_again(self) -> None:
        self.act("lose", "D-1", reason="price")
        self.assertIn("cannot advance from lost", self.act("advance", "D-1")[-1])

    def test_of_two_who_move_a_deal_one_is_told(self) -> None:
        def hesitate(sale: Any) -> None:
            self.act("lose", "D-1", reason="price")
            sale.objections.raise_("It costs too much")

        with self.assertRaises(StaleVersion):
            desk.changed("D-1", hesitate, by="noa")
        self.assertEqual(len(desk.STORAGE.history(Deal, "D-1")), 2)

    def test_who_may_only_look_is_offered_no_action(self) -> None:
        self.dan.user_permissions.set(Permission.objects.filter(codename="view_dealrow"))
        self.assertNotContains(self.client.get(LIST), '<option value="advance"')
        self.act("advance", "D-2")
        self.assertEqual(self.stages(), [FIRST] * 3)


class NoWayAround(Selling):
    """What the admin usually offers is not there, not even for a superuser, and the database refuses the rest."""

    def setUp(self) -> None:
        """Log in as somebody who may do everything."""
        super().setUp()
        self.client.force_login(self.root)
        self.before = list(desk.STORAGE.journal())

    def tearDown(self) -> None:
        """Whatever was tried, nothing has changed."""
        self.assertEqual(self.stages(), [FIRST] * 3)
        self.assertEqual(list(desk.STORAGE.journal()), self.before)

    def test_only_actions_that_go_through_a_sale_are_offered(self) -> None:
        choices = self.client.get(LIST).context["action_form"].fields["action"].choices
        self.assertEqual([key for key, _ in choices], ["", "advance", "lose"])

    def test_deals_are_not_deleted(self) -> None:
        self.act("delete_selected", "D-1", post="yes")
        self.assertEqual(self.client.post(f"{LIST}D-1/delete/", {"post": "yes"}).status_code, 403)

    def test_deals_are_not_edited(self) -> None:
        facts = {"id": "D-1", "name": "Mine", "stage": "closing", "outcome": "won", "version": "9"}
        self.assertEqual(self.client.post(f"{LIST}D-1/change/", facts).status_code, 403)
        self.assertEqual(self.client.post(f"{LIST}add/", facts).status_code, 403)

    def test_there_is_no_mass_edit(self) -> None:
        form = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": "D-1", "form-0-stage": "closing"}
        self.assertNotContains(self.client.get(LIST), 'name="_save"')
        self.client.post(LIST, form | {"_save": "Save"})

    def test_a_deal_is_shown_without_anything_to_type_into(self) -> None:
        page = self.client.get(f"{LIST}D-1/change/")
        self.assertContains(page, "Ask what they need")
        self.assertContains(page, "DealOpened by noa")
        self.assertFalse(page.context["adminform"].form.fields)

    def test_rows_are_not_saved_and_not_deleted(self) -> None:
        row = DealRow.objects.get(id="D-1")
        for change in (row.save, row.delete, lambda: DealRow.objects.create(id="D-9", name="x", version=1)):
            self.assertRaises(TypeError, change)

    def test_the_database_itself_refuses_to_change_rows(self) -> None:
        row = DealRow(id="D-9", name="x", stage="closing", outcome="open", version=1)
        for change in (
            lambda: DealRow.objects.update(stage="closing"),
            lambda: DealRow.objects.filter(id="D-1")._raw_delete("default"),
            lambda: DealRow.objects.all().delete(),
            lambda: DealRow.objects.bulk_create([row]),
        ):
            with self.assertRaises(Error), transaction.atomic():
                change()


class Pages(Selling):
    """The list, the board and the form."""

    def test_rows_are_what_is_stored(self) -> None:
        self.act("advance", "D-2")
        row = DealRow.objects.get(stage=SECOND)
        deal = desk.STORAGE.get(Deal, "D-2")
        self.assertEqual((row.id, row.name, row.version), (deal.id, deal.name, deal.version))
        self.assertEqual((row.amount, row.owner, row.expected_close), (str(deal.amount), None, None))

    def test_the_list_finds_and_filters(self) -> None:
        self.act("lose", "D-1", reason="price")
        found = self.client.get(f"{LIST}?outcome=open&q=desk").context["cl"].queryset
        self.assertEqual([row.id for row in found], ["D-2", "D-3"])

    def test_the_board_shows_every_deal_in_its_stage(self) -> None:
        desk.opened(desk.PROCESS.deal_type(id="D-4", name="<script>alert(1)</script>"), by="noa")
        page = self.client.get(reverse("board"))
        self.assertContains(page, "Desk 3")
        self.assertNotContains(page, "<script>alert")

    def test_a_deal_is_opened_in_a_form(self) -> None:
        facts = {
            "id": "D-4",
            "name": "Order desk",
            "amount": "48000",
            "currency": "EUR",
            "expected_close": "2026-12-24",
        }
        self.assertRedirects(self.client.post(reverse("open_deal"), facts), reverse("board"))
        deal = desk.STORAGE.get(Deal, "D-4")
        self.assertEqual(
            (deal.amount, deal.owner, str(DealRow.objects.get(id="D-4").expected_close)),
            (Money("48000", "EUR"), "dan", "2026-12-24"),
        )

    def test_a_form_says_at_the_field_what_is_wrong(self) -> None:
        right = {"id": "D-4", "name": "Order desk", "amount": "48000", "currency": "EUR"}
        for wrong, field in (
            ({"id": "D-1"}, "id"),
            ({"currency": "EUX"}, "currency"),
            ({"amount": "1.234"}, "amount"),
            ({"name": ""}, "name"),
        ):
            page = self.client.post(reverse("open_deal"), right | wrong)
            self.assertEqual((page.status_code, list(page.context["form"].errors)), (422, [field]))
        self.assertEqual(len(self.stages()), 3)

    def test_nobody_sees_anything_without_logging_in(self) -> None:
        self.client.logout()
        for address in (reverse("board"), reverse("open_deal"), LIST):
            self.assertEqual(self.client.get(address).status_code, 302)


class Migrations(TestCase):
    """The migrations are up to date."""

    def test_no_migration_is_missing(self) -> None:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)

    def test_deals_are_a_view(self) -> None:
        names = {table.name: table.type for table in connection.introspection.get_table_list(connection.cursor())}
        self.assertEqual(names["selling_deal"], "v")
