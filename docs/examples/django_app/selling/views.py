"""The board, and the form of a new deal."""

from __future__ import annotations

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe

from salesflow.board import pipeline_board

from . import desk
from .forms import NewDeal


@staff_member_required
def board(request: HttpRequest) -> HttpResponse:
    """Every stage, and what is in it."""
    view = pipeline_board(desk.all_deals(), desk.PROCESS, at=timezone.now(), zone=timezone.get_current_timezone())
    shown = mark_safe(view.html())  # the board escapes what it shows
    return render(request, "selling/board.html", {"board": shown})


@staff_member_required
@permission_required("selling.work_deal", raise_exception=True)
def open_deal(request: HttpRequest) -> HttpResponse:
    """A new deal."""
    form = NewDeal(request.POST or None)
    if form.is_valid() and form.opened_by(request.user.get_username()) is not None:
        return redirect("board")
    return render(request, "selling/open_deal.html", {"form": form}, status=422 if form.errors else 200)
