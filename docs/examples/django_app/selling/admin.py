"""The admin: deals can be looked at, and moved by actions that go through a sale. Nothing else is offered."""

# mypy: disable-error-code="type-arg"
# Django's classes take no type arguments at run time, unless django-stubs-ext patches them.

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from salesflow import Deal, Sale, SalesflowError

from . import desk
from .models import DealRow


class MoveForm(ActionForm):
    """What stands beside the list of actions: what losing a deal asks for."""

    reason = forms.ChoiceField(
        required=False, choices=[("", "why lost"), *((one.key, one.title) for one in desk.PROCESS.loss_reasons)]
    )
    note = forms.CharField(required=False, max_length=1000, widget=forms.TextInput(attrs={"placeholder": "note"}))


@admin.register(DealRow)
class DealAdmin(admin.ModelAdmin):
    """Deals, to look at and to move."""

    list_display = ("id", "name", "stage", "owner", "amount", "expected_close")
    list_display_links = ("id",)
    list_filter = ("stage", "outcome", "owner")
    search_fields = ("id", "name")
    readonly_fields = (*(field.name for field in DealRow._meta.fields), "what_is_missing", "what_happened")
    actions = ("advance", "lose")
    action_form = MoveForm

    # Nothing is added, changed or deleted here, whoever asks

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Deals are opened in a form of their own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Deals change by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Deals are lost, not deleted; so Django does not offer its own action either."""
        return False

    def has_work_permission(self, request: HttpRequest) -> bool:
        """Who may move deals; the actions ask for it."""
        return request.user.has_perm("selling.work_deal")  # type: ignore[union-attr]  # every user of Django's own has it

    # Actions

    @admin.action(description="Advance to the next stage", permissions=["work"])
    def advance(self, request: HttpRequest, chosen: QuerySet) -> None:
        """Advance each of the chosen deals that can."""
        self._each(request, chosen, lambda sale: sale.advance())

    @admin.action(description="Lose, for this reason", permissions=["work"])
    def lose(self, request: HttpRequest, chosen: QuerySet) -> None:
        """Lose the chosen deals."""
        reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
        self._each(request, chosen, lambda sale: sale.lose(reason=reason, note=note))

    def _each(self, request: HttpRequest, chosen: QuerySet, action: Callable[[Sale[Deal]], object]) -> None:
        """Do it with one deal after the other; what is refused is said, and the others go on."""
        for row in chosen:
            try:
                deal = desk.changed(row.pk, action, by=request.user.get_username())
            except SalesflowError as refusal:
                messages.warning(request, f"{row.pk}: {refusal}")
            else:
                messages.success(request, f"{row.pk}: {desk.PROCESS.stage(deal.stage).label}")

    # What a deal says about itself

    @admin.display(description="What is missing")
    def what_is_missing(self, row: DealRow) -> SafeString:
        """What is missing before the next stage."""
        unmet = desk.sale_of(row.pk, by="admin").blockers()
        return format_html_join("", "<p>{}: {}</p>", ((one, one.hint) for one in unmet))

    @admin.display(description="What happened")
    def what_happened(self, row: DealRow) -> SafeString:
        """The history."""
        events = [one.event for one in desk.STORAGE.history(Deal, row.pk)]
        lines = ((f"{one.at:%Y-%m-%d %H:%M}", type(one).__name__, one.by) for one in events)
        return format_html_join("", "<p>{} {} by {}</p>", lines)
