"""The app, as ``INSTALLED_APPS`` finds it."""

from django.apps import AppConfig


class SellingConfig(AppConfig):
    """Deals."""

    name = "selling"
    verbose_name = "Deals"
