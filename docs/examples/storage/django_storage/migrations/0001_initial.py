"""The tables, as ``makemigrations`` writes them."""

from django.db import migrations, models

from django_storage.models import Text


class Migration(migrations.Migration):
    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="JournalEnd",
            fields=[
                ("tenant", Text(primary_key=True, serialize=False)),
                ("last", models.BigIntegerField()),
            ],
            options={
                "db_table": "sales_journal",
            },
        ),
        migrations.CreateModel(
            name="KeptRequest",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant", Text()),
                ("key", Text()),
                ("fingerprint", models.TextField()),
                ("receipt", models.TextField()),
            ],
            options={
                "db_table": "sales_request",
            },
        ),
        migrations.CreateModel(
            name="TakenKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant", "kind", "name", "value", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant", Text()),
                ("kind", Text()),
                ("name", Text()),
                ("value", Text()),
                ("id", Text()),
            ],
            options={
                "db_table": "sales_taken_key",
            },
        ),
        migrations.CreateModel(
            name="StoredEntity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant", "kind", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant", Text()),
                ("kind", Text()),
                ("id", Text()),
                ("version", models.BigIntegerField()),
                ("body", models.TextField()),
                ("key_stage", Text(null=True)),
                ("key_owner", Text(null=True)),
                ("key_amount", Text(null=True)),
                ("key_expected_close", Text(null=True)),
                ("key_opened_at", Text(null=True)),
                ("key_email", Text(null=True)),
                ("key_name", Text(null=True)),
            ],
            options={
                "db_table": "sales_entity",
                "indexes": [
                    models.Index(fields=["tenant", "kind", "key_stage", "id"], name="sales_stage"),
                    models.Index(fields=["tenant", "kind", "key_owner", "id"], name="sales_owner"),
                    models.Index(fields=["tenant", "kind", "key_amount", "id"], name="sales_amount"),
                    models.Index(fields=["tenant", "kind", "key_expected_close", "id"], name="sales_expected_close"),
                    models.Index(fields=["tenant", "kind", "key_opened_at", "id"], name="sales_opened_at"),
                    models.Index(fields=["tenant", "kind", "key_email", "id"], name="sales_email"),
                    models.Index(fields=["tenant", "kind", "key_name", "id"], name="sales_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredEvent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant", Text()),
                ("position", models.BigIntegerField()),
                ("kind", Text()),
                ("id", Text()),
                ("version", models.BigIntegerField()),
                ("body", models.TextField()),
                ("content", models.TextField(null=True)),
                ("redacted", models.TextField(null=True)),
                ("hash", models.TextField(null=True)),
            ],
            options={
                "db_table": "sales_event",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "kind", "id", "version"), name="sales_history")
                ],
            },
        ),
    )
