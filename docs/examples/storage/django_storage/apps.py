"""The app, as ``INSTALLED_APPS`` finds it."""

from django.apps import AppConfig


class DjangoStorageConfig(AppConfig):
    """Deals, people and their histories."""

    name = "django_storage"
    verbose_name = "Sales"
