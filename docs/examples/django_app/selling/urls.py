"""The addresses of the board and of the form of a new deal."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.board, name="board"),
    path("deals/new/", views.open_deal, name="open_deal"),
]
