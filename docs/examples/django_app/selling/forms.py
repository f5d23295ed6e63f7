"""The form of a new deal. The rules stand in the library; the form asks, and shows what it says."""

from __future__ import annotations

from django import forms

from salesflow import Deal, DuplicateKey, InvalidValue, Money, SalesflowError, UnknownName

from . import desk


class NewDeal(forms.Form):
    """What a new deal needs."""

    id = forms.CharField(label="Number", max_length=200)
    name = forms.CharField(max_length=200)
    amount = forms.DecimalField(required=False, localize=True)
    currency = forms.CharField(required=False, max_length=3, initial="EUR")
    expected_close = forms.DateField(required=False)

    def opened_by(self, by: str) -> Deal | None:
        """Open the deal, or say at the fields why not."""
        given = self.cleaned_data
        try:
            amount = None if given["amount"] is None else Money(given["amount"], given["currency"])
            facts = {"amount": amount, "expected_close": given["expected_close"], "owner": by}
            draft = desk.PROCESS.deal_type(id=given["id"], name=given["name"], **facts)
            return desk.opened(draft, by=by)
        except SalesflowError as error:
            self.add_error(self._field_of(error), str(error))
            return None

    def _field_of(self, error: SalesflowError) -> str | None:
        """The field that an error is about; ``None`` for the form as a whole."""
        match error:
            case InvalidValue():
                name = error.field
            case DuplicateKey():
                name = error.key
            case UnknownName():
                name = error.kind
            case _:
                raise error
        return name if name in self.fields else None
