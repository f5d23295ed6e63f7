"""The addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path
from selling import views

urlpatterns = [
    path("", views.board, name="board"),
    path("deals/new/", views.open_deal, name="open_deal"),
    path("admin/", admin.site.urls),
]
